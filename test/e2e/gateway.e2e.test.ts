import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answered } from '../../client/client'
import { contentWidth, hasBrowser, tabTo, useBrowser } from '../support/browser'
import { aileana, newAccount, useService } from '../support/served'

const service = useService('--var', 'SIMULATED_CUSTOMER:waits')

const monnify = (...args: string[]) => aileana('monnify', ...args)
const here = (...args: string[]) => monnify(...args, '--url', service.url)

async function newPayment(amount: number) {
  const { accessToken, client } = await newAccount(service.url)
  const body = { amount, method: 'monnify' } as const
  const payment = await answered(client.POST('/payments', { body }))
  const credits = async () => (await answered(client.GET('/wallets')))[1]?.balance
  return { url: payment.checkout_url ?? '', credits, accessToken }
}

describe('npm run aileana -- monnify', () => {
  it('sends and replays events, plays scenarios, verifies signatures, and explains codes', () => {
    expect(here('trigger', 'SETTLEMENT')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('200'),
    })
    const played = here('scenario', 'overpaid', '--amount', '200')
    expect(played).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"amount_paid":250'),
    })
    expect(here('replay', '1')).toMatchObject({
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

  it('refunds, reverses, disputes and settles a payment, and selects the fault of refunds', () => {
    const { stdout } = here('scenario', 'paid')
    const reference = /"payment_reference":"([^"]+)"/.exec(stdout)?.[1] ?? ''
    const ofPayment = (name: string, ...args: string[]) =>
      here(name, '--payment', reference, ...args)
    const done = (text: string) => ({ status: 0, stdout: expect.stringContaining(text) })
    expect(here('settle')).toMatchObject(done(reference))
    expect(here('settle')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Every paid transaction is settled.'),
    })
    expect(ofPayment('refund', '--amount', '250')).toMatchObject(done('"refundAmount":250'))
    expect(ofPayment('refund', '--amount', '751')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('would exceed what was paid'),
    })
    expect(ofPayment('dispute', '--days', '2')).toMatchObject(done('"paymentStatus":"PAID"'))
    expect(ofPayment('dispute', '--won')).toMatchObject(done('"reversedFrom":null'))
    expect(ofPayment('reverse')).toMatchObject(done('"paymentStatus":"REVERSED"'))
    expect(here('reverse', '--payment', 'none')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('does not know the payment'),
    })
    expect(here('refund-fault', 'pending', '--queries', '5')).toMatchObject(done('"queries":5'))
    expect(here('refund-fault', 'none')).toMatchObject(done('"none"'))
    expect(here('refund-fault')).toMatchObject(done('{"fault":"none","queries":3}'))
  }, 60_000)

  it('fails to replay an event that does not exist', () => {
    expect(here('replay', '999')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There is no event 999'),
    })
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

  it('a customer pays a part and then the rest, on a phone, by keyboard alone', async () => {
    const { url, credits } = await newPayment(1000)
    const page = await open(url, { width: 390 })
    await picture(page, 'checkout-phone')
    const press = async (button: string) => {
      await tabTo(page, button)
      await page.keyboard.press('Enter')
    }
    await press('Pay part')
    await page.getByText('Paid so far').waitFor()
    expect(await credits()).toBe(500)
    await press('Pay ₦500.00')
    await page.getByText('The payment was received.').waitFor()
    expect(await credits()).toBe(1000)
    expect((await page.locator('main').boundingBox())?.width).toBeLessThanOrEqual(390)
  }, 60_000)

  it('the checkout applies a webhook fault, and the overview shows it', async () => {
    const { url, credits } = await newPayment(700)
    const page = await open(url)
    await page.getByText('Fault after the payment').click()
    await page.getByLabel('Webhook').selectOption('unsigned')
    await picture(page, 'checkout-faults')
    await page.getByRole('button', { name: 'Pay ₦700.00' }).click()
    await page.getByText('The payment was received.').waitFor()
    expect(await credits()).toBe(0)
    await page.goto(`${service.url}/simulator`)
    await page.getByRole('cell', { name: 'unsigned' }).first().waitFor()
    await picture(page, 'simulator')
  }, 60_000)

  it('a person refunds, reverses and settles on a phone, without scripts', async () => {
    const { url } = await newPayment(900)
    const page = await open(url, { width: 390, javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Pay ₦900.00' }).click()
    await page.goto(`${service.url}/simulator`)
    const payment = page.locator('details').first()
    const unfold = () => payment.locator('summary').click()
    await unfold()
    await picture(page, 'simulator-phone')
    expect(await contentWidth(page)).toBe(390)
    await payment.getByLabel('Amount').fill('100.50')
    await payment.getByRole('button', { name: 'Refund' }).click()
    await page.getByRole('cell', { name: '₦100.50' }).waitFor()
    await unfold()
    await payment.getByLabel('After days').first().fill('3')
    await payment.getByRole('button', { name: 'Reverse' }).click()
    await unfold()
    await payment.getByText('Reversed from').waitFor()
    await page.getByRole('button', { name: 'Settle paid transactions' }).click()
    await page.getByRole('cell', { name: 'SETTLEMENT' }).first().waitFor()
    await page.getByLabel('Refund').first().selectOption('R5')
    await page.getByRole('button', { name: 'Save' }).nth(1).click()
    expect(await page.getByLabel('Refund').first().inputValue()).toBe('R5')
    expect(await contentWidth(page)).toBe(390)
  }, 60_000)

  it.each([
    [1280, 'reference'],
    [390, 'reference-phone'],
  ])(
    'the API reference can authorise and send requests, at a width of %i px',
    async (width, name) => {
      const { accessToken } = await newPayment(100)
      const page = await open(`${service.url}/api`, { width })
      await page.getByRole('button', { name: 'Authorize' }).click()
      const bearer = page.locator('.modal-ux .auth-container', { hasText: 'bearerAuth' })
      await bearer.locator('input').fill(accessToken)
      await bearer.locator('button[type=submit]').click()
      await bearer.locator('.btn-done').click()
      const operation = page.locator('#operations-Wallets-listWallets')
      await operation.locator('.opblock-summary-control').click()
      await operation.locator('.execute').click()
      await operation.locator('.live-responses-table', { hasText: 'call_credits' }).waitFor()
      expect(await contentWidth(page)).toBe(width)
      await operation.scrollIntoViewIfNeeded()
      await picture(page, name)
    },
    60_000,
  )

  it("the browser's console has no errors", () => {
    expect(complaints).toEqual([])
  })
})
