/** The simulated gateway as people use it: by its page in a browser, and by the command. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasBrowser, tabTo, useBrowser } from '../support/browser'
import { newAccount, post, tool, useService } from '../support/served'

const service = useService('--var', 'SIMULATED_CUSTOMER:waits')

const monnify = (...args: string[]) => tool('monnify', ...args, '--url', service.url)

async function newPayment(amount: number) {
  const { accessToken, headers } = await newAccount(service.url)
  const payment = await post(`${service.url}/payments`, { amount, method: 'monnify' }, headers)
  const credits = async () => {
    const wallets: { balance: number }[] = await (
      await fetch(`${service.url}/wallets`, { headers })
    ).json()
    return wallets[1]?.balance
  }
  return {
    url: payment['checkout_url'] ?? '',
    reference: payment['payment_reference'] ?? '',
    credits,
    accessToken,
  }
}

describe('npm run monnify', () => {
  it('triggers, replays, plays scenarios, verifies and explains', () => {
    expect(monnify('trigger', 'SETTLEMENT')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('200'),
    })
    const played = monnify('scenario', 'overpaid', '--amount', '200')
    expect(played).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"amount_paid":250'),
    })
    expect(monnify('replay', '1')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('→ 200'),
    })
    expect(monnify('explain', 'R9').stdout).toContain('reference was used')
    const file = join(service.storage, 'body.json')
    writeFileSync(file, '{"a": 1}')
    expect(monnify('verify', file, '00')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('128 hex'),
    })
  }, 60_000)

  it.each([
    [[], 'npm run monnify -- <command>'],
    [['trigger', 'NOTHING'], 'no event NOTHING'],
    [['replay', '999'], 'no event 999'],
    [['scenario', 'constructor'], 'no scenario constructor'],
    [['verify', 'missing.json', ''], 'no file missing.json'],
    [['explain', 'R99'], 'Not known'],
    [['trigger', 'SETTLEMENT', '--amount', 'much'], 'positive number'],
    [['trigger', '--wrong'], 'Unknown option'],
  ])('%j says what is wrong', (args, said) => {
    expect(monnify(...args)).toMatchObject({ status: 1, stderr: expect.stringContaining(said) })
  })
})

describe.runIf(hasBrowser)('in a browser', () => {
  const { complaints, open, picture } = useBrowser()

  it('a customer pays, and the wallet is credited', async () => {
    const { url, credits } = await newPayment(1500)
    const page = await open(url)
    await page.locator('time', { hasText: /^39:\d\d$/ }).waitFor()
    await picture(page, 'checkout')
    await page.getByRole('button', { name: 'Pay ₦1,500.00' }).click()
    await page.getByText('The payment was received.').waitFor()
    await picture(page, 'checkout-paid')
    expect(await credits()).toBe(1500)
  }, 60_000)

  it('pays a part and then the rest, on a phone, by the keyboard alone', async () => {
    const { url, credits } = await newPayment(1000)
    const page = await open(url, { width: 390 })
    await picture(page, 'checkout-phone')
    const press = async (button: string) => {
      await tabTo(page, button)
      await page.keyboard.press('Enter')
    }
    await press('Pay a part')
    await page.getByText('Paid so far').waitFor()
    expect(await credits()).toBe(500)
    await press('Pay ₦500.00')
    await page.getByText('The payment was received.').waitFor()
    expect(await credits()).toBe(1000)
    expect((await page.locator('main').boundingBox())?.width).toBeLessThanOrEqual(390)
  }, 60_000)

  it('spoils its webhook when told to, and shows so on its own page', async () => {
    const { url, credits } = await newPayment(700)
    const page = await open(url)
    await page.getByText('What goes wrong afterwards').click()
    await page.getByLabel('Webhook').selectOption('unsigned')
    await picture(page, 'checkout-faults')
    await page.getByRole('button', { name: 'Pay ₦700.00' }).click()
    await page.getByText('The payment was received.').waitFor()
    expect(await credits()).toBe(0)
    await page.goto(`${service.url}/simulator`)
    await page.getByRole('cell', { name: 'unsigned' }).first().waitFor()
    await picture(page, 'simulator')
  }, 60_000)

  it('the API reference lets one authorise and try', async () => {
    const { accessToken } = await newPayment(100)
    const page = await open(`${service.url}/api`)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.locator('.modal-ux input').fill(accessToken)
    await page.locator('.modal-ux button[type=submit]').click()
    await page.locator('.modal-ux .btn-done').click()
    await page.locator('#operations-Wallets-listWallets .opblock-summary-control').click()
    await page.locator('#operations-Wallets-listWallets .execute').click()
    await page
      .locator('#operations-Wallets-listWallets .live-responses-table', { hasText: 'call_credits' })
      .waitFor()
    await picture(page, 'reference')
  }, 60_000)

  it('nothing complains in the console', () => {
    expect(complaints).toEqual([])
  })
})
