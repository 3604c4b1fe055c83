/**
 * The effect of a command, as a value: the new state and the rows to write. The `*-commands.ts` files
 * compute it from the state, the command and the instant, or refuse; a refusal changes nothing. The
 * object settles due calls first, so no command sees a call that the clock has ended.
 * Pure: no I/O, no clock, no random values.
 */
import { addKobo, type Kobo, subtractKobo } from '../../common/money'
import { ok, type Result } from '../../common/result'
import { appendEntry, type Entry, type Posting } from './ledger'
import { holdsAt, isPriced } from './metering'
import type { Call, CallStatus, Reversal, Transfer, WalletState } from './wallet'

/** New state, and the rows that the transaction inserts or replaces. */
export interface Change {
  readonly state: WalletState
  readonly entries: readonly Entry[]
  readonly calls: readonly Call[]
  readonly transfers: readonly Transfer[]
  readonly reversals: readonly Reversal[]
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
})

export const isEmpty = ({ entries, calls, transfers, reversals }: Change): boolean =>
  entries.length + calls.length + transfers.length + reversals.length === 0

export function post(change: Change, posting: Posting, nowMs: number): Change {
  const entry = appendEntry(change.state.head, posting, nowMs)
  const head = { seq: entry.seq, hash: entry.hash, balanceKobo: entry.balanceKobo }
  return { ...change, state: { ...change.state, head }, entries: [...change.entries, entry] }
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
