import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../client/client'
import { contentWidth, hasBrowser, tabTo, useBrowser } from '../support/browser'
import { aileana, newAccount, useService } from '../support/served'

const service = useService('--var', 'SIMULATED_CUSTOMER:waits')

const monnify = (...args: string[]) => aileana('monnify', ...args)
const here = (...args: string[]) => monnify(...args, '--url', service.url)

async function newPayment(amount: number) {
  const { accessToken, client } = await newAccount(service.url)
  const body = { amount, method: 'monnify' } as const
  const payment = await bodyOf(client.POST('/payments', { body }))
  const credits = async () => (await bodyOf(client.GET('/wallets')))[1]?.balance
  return { url: payment.checkout_url ?? '', credits, accessToken }
}

describe('npm run aileana -- monnify', () => {
  it('sends and replays events, plays scenarios, verifies signatures, and explains codes', () => {
    expect(here('trigger', 'SETTLEMENT')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('200'),
    })
    const played = here('scenario', 'webhook_altered', '--amount', '200')
    expect(played).toMatchObject({ status: 0, stderr: '' })
    const lines = [
      'The customer pays in full. Webhook: altered amount.',
      'Payment received: ₦2,000.00',
      '→ 401 Rejected: the signature does not match the body.',
      '₦0.00 of call credits, from 0 top-ups',
      '200 Status of the payment: completed',
      '₦200.00 of call credits, from 1 top-up',
      'Correct: credited once, with the amount that the gateway reports',
    ]
    for (const line of lines) expect(stripVTControlCharacters(played.stdout)).toContain(line)
    const { stdout } = here('scenario', 'overpaid', '--amount', '200', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: 'overpaid',
      payment: { amount: 200, amount_paid: 250, status: 'completed' },
      webhooks: [{ answer: 200, verdict: 'settled' }],
      credited: 250,
      top_ups: 1,
    })
    const replayed = here('replay', '1')
    expect(replayed.status).toBe(0)
    expect(stripVTControlCharacters(replayed.stdout)).toMatch(
      /Payment received: ₦250\.00 \(signed .*\)\n +→ 200 Accepted/,
    )
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
    const reference = /Reference: (\S+)/.exec(stdout)?.[1] ?? ''
    const ofPayment = (name: string, ...args: string[]) =>
      here(name, '--payment', reference, ...args)
    const done = (text: string) => ({ status: 0, stdout: expect.stringContaining(text) })
    expect(here('settle')).toMatchObject(done(reference))
    expect(here('settle')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('No paid transaction awaits a settlement.'),
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
    await press('Pay a part')
    await page.getByText('₦500.00 of ₦1,000.00 received.').waitFor()
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
    await page.getByRole('combobox', { name: 'Webhook' }).selectOption('unsigned')
    await picture(page, 'checkout-faults')
    await page.getByRole('button', { name: 'Pay ₦700.00' }).click()
    await page.getByText('The payment was received.').waitFor()
    expect(await credits()).toBe(0)
    await page.goto(`${service.url}/simulator`)
    await page.getByText('Rejected: it has no signature.').first().waitFor()
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
    await payment.getByLabel('Amount in ₦').fill('100.50')
    await payment.getByRole('button', { name: 'Refund' }).click()
    await page.getByRole('cell', { name: 'Amount ₦100.50' }).waitFor()
    await unfold()
    await payment.getByLabel('Days from now').first().fill('3')
    await payment.getByRole('button', { name: 'Reverse' }).click()
    await unfold()
    await payment.getByText('Reversal takes effect').waitFor()
    await page.getByRole('button', { name: 'Create a settlement' }).click()
    await page
      .getByText(/^Settlement of ₦/)
      .first()
      .waitFor()
    await page.getByRole('combobox', { name: 'Refund' }).selectOption('R5')
    await page.getByRole('button', { name: 'Save refund fault' }).click()
    await page.getByText('Refund: R5: insufficient balance, for everyone').waitFor()
    await page.getByRole('button', { name: 'Clear all faults' }).click()
    await page.getByText('1 fault is on').waitFor({ state: 'detached' })
    expect(await page.getByRole('combobox', { name: 'Refund' }).inputValue()).toBe('none')
    expect(await contentWidth(page)).toBe(390)
  }, 60_000)

  it("the browser's console has no errors", () => {
    expect(complaints).toEqual([])
  })
})
