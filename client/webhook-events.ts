/** Events of a stream, as webhooks and `GET /events` carry them. Amounts are in naira, times in RFC 3339. */
import type { components } from './schema.ts'

type Schemas = components['schemas']
type Call = Schemas['Call']
type Payment = Schemas['Payment']
type Refund = Schemas['Refund']

interface EventOf<Type extends string, Data> {
  /** Equal over all attempts, replays and streams: process each ID once. */
  readonly id: string
  readonly type: Type
  /** Version of the form of `data`. */
  readonly version: 1
  /** Number in the stream, from 1, without a gap; null for a sample that a test sends. */
  readonly sequence: number | null
  /** When it happened. */
  readonly timestamp: string
  readonly data: Data
}

/** Data of each event of a wallet. */
export interface WalletData {
  readonly user_uuid: string
  readonly wallet_uuid: string
  readonly wallet: Schemas['Wallet']['type']
  /** Number of the wallet's change. It orders the events of a wallet. */
  readonly revision: number
}

export interface CallData
  extends
    WalletData,
    Pick<
      Call,
      'type' | 'status' | 'cost' | 'started_at' | 'ended_at' | 'duration_seconds' | 'end_reason'
    > {
  readonly call_uuid: string
  /** Only for endpoints with `include_phone`; null after an erasure. */
  readonly recipient_phone?: string | null
}

export interface CreditData extends WalletData {
  /** Balance after the call. */
  readonly balance: number
  readonly call_uuid: string
}

export interface PaymentData extends Pick<
  Payment,
  | 'payment_reference'
  | 'wallet'
  | 'method'
  | 'status'
  | 'amount'
  | 'amount_paid'
  | 'currency'
  | 'failure_reason'
> {
  readonly user_uuid: string
  readonly payment_uuid: string
}

export interface RefundData extends Pick<
  Refund,
  'payment_uuid' | 'amount' | 'currency' | 'status' | 'failure_reason'
> {
  readonly user_uuid: string
  readonly refund_uuid: string
  readonly reference: string
}

/** Data by type. */
export interface EventData {
  'payment.completed': PaymentData
  'payment.failed': PaymentData
  'payment.expired': PaymentData
  'payment.cancelled': PaymentData
  'payment.partially_paid': PaymentData
  'payment.reversed': PaymentData
  'refund.completed': RefundData
  'refund.failed': RefundData
  'call.initiated': CallData
  'call.ringing': CallData
  'call.answered': CallData
  'call.ended': CallData
  'credit.low': CreditData
  'credit.exhausted': CreditData
  'wallet.frozen': WalletData
  'wallet.unfrozen': WalletData
  'endpoint.test': Readonly<Record<string, string | number | boolean | null>>
}

export type EventType = keyof EventData

const TYPES: Readonly<Record<EventType, true>> = {
  'payment.completed': true,
  'payment.failed': true,
  'payment.expired': true,
  'payment.cancelled': true,
  'payment.partially_paid': true,
  'payment.reversed': true,
  'refund.completed': true,
  'refund.failed': true,
  'call.initiated': true,
  'call.ringing': true,
  'call.answered': true,
  'call.ended': true,
  'credit.low': true,
  'credit.exhausted': true,
  'wallet.frozen': true,
  'wallet.unfrozen': true,
  'endpoint.test': true,
}

/** Types of this release. */
export const EVENT_TYPES = Object.keys(TYPES) as readonly EventType[]

/** An event. Its type or version may be newer than this package, so a `switch` needs a default. */
export type WebhookEvent = { [Type in EventType]: EventOf<Type, EventData[Type]> }[EventType]

/** Form that each event has, whatever its type. */
export function isEvent(value: unknown): value is WebhookEvent {
  if (typeof value !== 'object' || value === null) return false
  const { id, type, version, data } = value as Partial<Record<keyof WebhookEvent, unknown>>
  return (
    typeof id === 'string' &&
    typeof type === 'string' &&
    typeof version === 'number' &&
    typeof data === 'object' &&
    data !== null
  )
}
