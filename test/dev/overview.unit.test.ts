import { describe, expect, it } from 'vitest'
import { paymentsTable, refundsTable } from '../../src/dev/simulator/overview-payments'
import { webhooksTable } from '../../src/dev/simulator/overview-webhooks'

const EVENT = {
  paymentReference: 'AIL-1_a1',
  body: '{"eventType":"SUCCESSFUL_TRANSACTION","eventData":{"amountPaid":50}}',
  signature: '<b>',
  answer: 200,
  verdict: 'settled',
  sentAtMs: 0,
}

describe('the lists of the overview page', () => {
  it.each([
    ['payments', paymentsTable([]), 'No payments yet. Top up in the'],
    ['refunds', refundsTable([]), 'No refunds yet.'],
    ['webhooks', webhooksTable([]), 'No webhooks yet.'],
  ])('of no %s says so, without a table', async (_, html, text) => {
    const shown = String(await html)
    expect(shown).toContain(text)
    expect(shown).not.toContain('<table')
  })

  it('shows a repeated webhook beside its original only, and escapes both', async () => {
    const events = [
      { ...EVENT, id: 2, answer: 401, verdict: 'invalid_signature' },
      { ...EVENT, id: 1 },
    ]
    const sent = { ...EVENT, id: 3, answer: 401, verdict: 'invalid_signature' }
    const shown = String(await webhooksTable(events, { originalId: 1, sent }))
    const [, second = '', first = ''] = shown.split('<tr id=')
    expect(first).toMatch(/Sent again: status 401\. +Rejected: the signature does not match/)
    expect(second).not.toContain('Sent again:')
    expect(second).toContain('Does not match')
    expect(first).toContain('Payment received: ₦50.00')
    expect(shown).not.toContain('<b>')
    expect(shown).toContain('&lt;b&gt;')
    expect(shown).not.toMatch(/<th[^>]*><\/th>/)
  })
})
