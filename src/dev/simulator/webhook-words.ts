/** Webhooks in words: the event, and the service's verdict on it. Pure. */

const naira = new Intl.NumberFormat('en-NG', {
  style: 'currency',
  currency: 'NGN',
  currencyDisplay: 'narrowSymbol',
})

/** Uses a true minus sign. @param amountKobo amount in kobo */
export const printNaira = (amountKobo: number): string =>
  naira.format(amountKobo / 100).replace('-', '−')

export interface Verdict {
  readonly isAccepted: boolean
  /** A sentence without its full stop. */
  readonly text: string
}

export interface Answered {
  /** Status of the response. */
  readonly answer: number
  /** Outcome, or code of the problem. */
  readonly verdict: string | null
  readonly signature: string | null
}

const OUTCOMES: Readonly<Record<string, string>> = {
  settled: 'Accepted: the service has confirmed it at the gateway',
  unchanged: 'Accepted: the gateway says that the payment is not complete',
  checks_due: 'Accepted: each of its payments will be checked',
  unknown_reference: 'Accepted: the reference is unknown, so support must review it',
  not_ours: 'Accepted: it concerns no payment of this service',
  ignored: 'Accepted: an event of this type needs no action',
}

export function verdictOf({ answer, verdict, signature }: Answered): Verdict {
  if (answer === 200)
    return {
      isAccepted: true,
      text:
        OUTCOMES[verdict ?? ''] ?? `Accepted: ${(verdict ?? 'no outcome').replaceAll('_', ' ')}`,
    }
  return { isAccepted: false, text: failureOf(answer, verdict, signature) }
}

function failureOf(answer: number, verdict: string | null, signature: string | null): string {
  if (verdict === 'invalid_signature')
    return signature === null
      ? 'Rejected: it has no signature'
      : 'Rejected: the signature does not match the body'
  const reason = (verdict ?? 'no reason given').replaceAll('_', ' ')
  return `${answer >= 500 ? 'Failed' : 'Rejected'} with status ${answer}: ${reason}`
}

interface EventBody {
  readonly eventType?: unknown
  readonly eventData?: Readonly<Record<string, unknown>>
}

function parse(body: string): EventBody {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

const amountOf = (value: unknown): string => {
  const amount = Number(value)
  return Number.isFinite(amount) ? printNaira(Math.round(amount * 100)) : 'an unknown amount'
}

type Describe = (data: Readonly<Record<string, unknown>>) => string

const TYPES: Readonly<Record<string, Describe>> = {
  SUCCESSFUL_TRANSACTION: ({ amountPaid, paymentStatus }) =>
    `${paymentStatus === 'PARTIALLY_PAID' ? 'Part of a payment' : 'Payment'} received: ${amountOf(amountPaid)}`,
  REJECTED_PAYMENT: ({ amount }) => `Payment rejected: ${amountOf(amount)}`,
  SUCCESSFUL_REFUND: ({ refundAmount }) => `Refund completed: ${amountOf(refundAmount)}`,
  FAILED_REFUND: ({ refundAmount }) => `Refund failed: ${amountOf(refundAmount)}`,
  SETTLEMENT: ({ amount, transactionsCount }) =>
    `Settlement of ${amountOf(amount)} for ${transactionsCount === 1 ? '1 payment' : `${Number(transactionsCount) || 0} payments`}`,
}

/** @param body JSON of an event */
export function describeEvent(body: string): string {
  const { eventType, eventData = {} } = parse(body)
  if (typeof eventType !== 'string') return 'Unknown event'
  const describe = Object.hasOwn(TYPES, eventType) ? TYPES[eventType] : undefined
  return describe?.(eventData) ?? eventType.toLowerCase().replaceAll('_', ' ')
}
