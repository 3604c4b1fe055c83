import { describe, expect, it } from 'vitest'
import type { Payment, SentWebhook, Transaction } from '../../../web/console/model'
import { storyOf, verdictOf, webhookSummary } from '../../../web/console/payment-story'

const at = (seconds: number) => new Date(seconds * 1000).toISOString()

const payment = {
  uuid: 'p',
  wallet: 'call_credits',
  amount: 50,
  amount_paid: 50,
  created_at: at(1),
  completed_at: at(4),
} as Payment

const webhook = (id: number, change: Partial<SentWebhook> = {}): SentWebhook => ({
  id,
  paymentReference: 'r',
  signature: 'signed',
  answer: 200,
  verdict: 'settled',
  sentAtMs: id * 1000,
  ...change,
})

const credit = { source_uuid: 'p', kind: 'top_up', amount: 50, created_at: at(3) } as Transaction

describe('the verdict of a webhook', () => {
  it.each([
    [{}, undefined, 'Accepted; the payment is confirmed'],
    [{}, 5001, 'Accepted; credited'],
    [{}, 4999, 'Accepted; already credited'],
    [{ verdict: 'unchanged' }, undefined, 'Accepted; nothing to credit yet'],
    [{ verdict: 'new_outcome' }, undefined, 'Accepted; new outcome'],
    [{ answer: 401, verdict: 'invalid_signature' }, 4999, 'Rejected; the signature does not match'],
    [
      { answer: 401, verdict: 'invalid_signature', signature: null },
      1,
      'Rejected; it has no signature',
    ],
    [
      { answer: 503, verdict: 'gateway_unavailable' },
      1,
      'Rejected; Monnify did not respond to the query',
    ],
    [{ answer: 502, verdict: null }, 1, 'Rejected; the service responded with status 502'],
  ] as const)('of %o, credited at %s, is in words', (change, creditedAtMs, words) => {
    expect(verdictOf(webhook(5, change), creditedAtMs)).toBe(words)
  })
})

describe('the story of a payment', () => {
  const facts = { payment, webhooks: [webhook(5), webhook(2)], entries: [credit], refunds: [] }

  it('has all steps in the order of their times', () => {
    expect(storyOf(facts).map(({ text }) => text)).toEqual([
      'Created',
      'Webhook 1: Accepted; credited',
      '₦50.00 credited to call credits',
      'Webhook 2: Accepted; already credited',
    ])
  })

  it('has the credit of a payment that the loaded ledger does not reach', () => {
    const [, story] = storyOf({ ...facts, webhooks: [], entries: [] })
    expect(story).toEqual({ atMs: 4000, text: '₦50.00 credited to call credits', tone: 'good' })
  })

  it('has refunds, with the reason of a failure', () => {
    const refund = { amount: 20, reason: 'Paid twice', failure_reason: null, created_at: at(9) }
    const refunds = [
      { ...refund, status: 'completed' },
      { ...refund, status: 'failed', failure_reason: 'account_closed' },
    ] as never
    expect(storyOf({ ...facts, refunds }).slice(-2)).toEqual([
      { atMs: 9000, tone: 'quiet', text: 'Refund of ₦20.00: received by the payer (Paid twice)' },
      {
        atMs: 9000,
        tone: 'bad',
        text: 'Refund of ₦20.00: failed; the money is in the wallet again (account closed)',
      },
    ])
  })

  it('compares webhooks with credits', () => {
    const refused = [webhook(2, { answer: 401 })]
    expect(webhookSummary(facts)).toBe('2 webhooks sent, 2 accepted, credited once.')
    expect(webhookSummary({ ...facts, webhooks: refused })).toBe(
      '1 webhook sent, 0 accepted, credited once: the service queried the gateway automatically.',
    )
    expect(webhookSummary({ ...facts, webhooks: [] })).toBe(
      'No webhook yet, but credited: the service queried the gateway.',
    )
  })
})
