import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf, createClient } from '../../../client/client'
import {
  contentWidth,
  findingsOn,
  focusedName,
  hasBrowser,
  hasFocus,
  useBrowser,
} from '../../support/browser'
import { topUp, useSharedService } from '../../support/served'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** Makes the service's hang-ups look like the end of the credit, which takes a minute otherwise. */
async function replaceHangUps(page: Page): Promise<void> {
  const replace = (text: string) => text.replaceAll('"hangup"', '"credit_exhausted"')
  await page.routeWebSocket(/events/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => socket.send(replace(String(message))))
  })
  await page.route('**/calls?*', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: replace(await response.text()) })
  })
}

describe.runIf(hasBrowser)('the console of a person', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()
  const openConsole = (look = {}) => open(`${service.url}/console`, look)
  const guest = () => createClient({ url: service.url })

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  async function newUser(email: string) {
    const credentials = { email, password: 'correct horse battery' }
    await bodyOf(guest().POST('/users/register', { body: credentials }))
    const { access_token } = await bodyOf(guest().POST('/auth/login', { body: credentials }))
    return { credentials, client: createClient({ url: service.url, token: access_token }) }
  }

  async function signIn(page: Page, { email, password }: { email: string; password: string }) {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await button(page, 'Sign in').click()
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
  }

  it('signs up with errors beside the fields', async () => {
    await newUser('taken@example.com')
    const page = await openConsole({ width: 390 })
    await button(page, 'Create an account').click()
    await page.getByText('At least 8 characters of any kind.').waitFor()
    await page.getByLabel('E-mail').fill('ada')
    await page.getByLabel('Password').fill('short')
    await button(page, 'Create account').click()
    await page.getByText('Must be an e-mail address.').waitFor()
    await page.getByText('Must have at least 8 characters.').waitFor()
    await hasFocus(page, 'E-mail')
    expect(await findingsOn(page)).toEqual([])
    await page.getByLabel('E-mail').fill('taken@example.com')
    await page.getByLabel('Password').fill('correct horse battery')
    await button(page, 'Create account').click()
    await page.getByText('Already has an account; sign in.').waitFor()
    await page.getByLabel('First name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada.signs.up@example.com')
    await button(page, 'Create account').click()
    await page.getByText('No calls yet.').waitFor()
    await page.locator('.who > summary').filter({ hasText: 'Ada' }).waitFor()
    expect(complaints.splice(0)).toHaveLength(2)
  })

  it('has a menu with sessions and password, which Escape closes', async () => {
    const { credentials, client } = await newUser('menu@example.com')
    const page = await openConsole({ width: 390 })
    await signIn(page, credentials)
    const menu = page.locator('.who > summary')
    const signOut = button(page, 'Sign out')
    await menu.click()
    await page.getByText('Sessions', { exact: true }).click()
    await page.getByText('This session').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await contentWidth(page)).toBe(360)
    await button(page, 'End the session on Node.js').click()
    await page.getByText('No other session is active.').waitFor()
    expect((await client.GET('/auth/sessions')).response.status).toBe(401)

    await page.locator('.fold > summary').filter({ hasText: 'Password' }).click()
    await page.getByLabel('Current password').fill('not this one')
    await page.getByLabel('New password').fill('a better password')
    await button(page, 'Change password').click()
    await page.getByText('Is incorrect.').waitFor()
    await hasFocus(page, 'Current password')
    await page.getByLabel('Current password').fill(credentials.password)
    await button(page, 'Change password').click()
    await page.getByText('The password is changed, and your other sessions have ended.').waitFor()
    await page.keyboard.press('Escape')
    expect(await signOut.isVisible()).toBe(false)
    expect(await focusedName(page)).toBe(credentials.email)
    await menu.click()
    await signOut.waitFor()
    await page.getByRole('heading', { name: 'Ledger' }).click()
    expect(await signOut.isVisible()).toBe(false)

    await page.reload()
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
    const body = { ...credentials, password: 'a better password' }
    await bodyOf(guest().POST('/auth/login', { body }))
    expect(complaints.splice(0)).toHaveLength(1)
  })

  it('shows the price of a call before it starts', async () => {
    const { credentials, client } = await newUser('prices@example.com')
    const page = await openConsole()
    await signIn(page, credentials)
    await page.getByText('₦10.00 a minute to Nigeria').waitFor()
    await page.getByText('Top up first: starting this call holds ₦10.00.').waitFor()
    await topUp(client, 50)
    await page.getByText('Your credit lasts 5 min.').waitFor()
    await page.getByLabel('Phone number').fill('+233 23 123 4567')
    await page.getByText('₦10.00 a minute to Ghana').waitFor()
    await page.getByLabel('Phone number').fill('0803')
    await page.getByText('Enter a number to see its price.').waitFor()
    await page.getByText('Look up a rate').click()
    await page.getByLabel('Country or calling code').fill('asce')
    await page.getByRole('listitem').filter({ hasText: 'not available' }).waitFor()
    await page.getByLabel('Country or calling code').fill('+44')
    const [first] = await page.getByRole('list', { name: 'Rates' }).getByRole('listitem').all()
    await first?.getByText('₦10.00 a minute').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('Country or calling code').isVisible()).toBe(false)
    expect(await focusedName(page)).toBe('Look up a rate')
    complaints.splice(0)
  })

  it('shows a declined payment at once, and pays again', async () => {
    const page = await openConsole({ width: 390 })
    await button(page, 'Create a demo user').click()
    await page.getByLabel('Amount in ₦').fill('30')
    await button(page, 'Top up').click()
    await button(page, 'Decline').click()
    await page.getByText('The bank declined it. Nothing was credited.').waitFor()
    expect(await page.getByLabel('Amount in ₦').inputValue()).toBe('30')
    expect(await findingsOn(page)).toEqual([])
    await button(page, 'Try again: payment of ₦30.00').click()
    await button(page, 'Pay ₦30.00').click()
    await page.getByText('₦30.00 credited to call credits.').waitFor()
  })

  it('warns of low credit, and keeps the place of a call whose credit ran out', async () => {
    const { credentials, client } = await newUser('low@example.com')
    await topUp(client, 20)
    await topUp(client, 100, 'primary')
    const page = await openConsole({ width: 390 })
    await replaceHangUps(page)
    await signIn(page, credentials)
    for (const name of ['Ngozi', 'Tunde']) {
      await page.getByLabel('Phone number').fill('0803 123 4567')
      await page.getByLabel('Name (optional)').fill(name)
      await button(page, 'Start call').click()
      await button(page, `Answer the call to ${name}`).click()
    }
    expect(await page.getByLabel('Phone number').inputValue()).toBe('')
    const ngozi = page.getByRole('listitem', { name: 'Call to Ngozi' })
    await ngozi.getByText(/^Your credit lasts \d+ s\.$/).waitFor()
    await picture(page, 'console-low-credit')
    expect(await findingsOn(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await contentWidth(page)).toBe(360)
    await button(page, 'Turn tones off').click()
    await button(page, 'Turn tones on').waitFor()
    await ngozi.getByRole('button', { name: 'Move ₦100.00 from primary' }).click()
    await ngozi.getByText(/^Your credit lasts/).waitFor({ state: 'detached' })

    const calls = await bodyOf(client.GET('/calls'))
    const { uuid = '' } = calls.find(({ recipient_name }) => recipient_name === 'Ngozi') ?? {}
    await button(page, 'End the call to Ngozi').focus()
    await bodyOf(client.PATCH('/calls/{uuid}/end', { params: { path: { uuid } } }))
    await page.getByText(/^Your credit ran out after \d+ s\. ₦\d+\.00 charged\.$/).waitFor()
    await picture(page, 'console-run-out')
    expect(await focusedName(page)).toBe('Call to Ngozi ended')
    expect(await findingsOn(page)).toEqual([])
    await page.reload()
    await button(page, 'Call again: Ngozi').click()
    await button(page, 'Answer the call to Ngozi').waitFor()
    expect(await page.getByText('Your credit ran out').count()).toBe(0)
  })
})
