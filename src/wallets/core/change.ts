/**
 * The effect of a command, as a value: the new state and the rows to write. The `*-commands.ts` files
 * compute it from the state, the command and the instant, or refuse; a refusal changes nothing. The
 * object settles due calls first, so no command sees a call that the clock has ended.
 * Pure: no I/O, no clock, no random values.
 */
import { addKobo, type Kobo, subtractKobo } from '../../common/money'
import { ok, type Result } from '../../common/result'
import { appendEntry, debtGainKobo, type Entry, type Posting } from './ledger'
import { debtPaymentKobo, holdsAt, isPriced } from './metering'
import { goodwillAfter } from './goodwill'
import type { Call, CallStatus, Collection, Reversal, Transfer, WalletState } from './wallet'

/** New state, and the rows that the transaction inserts or replaces. */
export interface Change {
  readonly state: WalletState
  readonly entries: readonly Entry[]
  readonly calls: readonly Call[]
  readonly transfers: readonly Transfer[]
  readonly reversals: readonly Reversal[]
  readonly collections: readonly Collection[]
}

export interface Decision<T> {
  readonly change: Change
  readonly answer: T
}

export type Decided<T> = Result<Decision<T>>

export const decided = <T>(change: Change, answer: T): Decided<T> => ok({ change, answer })

export const noChange = (state: WalletState): Change => ({
  state,
  entries: [],
  calls: [],
  transfers: [],
  reversals: [],
  collections: [],
})

/** Reports whether a change keeps the state `before` and writes no row. */
export const isEmpty = (change: Change, before: WalletState): boolean =>
  change.state === before &&
  change.entries.length + change.calls.length + change.transfers.length === 0 &&
  change.reversals.length + change.collections.length === 0

/** Appends an entry. Ignores a posting of zero. */
export function post(change: Change, posting: Posting, nowMs: number): Change {
  if (posting.amountKobo === 0) return change
  const { state } = change
  const entry = appendEntry(state.head, posting, nowMs)
  const head = { seq: entry.seq, hash: entry.hash, balanceKobo: entry.balanceKobo }
  const debtKobo = addKobo(state.debtKobo, debtGainKobo(entry))
  const goodwillKobo = goodwillAfter(state.goodwillKobo, entry)
  const after = { ...state, head, debtKobo, goodwillKobo }
  return { ...change, state: after, entries: [...change.entries, entry] }
}

/**
 * Pays the debt with the money that the wallet can spend, in a separate entry. It runs after each command and,
 * in `settleDue`, after the end of each call. Therefore a wallet never has a debt and spendable money together.
 */
export function payDebt(change: Change, nowMs: number): Change {
  const { debtKobo, debtSourceUuid, head } = change.state
  if (debtKobo === 0 || debtSourceUuid === null) return change
  const { postedKobo, calls } = meteredPart(change.state)
  const amountKobo = debtPaymentKobo(postedKobo, calls, debtKobo, nowMs)
  const reference = `debt_payment/${head.seq + 1}`
  const sourceUuid = debtSourceUuid
  return post(change, { kind: 'debt_payment', amountKobo, reference, sourceUuid }, nowMs)
}

const METERED_STATUSES = new Set<CallStatus>(['initiated', 'ringing', 'answered'])

/**
 * Reports whether this release may answer, charge and end an open call. A call with a status or a rate
 * of a later release keeps its hold instead.
 */
export const isMetered = ({ status, rate }: Call): boolean =>
  METERED_STATUSES.has(status) && isPriced(rate)

/** The metered open calls, and the posted balance less the holds of the others. */
export function meteredPart({ head, openCalls }: WalletState) {
  const kept = openCalls.filter((call) => !isMetered(call))
  const unmeteredKobo = addKobo(...kept.map(({ holdKobo }) => holdKobo))
  const calls = kept.length === 0 ? openCalls : openCalls.filter(isMetered)
  return { calls, unmeteredKobo, postedKobo: subtractKobo(head.balanceKobo, unmeteredKobo) }
}

export function heldKobo(state: WalletState, nowMs: number): Kobo {
  const { calls, unmeteredKobo } = meteredPart(state)
  return addKobo(unmeteredKobo, holdsAt(calls, nowMs))
}

/** Posted balance less the holds of open calls. Never negative. */
export const availableKobo = (state: WalletState, nowMs: number): Kobo =>
  subtractKobo(state.head.balanceKobo, heldKobo(state, nowMs))
