/**
 * Records of the service's responses, in whole kobo. This reading shares no code with the service.
 */

export type WalletType = 'primary' | 'call_credits'

export interface CallRecord {
  readonly uuid: string
  /** Identifies the request: the `recipient_name`, which is unique. */
  readonly tag: string
  readonly status: string
  readonly costKobo: number
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly endReason: string | null
  readonly holdKobo: number
  /** Price by its rate and times; null while it is open. */
  readonly priceKobo: number | null
}

export interface PaymentRecord {
  readonly uuid: string
  /** Identifies the request: the `description`. */
  readonly tag: string
  readonly method: 'monnify' | 'wallet'
  readonly wallet: WalletType
  readonly status: string
  readonly reference: string
  readonly amountKobo: number
  readonly paidKobo: number
  readonly refundedKobo: number
}

export interface RefundRecord {
  readonly uuid: string
  readonly amountKobo: number
  readonly status: string
}

export interface LedgerEntry {
  readonly seq: number
  readonly kind: string
  /** Signed: positive if money came in. */
  readonly amountKobo: number
  readonly balanceKobo: number
  readonly sourceUuid: string
  readonly postedAtMs: number
}

export interface WalletRecord {
  readonly uuid: string
  readonly type: WalletType
  readonly balanceKobo: number
  readonly heldKobo: number
}

export type Json = Readonly<Record<string, unknown>>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const whole = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)
const toKobo = (naira: unknown): number => Math.round(whole(naira) * 100)
const toMs = (time: unknown): number => Date.parse(text(time))
const toMsOrNull = (time: unknown): number | null => (time === null ? null : toMs(time))

/** Price of whole seconds, from the figures in the call. */
function priceKobo(rate: Json, seconds: number): number {
  const increment = whole(rate['increment_seconds'])
  const unitKobo = whole(rate['unit_kobo'])
  const minimum = whole(rate['minimum_seconds'])
  const from = rate['steps'] === 'after_minimum' ? minimum : 0
  const stepped = from + Math.ceil((seconds - from) / increment) * increment
  const billed = Math.max(minimum, stepped)
  const units = Math.ceil((billed * whole(rate['kobo_per_minute'])) / (60 * unitKobo))
  return units * unitKobo + whole(rate['setup_kobo'])
}

export function readCall(body: Json): CallRecord {
  const rate = body['rate'] as Json
  const startedAtMs = toMsOrNull(body['started_at'])
  const endedAtMs = toMsOrNull(body['ended_at'])
  const talkedMs = startedAtMs === null ? undefined : (endedAtMs ?? startedAtMs) - startedAtMs
  const price = talkedMs === undefined ? 0 : priceKobo(rate, Math.floor(talkedMs / 1000))
  return {
    uuid: text(body['uuid']),
    tag: text(body['recipient_name']),
    status: text(body['status']),
    costKobo: toKobo(body['cost']),
    createdAtMs: toMs(body['created_at']),
    startedAtMs,
    endedAtMs,
    endReason: text(body['end_reason']) || null,
    holdKobo: priceKobo(rate, 60),
    priceKobo: endedAtMs === null ? null : price,
  }
}

export const readPayment = (body: Json): PaymentRecord => ({
  uuid: text(body['uuid']),
  tag: text(body['description']),
  method: body['method'] === 'wallet' ? 'wallet' : 'monnify',
  wallet: body['wallet'] === 'primary' ? 'primary' : 'call_credits',
  status: text(body['status']),
  reference: text(body['payment_reference']),
  amountKobo: toKobo(body['amount']),
  paidKobo: toKobo(body['amount_paid']),
  refundedKobo: toKobo(body['refunded_amount']),
})

export const readRefund = (body: Json): RefundRecord => ({
  uuid: text(body['uuid']),
  amountKobo: toKobo(body['amount']),
  status: text(body['status']),
})

export const readEntry = (body: Json): LedgerEntry => ({
  seq: whole(body['seq']),
  kind: text(body['kind']),
  amountKobo: toKobo(body['amount']),
  balanceKobo: toKobo(body['balance']),
  sourceUuid: text(body['source_uuid']),
  postedAtMs: toMs(body['created_at']),
})

export const readWallet = (body: Json): WalletRecord => ({
  uuid: text(body['uuid']),
  type: body['type'] === 'primary' ? 'primary' : 'call_credits',
  balanceKobo: toKobo(body['balance']),
  heldKobo: toKobo(body['held']),
})
