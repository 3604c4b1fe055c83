/** Faults in words: a short name, and what the service does about it. Pure. */
import type { RefundFault, SettlementFault, StatusFault, WebhookFault } from './scenario'

export interface FaultName {
  readonly name: string
  readonly effect: string
}

type Named<T extends string> = Readonly<Record<Exclude<T, 'none'>, FaultName>>

export const WEBHOOK_NAMES: Named<WebhookFault> = {
  duplicate: { name: 'Sent twice', effect: 'The second one must not change anything.' },
  late: {
    name: 'Eight seconds late',
    effect: 'The service queries the gateway before it arrives.',
  },
  reordered: { name: 'Out of order', effect: 'An older status arrives last.' },
  dropped: {
    name: 'Never sent',
    effect: 'The service queries the gateway automatically after some seconds.',
  },
  unsigned: { name: 'Without a signature', effect: 'Rejected; it credits nothing.' },
  wrongly_signed: { name: 'Signed with another secret', effect: 'Rejected; it credits nothing.' },
  altered: {
    name: 'Altered amount',
    effect: 'The signature does not match, so it is rejected.',
  },
}

export const STATUS_NAMES: Named<StatusFault> = {
  slow: { name: 'Responds after 11 s', effect: 'The service gives up and queries again.' },
  error_500: { name: 'Status 500', effect: 'Twice; then the correct response.' },
  text_502: { name: 'Status 502 without JSON', effect: 'Twice; then the correct response.' },
  contradictory: { name: 'Pending although paid', effect: 'Twice; then the correct response.' },
}

const REJECTED = 'Monnify rejects the order.'
const LANDED = 'Monnify has still recorded the refund.'
const LOST = 'Monnify has not recorded the refund.'

export const REFUND_NAMES: Named<RefundFault> = {
  R5: { name: 'R5: insufficient balance', effect: REJECTED },
  R6: { name: 'R6: source account invalid', effect: REJECTED },
  R10: { name: 'R10: balance unavailable', effect: REJECTED },
  R11: { name: 'R11: name enquiry failed', effect: REJECTED },
  M01: { name: 'M01: system error', effect: REJECTED },
  M02: { name: 'M02: system error', effect: REJECTED },
  '99': { name: '99: could not be completed', effect: REJECTED },
  timeout: { name: 'Time-out before the refund is recorded', effect: LOST },
  error_500: { name: 'Status 500 before the refund is recorded', effect: LOST },
  timeout_landed: { name: 'Time-out after the refund is recorded', effect: LANDED },
  error_500_landed: { name: 'Status 500 after the refund is recorded', effect: LANDED },
  pending: { name: 'Pending for some queries', effect: 'Then it is completed.' },
  failed: { name: 'Failed', effect: 'Monnify accepts the order, and the refund fails.' },
  failed_after_completed: {
    name: 'Failed after completion',
    effect: 'It is reported as completed, and fails eight seconds later.',
  },
}

const SETTLEMENT_NAMES: Named<SettlementFault> = {
  missing: { name: 'Line missing', effect: 'The payment becomes an exception after two days.' },
  doubled: { name: 'Line twice', effect: 'The second line becomes an exception.' },
  foreign: { name: 'Foreign line', effect: 'The line of an unknown payment becomes an exception.' },
  short: { name: 'Half the amount', effect: 'The line becomes an exception after an hour.' },
}

/** A fault of one kind, as pages and programs show it. */
export interface NamedFault extends FaultName {
  readonly kind: 'webhook' | 'status' | 'refund' | 'settlement'
  readonly fault: string
  /** `Webhook: sent twice`. */
  readonly title: string
}

const KINDS = {
  webhook: { title: 'Webhook', names: WEBHOOK_NAMES },
  status: { title: 'Status query', names: STATUS_NAMES },
  refund: { title: 'Refund', names: REFUND_NAMES },
  settlement: { title: 'Settlement', names: SETTLEMENT_NAMES },
} as const

const lowerFirst = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text

/** @returns `undefined` for `none` */
export function nameFault(kind: NamedFault['kind'], fault: string): NamedFault | undefined {
  const { title, names } = KINDS[kind]
  const named = (names as Readonly<Record<string, FaultName>>)[fault]
  return named && { ...named, kind, fault, title: `${title}: ${lowerFirst(named.name)}` }
}

/** Names of the faults of one kind, by fault. */
export const namesOf = (kind: NamedFault['kind']): Readonly<Record<string, FaultName>> =>
  KINDS[kind].names
