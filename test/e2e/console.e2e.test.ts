import type { Page, WebSocketRoute } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf, createClient } from '../../client/client'
import {
  contentWidth,
  findingsOn,
  focusedName,
  hasBrowser,
  tabTo,
  useBrowser,
} from '../support/browser'
import { topUp as payIn, useSharedService } from '../support/served'

const walletOf = (page: Page, type: 'call_credits' | 'primary') => page.getByTestId(type)
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** Pays at the checkout, and returns to the console. */
async function pay(page: Page, printed: string): Promise<void> {
  await button(page, `Pay ${printed}`).click()
  await page.getByRole('heading', { name: 'Wallets' }).waitFor()
}

async function topUp(page: Page, amount: number): Promise<void> {
  await page.getByLabel('Amount in ₦').fill(String(amount))
  await page.getByRole('button', { name: 'Top up', exact: true }).click()
  await pay(page, `₦${amount}.00`)
}

async function startCall(page: Page, name: string): Promise<void> {
  await page.getByLabel('Phone number').fill('0803 123 4567')
  await page.getByLabel('Name (optional)').fill(name)
  await button(page, 'Start call').click()
  await button(page, `Answer the call to ${name}`).waitFor()
}

/** The page reloads when its window gets the focus again. */
const comeBack = (page: Page): Promise<void> => page.evaluate(`dispatchEvent(new Event('focus'))`)

