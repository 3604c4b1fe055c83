import { v5 } from 'uuid'
import type { Kobo } from '../../common/money'
import {
  type Entry,
  isKnownKind,
  type LedgerHead,
  POSTING_SOURCES,
  type SourceType,
} from './ledger'
import type { EndingReason, MeteredCall } from './metering'

export const WALLET_TYPES = ['primary', 'call_credits'] as const
export type WalletType = (typeof WALLET_TYPES)[number]

export const CURRENCY = 'NGN'

/** Reports whether this release knows the wallet type. A later release may add types. */
export const isWalletType = (type: string): type is WalletType =>
  WALLET_TYPES.some((known) => known === type)

export const otherType = (type: WalletType): WalletType =>
  type === 'primary' ? 'call_credits' : 'primary'

/** User and type. They name the wallet's object, so no lookup is needed. */
export interface WalletName {
  readonly userUuid: string
  readonly type: WalletType
}

/** Name of the Durable Object: `<user UUID>/<type>`. */
export const objectName = ({ userUuid, type }: WalletName): string => `${userUuid}/${type}`

export function parseObjectName(name: string): WalletName {
  const [userUuid = '', type = ''] = name.split('/')
  if (!isWalletType(type)) throw new Error(`not a wallet's name: ${name}`)
  return { userUuid, type }
}

const WALLET_NAMESPACE = 'b3d6ff9c-4f0c-4f6e-9a39-5d1f2a7c8e10'

/** Public UUID of a wallet: version 5 (RFC 9562 section 5.5) of its object's name. */
export const walletUuid = (name: WalletName): string => v5(objectName(name), WALLET_NAMESPACE)

export const CALL_TYPES = ['audio', 'video'] as const
export type CallType = (typeof CALL_TYPES)[number]

/** Statuses of the HTTP contract. A call is `ringing` after its callee has entered the room. */
export const CALL_STATUSES = [
  'initiated',
  'ringing',
  'answered',
  'completed',
  'failed',
  'cancelled',
] as const
export type CallStatus = (typeof CALL_STATUSES)[number]

/** Reasons that a client may give. The clock's reasons are `EndingReason`. */
export const HANG_UP_REASONS = ['hangup', 'busy', 'declined', 'failed'] as const
export type HangUpReason = (typeof HANG_UP_REASONS)[number]

export const END_REASONS = [
  ...HANG_UP_REASONS,
  'no_answer',
  'credit_exhausted',
  'max_duration',
  'wallet_frozen',
  'lost',
] as const satisfies readonly (HangUpReason | EndingReason | 'wallet_frozen' | 'lost')[]
export type EndReason = (typeof END_REASONS)[number]

export interface Call extends MeteredCall {
  /** Sequence number of the call in its wallet, from 1. */
  readonly seq: number
  readonly recipientPhone: string
  readonly recipientName: string | null
  readonly type: CallType
  readonly status: CallStatus
  /** Signaling token: a secret of 256 random bits in the call's `signaling_url`. */
  readonly ticket: string
  readonly createdAtMs: number
  readonly endedAtMs: number | null
  readonly endReason: EndReason | null
  /** Null while the call is open. */
  readonly chargeKobo: Kobo | null
  /** Since then, changes of the call are delivered to its room; null if it has no room. */
  readonly roomSinceMs: number | null
  /** When the callee was invited; null if that did not happen. */
  readonly invitedAtMs: number | null
  /** UUID of the callee's acceptance in the room; null if a client's request answered the call. */
  readonly acceptanceUuid: string | null
}

/** Input of every decision. Its size does not depend on the length of the wallet's history. */
export interface WalletState {
  readonly uuid: string
  readonly createdAtMs: number
  readonly head: LedgerHead
  readonly lastCallSeq: number
  /** Oldest first. */
  readonly openCalls: readonly Call[]
  /** Part of the balance that was given, not paid. It is never refunded. */
  readonly goodwillKobo: Kobo
  /** Amount that the user owes. While it is above zero, nothing can be spent. */
  readonly debtKobo: Kobo
  /** UUID of the payment that last increased the debt. */
  readonly debtSourceUuid: string | null
  /** Time of the freeze. While it is set, the user's commands are refused. */
  readonly frozenAtMs: number | null
  /** Time at which the wallet was closed for the erasure of its user. It then stays frozen. */
  readonly erasedAtMs: number | null
}

/** Transfer out of this wallet. It is in transit until the other wallet confirms the credit. */
export interface Transfer {
  readonly uuid: string
  readonly amountKobo: Kobo
  /** Part of the amount that arrives as goodwill. */
  readonly goodwillKobo: Kobo
  /** UUID of the payment that caused it; null if that is the transfer's own UUID. */
  readonly paymentUuid: string | null
  readonly to: WalletType
  readonly status: 'in_transit' | 'delivered'
}

/**
 * Request to the user's other wallet to pay this wallet's debt, by a transfer with this UUID. It is stored
 * with the debt, and sent until the other wallet's money has arrived.
 */
export interface Collection {
  readonly uuid: string
  readonly paymentUuid: string
  readonly amountKobo: Kobo
  readonly status: 'open' | 'answered'
}

export interface PaymentAttempt {
  readonly paymentUuid: string
  readonly reference: string
}

/**
 * Reversal of a reference's credit. `reversedKobo` includes the part that became a debt. `shortfallKobo` is the
 * part that an earlier release could not debit and did not record as a debt.
 */
export interface Reversal extends PaymentAttempt {
  readonly reversedKobo: Kobo
  readonly shortfallKobo: Kobo
}

/** Call for display. `costKobo` is the amount held while the call is open, then the charge. */
export interface CallView extends Call {
  readonly costKobo: Kobo
  readonly mustEndByMs: number | null
  /** Reason why it would end at `mustEndByMs`. */
  readonly mustEndReason: EndingReason | null
}

/** Entry for display, with the recipient if it charges a call. */
export interface EntryView extends Entry {
  readonly recipientPhone: string | null
  readonly recipientName: string | null
}

/** Source type of an entry. An unknown kind of a later release counts as a call if it has a recipient. */
export const sourceTypeOf = ({ kind, recipientPhone }: EntryView): SourceType => {
  if (isKnownKind(kind)) return POSTING_SOURCES[kind]
  return recipientPhone === null ? 'payment' : 'call'
}

export interface WalletView {
  readonly uuid: string
  readonly type: WalletType
  /** Posted balance less the holds of open calls. */
  readonly availableKobo: Kobo
  readonly heldKobo: Kobo
  readonly goodwillKobo: Kobo
  readonly debtKobo: Kobo
  readonly frozenAtMs: number | null
  readonly createdAtMs: number
}
