import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf, createClient } from '../../../client/client'
import { contentWidth, findingsOn, hasBrowser, useBrowser } from '../../support/browser'
import { useSharedService } from '../../support/served'

const PASSWORD = 'correct horse battery'
const NEW_PASSWORD = 'another horse entirely'

const press = (page: Page, name: string) => page.getByRole('button', { name }).click()

describe.runIf(hasBrowser)('an account, by the pages and the inbox', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  /** Opens the link of the newest e-mail to the address with this subject. */
  async function follow(email: string, subject: string, action: string): Promise<Page> {
    const page = await open(`${service.url}/simulator/inbox?to=${encodeURIComponent(email)}`)
    const mail = page.getByRole('listitem').filter({ hasText: subject }).first()
    for (let tries = 0; tries < 50 && (await mail.count()) === 0; tries += 1) {
      await page.waitForTimeout(200)
      await page.reload()
    }
    await picture(page, `inbox-${subject}`)
    await mail.getByRole('link', { name: action }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    return page
  }

  it('is registered, verified, forgotten, recovered, and moved to another address and back', async () => {
    const email = `ada-${crypto.randomUUID()}@example.com`
    const guest = createClient({ url: service.url })
    await bodyOf(guest.POST('/users/register', { body: { email, password: PASSWORD } }))
    const old = await bodyOf(guest.POST('/auth/login', { body: { email, password: PASSWORD } }))

    const verify = await follow(email, 'Confirm your e-mail address', 'Confirm this address')
    expect(new URL(verify.url()).hash).toBe('')
    await press(verify, 'Confirm this address')
    await verify.getByText('Your address is confirmed.').waitFor()

    const forgot = await open(`${service.url}/console`, { width: 390 })
    await forgot.getByRole('link', { name: 'Forgot your password?' }).click()
    await forgot.getByLabel('E-mail').fill(email)
    await press(forgot, 'Send a link')
    await forgot.getByRole('status').waitFor()

    const reset = await follow(email, 'Set a new password', 'Set a new password')
    expect(await contentWidth(reset)).toBeLessThanOrEqual(1200)
    expect(await findingsOn(reset)).toEqual([])
    await picture(reset, 'account-reset')
    await reset.getByLabel('New password').fill('short')
    await press(reset, 'Set the password')
    await reset.getByText('Must have at least 8 characters.').waitFor()
    await reset.getByLabel('New password').fill(NEW_PASSWORD)
    await press(reset, 'Set the password')
    await reset.getByText('all sessions have ended').waitFor()
    complaints.splice(0)

    const client = createClient({ url: service.url, token: old.access_token })
    expect((await client.GET('/users/me')).response.status).toBe(401)
    const { access_token: token } = await bodyOf(
      guest.POST('/auth/login', { body: { email, password: NEW_PASSWORD } }),
    )
    const again = createClient({ url: service.url, token })
    expect(await bodyOf(again.GET('/users/me'))).toMatchObject({ email_verified: true })

    const moved = `moved-${email}`
    await again.POST('/users/me/email', { body: { email: moved, password: NEW_PASSWORD } })
    const change = await follow(moved, 'Confirm your new e-mail address', 'Use this address')
    await press(change, 'Use this address')
    await change.getByText('Your account uses this address now').waitFor()
    expect(await bodyOf(again.GET('/users/me'))).toMatchObject({ email: moved })

    const undo = await follow(email, 'was changed', 'Undo the change')
    await press(undo, 'Restore my address')
    await undo.getByText('Your address is restored').waitFor()
    expect((await again.GET('/users/me')).response.status).toBe(401)
    await bodyOf(guest.POST('/auth/login', { body: { email, password: NEW_PASSWORD } }))
  })

  it('has pages that fit a phone, in both colour schemes, and explain a used link', async () => {
    for (const name of ['forgot', 'reset', 'verify', 'change', 'undo']) {
      const page = await open(`${service.url}/account/${name}#unknown`, { width: 390 })
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await contentWidth(page)).toBe(390)
      expect(await findingsOn(page)).toEqual([])
      await picture(page, `account-${name}-phone`)
      if (name === 'verify') {
        await press(page, 'Confirm this address')
        await page.getByText('The link is invalid, expired or already used.').first().waitFor()
        complaints.splice(0)
      }
      await page.close()
    }
    const inbox = await open(`${service.url}/simulator/inbox`, { width: 390 })
    expect(await contentWidth(inbox)).toBe(390)
    expect(await findingsOn(inbox)).toEqual([])
    await picture(inbox, 'inbox-phone')
  })
})
