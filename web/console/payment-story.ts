/** Timeline of a payment: creation, webhooks, credits and refunds, in words. Pure. */
import type { Refund } from '../../client/client'
import { printNaira, printWord, WALLET_NAMES } from '../shared/print'
import { FAILURE_REASONS, KINDS, REFUND_STATUSES, wordOf } from '../shared/words'
import type { Payment, SentWebhook, Transaction } from './model'

export interface Step {
  readonly atMs: number
  readonly text: string
  readonly tone: 'good' | 'bad' | 'quiet'
  /** Webhook that can be sent again. */
  readonly webhook?: SentWebhook
}

export interface PaymentFacts {
  readonly payment: Payment
  readonly webhooks: readonly SentWebhook[]
  readonly entries: readonly Transaction[]
  readonly refunds: readonly Refund[]
}

const OUTCOMES: Readonly<Record<string, string>> = {
  unchanged: 'nothing to credit yet',
  checks_due: 'a check was scheduled',
  unknown_reference: 'the reference is unknown, so support reviews it',
  not_ours: 'it belongs to another service',
  ignored: 'the service does not need it',
}

const REFUSALS: Readonly<Record<string, string>> = {
  invalid_signature: 'the signature does not match',
  address_refused: 'the sender is not Monnify',
  gateway_unavailable: 'Monnify did not respond to the query',
  validation_failed: 'the content is not valid',
  payload_too_large: 'the content is too large',
  rate_limited: 'too many webhooks arrived',
  internal_error: 'the service failed',
}

/** `Accepted; already credited` */
export function verdictOf(
  { answer, verdict, signature, sentAtMs }: SentWebhook,
  creditedAtMs: number | undefined,
): string {
  const word = verdict ?? ''
  if (answer === 200) {
    if (word !== 'settled') return `Accepted; ${OUTCOMES[word] ?? printWord(word || 'processed')}`
    if (creditedAtMs === undefined) return 'Accepted; the payment is confirmed'
    return creditedAtMs < sentAtMs ? 'Accepted; already credited' : 'Accepted; credited'
  }
  const isUnsigned = word === 'invalid_signature' && signature === null
  const reason = isUnsigned ? 'it has no signature' : (REFUSALS[word] ?? printWord(word))
  return `Rejected; ${reason || `the service responded with status ${answer}`}`
}

const isCreditOf = ({ source_uuid, amount }: Transaction, { uuid }: Payment): boolean =>
  source_uuid === uuid && amount > 0

const creditStep = ({ kind, amount, created_at }: Transaction, wallet: string): Step => ({
  atMs: Date.parse(created_at),
  text: `${printNaira(amount)} credited to ${wallet}${kind === 'surplus' ? ` (${wordOf(KINDS, kind).toLowerCase()})` : ''}`,
  tone: 'good',
})

/** Credits from the loaded ledger. If it does not reach back to them, the payment's own totals. */
function creditSteps({ payment, entries }: PaymentFacts): Step[] {
  const wallet = WALLET_NAMES[payment.wallet].toLowerCase()
  const found = entries.filter((entry) => isCreditOf(entry, payment))
  if (found.length > 0) return found.map((entry) => creditStep(entry, wallet))
  const { completed_at, amount_paid } = payment
  if (completed_at === null || amount_paid === 0) return []
  const text = `${printNaira(amount_paid)} credited to ${wallet}`
  return [{ atMs: Date.parse(completed_at), text, tone: 'good' }]
}

const refundStep = ({ amount, status, reason, failure_reason, created_at }: Refund): Step => ({
  atMs: Date.parse(created_at),
  text: `Refund of ${printNaira(amount)}: ${wordOf(REFUND_STATUSES, status).toLowerCase()} (${failure_reason ? printWord(failure_reason) : reason})`,
  tone: status === 'failed' ? 'bad' : 'quiet',
})

/** Instant of the earliest known credit. */
export const creditedAtMs = (facts: PaymentFacts): number | undefined =>
  creditSteps(facts)
    .map(({ atMs }) => atMs)
    .toSorted((a, b) => a - b)[0]

/** Steps in the order of their times; a step of equal time keeps its place. */
export function storyOf(facts: PaymentFacts): Step[] {
  const { payment, webhooks, refunds } = facts
  const credited = creditedAtMs(facts)
  const sent = webhooks.toSorted((a, b) => a.id - b.id)
  const steps: Step[] = [
    { atMs: Date.parse(payment.created_at), text: 'Created', tone: 'quiet' },
    ...sent.map((webhook, index): Step => ({
      atMs: webhook.sentAtMs,
      text: `Webhook ${index + 1}: ${verdictOf(webhook, credited)}`,
      tone: webhook.answer === 200 ? 'quiet' : 'bad',
      webhook,
    })),
    ...creditSteps(facts),
    ...refunds.map(refundStep),
  ]
  return steps.toSorted((a, b) => a.atMs - b.atMs)
}

const count = (amount: number, thing: string): string =>
  `${amount} ${thing}${amount === 1 ? '' : 's'}`

const TIMES = ['not credited', 'credited once', 'credited in two parts']

/** Number of accepted webhooks, compared with the number of credits. */
export function webhookSummary(facts: PaymentFacts): string {
  const { webhooks } = facts
  const credits = creditSteps(facts).length
  const accepted = webhooks.filter(({ answer }) => answer === 200).length
  if (webhooks.length === 0)
    return `No webhook yet${credits > 0 ? ', but credited: the service queried the gateway' : ''}.`
  const byQuery =
    accepted === 0 && credits > 0 ? ': the service queried the gateway automatically' : ''
  return `${count(webhooks.length, 'webhook')} sent, ${accepted} accepted, ${TIMES[credits] ?? `credited in ${credits} parts`}${byQuery}.`
}

/** Why a payment is not completed, in words; undefined if the API gives no reason. */
export const failureOf = ({ failure_reason }: Payment): string | undefined =>
  failure_reason === null ? undefined : wordOf(FAILURE_REASONS, failure_reason)
