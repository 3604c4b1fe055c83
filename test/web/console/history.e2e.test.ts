import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf, type ApiClient, createClient } from '../../../client/client'
import { contentWidth, findingsOn, hasBrowser, tabTo, useBrowser } from '../../support/browser'
import { topUp, useSharedService } from '../../support/served'

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

describe.runIf(hasBrowser)('the history in the console', () => {
  const service = useSharedService()
  const { complaints, open, picture } = useBrowser()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  /** Creates a user with a client of the API. */
  async function newUser(email: string) {
    const credentials = { email, password: 'correct horse battery' }
    const guest = createClient({ url: service.url })
    await bodyOf(guest.POST('/users/register', { body: credentials }))
    const { access_token } = await bodyOf(guest.POST('/auth/login', { body: credentials }))
    return { credentials, client: createClient({ url: service.url, token: access_token }) }
  }

  async function endedCall(client: ApiClient, recipient_name: string, isAnswered = true) {
    const body = { recipient_phone: '+2348031234567', recipient_name }
    const { uuid } = await bodyOf(client.POST('/calls', { body }))
    const params = { path: { uuid } }
    if (isAnswered) await bodyOf(client.PATCH('/calls/{uuid}/answer', { params }))
    await bodyOf(client.PATCH('/calls/{uuid}/end', { params }))
  }

  async function signIn(credentials: { email: string; password: string }, width: number) {
    const page = await open(`${service.url}/console`, { width })
    await page.getByLabel('E-mail').fill(credentials.email)
    await page.getByLabel('Password').fill(credentials.password)
    await button(page, 'Sign in').click()
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
    return page
  }

  it('has receipts of calls and payments, which print alone', async () => {
    const { credentials, client } = await newUser('receipts@example.com')
    await topUp(client, 50)
    await endedCall(client, 'Ngozi')
    await endedCall(client, 'Tunde', false)
    const page = await signIn(credentials, 390)
    await tabTo(page, /^Tunde/)
    await page.keyboard.press('Enter')
    await page.getByText('Not answered, so nothing was charged.').waitFor()
    await page.keyboard.press('Enter')
    await tabTo(page, /^Ngozi/)
    await page.keyboard.press('Enter')
    await page.getByText(/^[01] s.* at ₦10\.00 a minute, rounded up to ₦1\.00\.$/).waitFor()
    await page.getByText('₦50.00 before, ₦49.00 after').waitFor()
    await page.getByText('Calculation').click()
    await page.getByText('1 × ₦1.00 = ₦1.00').waitFor()
    await page.getByText('Receipt', { exact: true }).click()
    await page.getByText('₦0.00 before, ₦50.00 after').waitFor()
    for (const [title, kind] of [
      ['call to Ngozi', 'call'],
      ['payment of ₦50.00', 'payment'],
    ] as const) {
      const saved = page.waitForEvent('download')
      await button(page, `Download signed receipt: ${title}`).click()
      const download = await saved
      const file = JSON.parse(readFileSync(await download.path(), 'utf8'))
      expect(file.receipt.kind).toBe(kind)
      expect(download.suggestedFilename()).toBe(`receipt-${file.receipt.number}.json`)
      await page.getByText(file.receipt.number, { exact: true }).waitFor()
    }
    await picture(page, 'console-history-phone')
    expect(await findingsOn(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await contentWidth(page)).toBe(360)

    await page.evaluate('window.print = () => undefined')
    await button(page, 'Print receipt: call to Ngozi').click()
    await page.emulateMedia({ media: 'print' })
    await page.getByText('AIleana receipt: call to Ngozi').waitFor()
    await page.getByText('Calculation').waitFor()
    expect(await page.getByRole('heading', { name: 'Wallets' }).isVisible()).toBe(false)
    expect(await page.getByText('Tunde').isVisible()).toBe(false)
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`)
    await page.getByRole('heading', { name: 'Wallets' }).waitFor()
  }, 60_000)

  it('tells the story of a payment, and sends its webhook again', async () => {
    const page = await open(`${service.url}/console`, { width: 1280 })
    await button(page, 'Create a demo user').click()
    await page.getByLabel('Amount in ₦').fill('50')
    await button(page, 'Top up').click()
    await button(page, 'Pay ₦50.00').click()
    const timeline = page.getByRole('list', { name: 'Timeline' })
    await timeline.getByText(/: Accepted; credited$/).waitFor()
    await timeline.getByText('₦50.00 credited to call credits').waitFor()
    await button(page, /^Send again/).click()
    await timeline.getByText(/: Accepted; already credited$/).waitFor()
    await page.getByText('2 webhooks sent, 2 accepted, credited once.').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await button(page, /^Copy: reference AIL-/).click()
    await button(page, /^Copied: reference AIL-/).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^AIL-/)
    expect(await findingsOn(page)).toEqual([])
  }, 60_000)

  it('filters each list, and downloads statements', async () => {
    const { credentials, client } = await newUser('filters@example.com')
    await topUp(client, 100, 'primary')
    const body = { amount: 20, method: 'wallet' } as const
    await bodyOf(client.POST('/payments', { body }))
    for (let calls = 0; calls < 12; calls++) await endedCall(client, `Call ${calls}`, calls === 0)
    const page = await signIn(credentials, 1280)
    await page.getByText('Call 11', { exact: true }).waitFor()
    await button(page, 'Load more calls').click()
    await page.locator('summary').filter({ hasText: 'Call 0' }).waitFor()
    await button(page, 'Load more calls').waitFor({ state: 'detached' })

    await page.getByLabel('Filter calls').click()
    const calls = page.getByRole('group', { name: 'Filter of calls' })
    await calls.getByLabel('Status').selectOption('Completed')
    await page.getByText('Call 11', { exact: true }).waitFor({ state: 'detached' })
    await page.locator('summary').filter({ hasText: 'Call 0' }).waitFor()
    await calls.getByLabel('Status').selectOption('Failed')
    await page.getByText('No calls match the filter.').waitFor()

    await page.getByLabel('Filter payments').click()
    const payments = page.getByRole('group', { name: 'Filter of payments' })
    await payments.getByLabel('To').fill('2020-01-31')
    await page.getByText('No payments match the filter.').waitFor()
    await button(page, 'Clear the filter of payments').click()
    await page.getByRole('listitem', { name: 'Payment of ₦100.00' }).waitFor()

    await page.getByLabel('Filter transactions').click()
    const ledger = page.getByRole('group', { name: 'Filter of transactions' })
    await ledger.getByLabel('Kind').selectOption('Transfer in')
    await page.getByRole('row', { name: /Call 0/ }).waitFor({ state: 'detached' })
    await page.getByRole('row', { name: /Transfer in .*\+₦20\.00/ }).waitFor()
    expect(await findingsOn(page)).toEqual([])
    const statement = async (name: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()])
      const rows = readFileSync(await file.path(), 'utf8')
        .trimEnd()
        .split('\r\n')
      return { name: file.suggestedFilename(), rows }
    }
    const some = await statement('Download these (CSV)')
    expect(some.name).toBe('aileana-call-credits-transfer-in-all.csv')
    expect(some.rows[0]).toMatch(/^\uFEFFdate,kind,credit/)
    expect(some.rows.slice(1)).toEqual([expect.stringContaining(',transfer_in,20.00,')])
    const all = await statement('Download all (CSV)')
    expect(all.name).toBe('aileana-call-credits-all.csv')
    expect(all.rows).toHaveLength(3)
  }, 60_000)
})