describe.runIf(hasBrowser)('the console', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser({ hasMicrophone: true })
  const openConsole = (look = {}) => open(`${service.url}/console`, look)

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  it('lets its user talk to a person who only has the link', async () => {
    const page = await openConsole({ width: 1280 })
    await button(page, 'Create a demo user').click()
    await page.getByText('No calls yet.').waitFor()
    await topUp(page, 200)
    await startCall(page, 'Ngozi')
    await button(page, 'Talk in the browser to Ngozi').click()
    const link = page.getByLabel('Link for Ngozi')
    await link.waitFor()
    expect(await findingsOn(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    const callee = await open(await link.inputValue(), { width: 400 })
    await button(callee, 'Accept').click()
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { name: 'In a call with Ngozi' }).waitFor()
    await picture(page, 'console-talk')
    await button(callee, 'Hang up').click()
    await callee.getByRole('heading', { name: 'Call ended' }).waitFor()
    await button(page, 'End the call to Ngozi').waitFor({ state: 'detached' })
  })

  it('can be used by mouse from sign-in to ledger', async () => {
    const page = await openConsole({ width: 1280 })
    expect(await findingsOn(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    await button(page, 'Create a demo user').click()
    await page.getByText('No calls yet.').waitFor()
    await picture(page, 'console-empty')

    await topUp(page, 50)
    await page.getByText('₦50.00 credited to call credits.').waitFor()
    await walletOf(page, 'call_credits').getByText('₦50.00').waitFor()

    await startCall(page, 'Ngozi')
    await startCall(page, 'Tunde')
    await walletOf(page, 'call_credits').getByText('₦20.00 held for open calls').waitFor()
    await walletOf(page, 'call_credits').getByText('₦30.00').waitFor()
    const ngozi = page.getByRole('listitem', { name: 'Call to Ngozi' })
    const tunde = page.getByRole('listitem', { name: 'Call to Tunde' })
    await ngozi.getByText('live', { exact: true }).waitFor()
    await button(page, 'Answer the call to Ngozi').click()
    await ngozi.getByRole('list', { name: 'Events of the call' }).getByText('Answered').waitFor()
    await button(page, 'Answer the call to Tunde').click()
    for (const call of [ngozi, tunde]) {
      await call.getByTestId('cost').getByText('₦1.00').waitFor()
      await call
        .getByTestId('left')
        .getByText(/^2:\d\d$/)
        .waitFor()
    }
    const horizon = ngozi.getByText(/^until /)
    const before = await horizon.textContent()
    await picture(page, 'console')
    expect(await findingsOn(page)).toEqual([])

    await button(page, 'End the call to Tunde').click()
    await page.getByRole('row', { name: /Call Tunde .* −₦1?\d\.00/ }).waitFor()
    await horizon.filter({ hasNotText: before ?? '' }).waitFor()
    await button(page, 'End the call to Ngozi').click()
    const charged = page.getByRole('row', { name: /Call Ngozi/ })
    await charged.waitFor()
    const left = (await charged.getByRole('cell').nth(2).textContent()) ?? ''
    await walletOf(page, 'call_credits').getByText(left).waitFor()
    await walletOf(page, 'call_credits').getByText('Pays for calls').waitFor()

    await button(page, /^Send again/).click()
    await page.getByText('2 webhooks sent, 2 accepted, credited once.').waitFor()
    expect(await page.getByText(/: Accepted; (already )?credited$/).count()).toBe(2)
    expect(await page.getByRole('row', { name: /Top-up/ }).count()).toBe(1)

    await page.getByRole('switch', { name: 'Without a signature' }).check()
    await topUp(page, 20)
    const refused = page.getByRole('listitem', { name: 'Payment of ₦20.00' })
    await refused.getByText(/: Rejected; it has no signature$/).waitFor()
    await page.getByText('₦20.00 credited to call credits.').waitFor()
    await refused
      .getByText(
        '1 webhook sent, 0 accepted, credited once: the service queried the gateway automatically.',
      )
      .waitFor()
    await page.getByRole('switch', { name: 'Without a signature' }).uncheck()
    await page.getByText('Saved for future payments.').waitFor()
    await picture(page, 'console-payments')
    expect(await findingsOn(page)).toEqual([])
  }, 60_000)

  it('shows the meter again after the connection broke', async () => {
    const page = await openConsole()
    const sockets: WebSocketRoute[] = []
    await page.routeWebSocket(/events/, (socket) => {
      socket.connectToServer()
      sockets.push(socket)
    })
    await button(page, 'Create a demo user').click()
    await topUp(page, 20)
    await startCall(page, 'Ngozi')
    const live = page.getByText('live', { exact: true })
    await live.waitFor()
    await sockets[0]?.close()
    await live.waitFor({ state: 'detached' })
    await live.waitFor()
    expect(sockets).toHaveLength(2)
    await button(page, 'Answer the call to Ngozi').click()
    await page.getByTestId('cost').getByText('₦1.00').waitFor()
  }, 60_000)

  it('can be used by keyboard alone, on a phone', async () => {
    const page = await openConsole({ width: 390, colorScheme: 'dark' })
    const press = async (name: string | RegExp, key = 'Enter') => {
      await tabTo(page, name)
      await page.keyboard.press(key)
    }
    await press('Create a demo user')
    await page.getByText('No calls yet.').waitFor()
    await press('Top up')
    await button(page, 'Pay ₦200.00').waitFor()
    await press('Pay ₦200.00')
    await page.getByText('₦200.00 credited to call credits.').waitFor()
    await press('Start call')
    await button(page, /^Answer the call/).waitFor()
    await press(/^Answer the call/)
    await page.getByTestId('cost').getByText('₦1.00').waitFor()
    expect(await focusedName(page)).toMatch(/^End the call/)
    await picture(page, 'console-phone')
    expect(await findingsOn(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /^\d+ Call / }).waitFor()
    expect(await focusedName(page)).toBe('Calls')
    await press('Sent twice', 'Space')
    expect(await page.getByRole('switch', { name: 'Sent twice' }).isChecked()).toBe(true)
    await page.getByText('Saved for future payments.').waitFor()
    /** A press is ignored until the previous one has ended. */
    await expect
      .poll(async () => {
        const isOn = await page.getByRole('switch', { name: 'Sent twice' }).isChecked()
        if (isOn) await page.keyboard.press('Space')
        return isOn
      })
      .toBe(false)
    expect(await contentWidth(page)).toBe(390)
    await picture(page, 'console-phone-ended')
  }, 60_000)

  it('supports signing in, transfers between wallets, and the pages of a long ledger', async () => {
    const guest = createClient({ url: service.url })
    const credentials = { email: 'bisi@example.com', password: 'correct horse battery' }
    await bodyOf(guest.POST('/users/register', { body: credentials }))
    const session = await bodyOf(guest.POST('/auth/login', { body: credentials }))
    const client = createClient({ url: service.url, token: session.access_token })
    await payIn(client, 100, 'primary')
    const body = { amount: 1, method: 'wallet' } as const
    for (let moves = 0; moves < 20; moves++) await bodyOf(client.POST('/payments', { body }))

    const page = await openConsole()
    await page.getByLabel('E-mail').fill(credentials.email)
    await page.getByLabel('Password').fill(credentials.password)
    await button(page, 'Sign in').click()
    await walletOf(page, 'primary').getByText('₦80.00').waitFor()
    await page.getByLabel('Into').selectOption('Call credits, from the primary wallet')
    await page.getByLabel('Amount in ₦').fill('5')
    await button(page, 'Move').click()
    await page.getByRole('row', { name: /^21 Transfer in .* \+₦5\.00 ₦25\.00/ }).waitFor()
    await walletOf(page, 'primary').getByText('₦75.00').waitFor()
    await page.getByRole('listitem', { name: 'Payment of ₦5.00' }).getByText('moved to').waitFor()
    for (const oldest of [2, 1]) {
      await button(page, 'Load more transactions').click()
      await page.getByRole('row', { name: new RegExp(`^${oldest} Transfer in`) }).waitFor()
    }
    expect(await page.getByRole('row', { name: /Transfer in/ }).count()).toBe(21)
    await button(page, 'Load more transactions').waitFor({ state: 'detached' })
    await button(page, 'Primary wallet').click()
    await page.getByRole('row', { name: /^22 Transfer out .* −₦5\.00 ₦75\.00/ }).waitFor()
  }, 60_000)

  it('keeps its token within the tab, and loads nothing from elsewhere', async () => {
    const page = await openConsole()
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    await button(page, 'Create a demo user').click()
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
    expect([...hosts]).toEqual([new URL(service.url).host])
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0)
    await page.locator('.who > summary').click()
    await button(page, 'Sign out').click()
    await button(page, 'Create a demo user').waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
  }, 60_000)

  it('explains errors', async () => {
    const page = await openConsole()
    await page.getByLabel('E-mail').fill('nobody@example.com')
    await page.getByLabel('Password').fill('not this one')
    await button(page, 'Sign in').click()
    await page
      .getByRole('alert')
      .getByText('The e-mail address or password is incorrect.')
      .waitFor()
    await button(page, 'Create a demo user').click()
    await button(page, 'Start call').click()
    await page.getByText('The request needs ₦10.00, but only ₦0.00 is available.').waitFor()
    await page.getByLabel('Amount in ₦').fill('0.001')
    await page.getByRole('button', { name: 'Top up', exact: true }).click()
    await page.getByText('Amount must have at most two decimal places.').waitFor()
    await picture(page, 'console-errors')
    await page.route('**/wallets', (route) => route.fulfill({ status: 502, body: 'bad gateway' }))
    await comeBack(page)
    await page.getByText('The request failed with status 502.').waitFor()
    await page.unroute('**/wallets')
    await page.context().setOffline(true)
    await page.getByText('Offline', { exact: true }).waitFor()
    await page.context().setOffline(false)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.evaluate(`sessionStorage['aileana.session'] = JSON.stringify({ accessToken: 'x' })`)
    await page.reload()
    await page.getByText('Your session has ended.').waitFor()
    expect(await findingsOn(page)).toEqual([])
    complaints.splice(0)
  }, 60_000)

  it('is not among the public assets', async () => {
    const page = await (await fetch(`${service.url}/console`)).text()
    const files = page.match(/\/console\/assets\/[\w.-]+(?:js|css)/g) ?? []
    expect(files).toHaveLength(2)
    for (const file of files) {
      const name = file.replace('/console/assets/', '')
      for (const path of [`/${name}`, `/api/assets/${name}`, '/console/index.html', '/console.js'])
        expect((await fetch(`${service.url}${path}`)).status, path).toBe(404)
    }
  })
})
