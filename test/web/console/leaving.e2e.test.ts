import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf, createClient } from '../../../client/client'
import { contentWidth, findingsOn, hasBrowser, useBrowser } from '../../support/browser'
import { topUp, useSharedService } from '../../support/served'

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** A refused request is an error in the browser's console. */
const REFUSED = /status of 40[049]/

describe.runIf(hasBrowser)('the account menu of the console', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() =>
    expect(complaints.splice(0).filter((complaint) => !REFUSED.test(complaint))).toEqual([]),
  )

  it('sets language and time zone, exports the data, and deletes the account', async () => {
    const credentials = { email: 'leaver@example.com', password: 'correct horse battery' }
    const guest = createClient({ url: service.url })
    await bodyOf(guest.POST('/users/register', { body: credentials }))
    const { access_token } = await bodyOf(guest.POST('/auth/login', { body: credentials }))
    const client = createClient({ url: service.url, token: access_token })
    await topUp(client, 50)
    const page = await open(`${service.url}/console`, { width: 390 })
    await page.getByLabel('E-mail').fill(credentials.email)
    await page.getByLabel('Password').fill(credentials.password)
    await button(page, 'Sign in').click()
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
    await page.locator('.who > summary').click()

    await page.getByText('Language and time zone').click()
    await page.getByLabel('Language').selectOption('Français')
    await page.getByLabel('Time zone').selectOption('Africa/Lagos')
    await button(page, 'Save').click()
    await page.getByText('Saved.').waitFor()
    const profile = { language: 'fr', time_zone: 'Africa/Lagos' }
    expect(await bodyOf(client.GET('/users/me'))).toMatchObject(profile)
    expect(await findingsOn(page)).toEqual([])
    await page.getByText('Language and time zone').click()

    await page.getByText('Your data').click()
    const download = page.waitForEvent('download')
    await button(page, 'Download my data').click()
    const exported = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
    expect(exported).toMatchObject({ account: { email: credentials.email, ...profile } })
    expect(exported.call_credits.transactions).toMatchObject([{ kind: 'top_up', amount: 50 }])

    const menu = page.locator('.who-card')
    await menu.getByLabel('Your password, to confirm').fill('not the password')
    await button(page, 'Delete my account').click()
    await menu.getByText('Is incorrect.').waitFor()
    await menu.getByLabel('Your password, to confirm').fill(credentials.password)
    await button(page, 'Delete my account').click()
    await menu.getByText(/₦50\.00 is left/).waitFor()
    await picture(page, 'console-leaving-phone')
    expect(await findingsOn(page)).toEqual([])
    expect(await contentWidth(page)).toBe(390)
    await menu.getByLabel('Your password, to confirm').fill(credentials.password)
    await page.getByLabel('Waive the balance that is left').check()
    await button(page, 'Delete my account').click()
    await menu.getByText(/^Your account will be erased on /).waitFor()
    expect(await bodyOf(client.GET('/users/me/deletion'))).toMatchObject({ waive_balance: true })
    await picture(page, 'console-deletion-phone')
    await button(page, 'Keep my account').click()
    await button(page, 'Delete my account').waitFor()
  }, 90_000)
})
