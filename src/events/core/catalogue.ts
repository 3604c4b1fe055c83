/** All types of events, each with the version of its data, one sentence, and sample data. Pure. */
import type { Fact } from '../../outbox/event'

export type EventData = Readonly<Record<string, Fact>>

interface Described {
  /** Version of the form of `data`. It grows only if a field is removed or changes its meaning. */
  readonly version: number
  readonly summary: string
  /** Data as a test sends it and as the documentation shows it. */
  readonly sample: EventData
}

const USER = '7b2f0a8e-3c1d-4b5e-9f60-1a2b3c4d5e6f'
const PAYMENT = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'

const PAYMENT_DATA = {
  user_uuid: USER,
  payment_uuid: PAYMENT,
  payment_reference: 'AIL-3f0b8c1e6f644e0a9b1c2f4f8f3f7a55_a1',
  wallet: 'call_credits',
  method: 'monnify',
  status: 'completed',
  amount: 500,
  amount_paid: 500,
  currency: 'NGN',
  failure_reason: null,
}

const REFUND_DATA = {
  user_uuid: USER,
  refund_uuid: '9d4c2b7a-8e1f-4a3d-b5c6-7f8091a2b3c4',
  payment_uuid: PAYMENT,
  reference: 'AILR-9d4c2b7a8e1f4a3db5c67f8091a2b3c4',
  amount: 150,
  currency: 'NGN',
  status: 'completed',
  failure_reason: null,
}

const WALLET_DATA = {
  user_uuid: USER,
  wallet_uuid: 'c0a1b2d3-e4f5-5061-8728-394a5b6c7d8e',
  wallet: 'call_credits',
  revision: 12,
}

const CALL_DATA = {
  ...WALLET_DATA,
  call_uuid: '5e6f7081-92a3-44b5-86c7-d8e9fa0b1c2d',
  type: 'audio',
  status: 'initiated',
  cost: 10,
  started_at: null,
  ended_at: null,
  duration_seconds: null,
  end_reason: null,
}

const CREDIT_DATA = { ...WALLET_DATA, revision: 15, balance: 39, call_uuid: CALL_DATA.call_uuid }

const ANSWERED = { status: 'answered', started_at: '2026-03-14T10:15:30.000Z' }

const described = (summary: string, sample: EventData): Described => ({
  version: 1,
  summary,
  sample,
})

const payment = (summary: string, data: EventData = {}) =>
  described(summary, { ...PAYMENT_DATA, ...data })

const unpaid = (status: string, failureReason: string | null) => ({
  status,
  amount_paid: 0,
  failure_reason: failureReason,
})

export const CATALOGUE = {
  'payment.completed': payment('A payment was credited to its wallet.'),
  'payment.failed': payment('A payment failed.', unpaid('failed', 'declined')),
  'payment.expired': payment(
    'The time to pay ended before the payment.',
    unpaid('expired', 'checkout_expired'),
  ),
  'payment.cancelled': payment(
    'The customer cancelled or left the payment.',
    unpaid('cancelled', 'cancelled_by_customer'),
  ),
  'payment.partially_paid': payment('A part of a payment was credited to its wallet.', {
    status: 'pending',
    amount_paid: 300,
  }),
  'payment.reversed': payment(
    'The gateway took the money of a payment back.',
    unpaid('failed', 'reversed'),
  ),
  'refund.completed': described('The payer received the money of a refund.', REFUND_DATA),
  'refund.failed': described('A refund failed, and its money is in the wallet again.', {
    ...REFUND_DATA,
    status: 'failed',
    failure_reason: 'declined',
  }),
  'call.initiated': described('A call was started.', CALL_DATA),
  'call.ringing': described('The recipient of a call entered its room.', {
    ...CALL_DATA,
    status: 'ringing',
    revision: 13,
  }),
  'call.answered': described('A call was answered, and is charged from now on.', {
    ...CALL_DATA,
    ...ANSWERED,
    revision: 14,
  }),
  'call.ended': described('A call ended, and was charged if it had been answered.', {
    ...CALL_DATA,
    ...ANSWERED,
    revision: 15,
    status: 'completed',
    cost: 11,
    ended_at: '2026-03-14T10:16:31.000Z',
    duration_seconds: 61,
    end_reason: 'hangup',
  }),
  'credit.low': described('A call left little credit.', CREDIT_DATA),
  'credit.exhausted': described('A call ended because the credit was used up.', {
    ...CREDIT_DATA,
    balance: 0,
  }),
  'wallet.frozen': described('A wallet was frozen, and its calls ended.', WALLET_DATA),
  'wallet.unfrozen': described('A wallet is no longer frozen.', WALLET_DATA),
  'endpoint.test': described('A test of an endpoint. It is in no stream.', {
    message: 'This is a test.',
  }),
} as const satisfies Readonly<Record<string, Described>>

export type EventType = keyof typeof CATALOGUE

export const EVENT_TYPES = Object.keys(CATALOGUE) as [EventType, ...EventType[]]

export const isEventType = (type: string): type is EventType => Object.hasOwn(CATALOGUE, type)
