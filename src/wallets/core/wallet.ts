/**
 * What a wallet is: its names, its state, and the calls that it pays for. Types and names only;
 * what commands do to it stands in the `decide-*.ts` files.
 */
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

/** Whether this release has wallets of such a type; a later one may have others. */
export const isWalletType = (type: string): type is WalletType =>
  WALLET_TYPES.some((known) => known === type)

/** Whose wallet, and which: this names the object, so nothing has to be looked up. */
export interface WalletName {
  readonly userUuid: string
  readonly type: WalletType
}

/** `<user uuid>/<type>`, the Durable Object's name. */
export const objectName = ({ userUuid, type }: WalletName): string => `${userUuid}/${type}`

export function parseObjectName(name: string): WalletName {
  const [userUuid = '', type = ''] = name.split('/')
  if (!isWalletType(type)) throw new Error(`not a wallet's name: ${name}`)
  return { userUuid, type }
}

const WALLET_NAMESPACE = 'b3d6ff9c-4f0c-4f6e-9a39-5d1f2a7c8e10'

/** The wallet's public UUID: version 5 (RFC 9562 section 5.5) of its object's name. */
export const walletUuid = (name: WalletName): string => v5(objectName(name), WALLET_NAMESPACE)

export const CALL_TYPES = ['audio', 'video'] as const
export type CallType = (typeof CALL_TYPES)[number]

/** The contract's states. `ringing` is reached once a carrier reports on the call. */
export const CALL_STATUSES = [
  'initiated',
  'ringing',
  'answered',
  'completed',
  'failed',
  'cancelled',
] as const
export type CallStatus = (typeof CALL_STATUSES)[number]

/** Why a client ends a call; the clock has reasons of its own. */
export const HANG_UP_REASONS = ['hangup', 'busy', 'declined', 'failed'] as const
export type HangUpReason = (typeof HANG_UP_REASONS)[number]

export const END_REASONS = [
  ...HANG_UP_REASONS,
  'no_answer',
  'credit_exhausted',
  'max_duration',
] as const satisfies readonly (HangUpReason | EndingReason)[]
export type EndReason = (typeof END_REASONS)[number]

export interface Call extends MeteredCall {
  /** Position in the wallet's list of calls, from 1. */
  readonly seq: number
  readonly recipientPhone: string
  readonly recipientName: string | null
  readonly type: CallType
  readonly status: CallStatus
  /** Admits whoever shows it to the call's signalling address; 256 random bits. */
  readonly ticket: string
  readonly createdAtMs: number
  readonly endedAtMs: number | null
  readonly endReason: EndReason | null
  /** What was charged; null while the call is open. */
  readonly chargeKobo: Kobo | null
}

/** All that a decision needs to know of a wallet, whatever the length of its history. */
export interface WalletState {
  readonly uuid: string
  readonly createdAtMs: number
  readonly head: LedgerHead
  readonly lastCallSeq: number
  /** Oldest first. */
  readonly openCalls: readonly Call[]
}

/** Money that has left this wallet and has not been seen to arrive in the other. */
export interface Transfer {
  readonly uuid: string
  readonly amountKobo: Kobo
  readonly to: WalletType
  readonly status: 'in_transit' | 'delivered'
}

/** One attempt at a payment. */
export interface PaymentAttempt {
  readonly paymentUuid: string
  readonly reference: string
}

/** Money that was taken back under a reference; `shortfallKobo` is what the wallet did not have any more. */
export interface Reversal extends PaymentAttempt {
  readonly reversedKobo: Kobo
  readonly shortfallKobo: Kobo
}

/** A call as it is shown: `costKobo` is what is reserved while it is open, then what was charged. */
export interface CallView extends Call {
  readonly costKobo: Kobo
  readonly mustEndByMs: number | null
  /** What would end it at `mustEndByMs`. */
  readonly mustEndReason: EndingReason | null
}

/** An entry as it is shown: a call's charge says whom the call was to. */
export interface EntryView extends Entry {
  readonly recipientPhone: string | null
  readonly recipientName: string | null
}

/** The source of an entry. For a kind that only a later release knows it is a call if there is one. */
export const sourceTypeOf = ({ kind, recipientPhone }: EntryView): SourceType => {
  if (isKnownKind(kind)) return POSTING_SOURCES[kind]
  return recipientPhone === null ? 'payment' : 'call'
}

export interface WalletView {
  readonly uuid: string
  readonly type: WalletType
  /** What can be spent now: posted less what open calls claim. */
  readonly availableKobo: Kobo
  readonly heldKobo: Kobo
  readonly createdAtMs: number
}
