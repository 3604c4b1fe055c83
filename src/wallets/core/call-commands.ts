/**
 * Commands of a call: initiate places the hold, answer starts the meter, end settles. `settleDue` settles
 * the calls that the clock has ended. Pure.
 */
import { type Kobo, ZERO } from '../../common/money'
import { refuse } from '../../common/result'
import { type Quota, consume, type Tries } from '../../limits/policy'
import {
  availableKobo,
  type Change,
  type Decided,
  decided,
  isMetered,
  meteredPart,
  noChange,
  payDebt,
  post,
} from './change'
import {
  holdAt,
  costAtKobo,
  type Ending,
  forecast,
  openingHoldKobo,
  nextEnding,
  type Rate,
  wholeSeconds,
} from './metering'
import type {
  Call,
  CallStatus,
  CallType,
  CallView,
  EndReason,
  HangUpReason,
  WalletState,
} from './wallet'

export const isOpen = (call: Call): boolean => call.chargeKobo === null

/** Status of an ended call: an answered call is completed, whatever the reason. */
function endStatus(call: Call, reason: EndReason): CallStatus {
  if (call.startedAtMs !== null) return 'completed'
  return reason === 'failed' ? 'failed' : 'cancelled'
}

/**
 * Ends a call as of `endedAtMs`, which may be in the past. An answered call is charged; an unanswered
 * call is free.
 * @param postedAtMs time of the charge's entry; not before that of the ledger's last entry
 */
export function closeCall(
  change: Change,
  call: Call,
  endedAtMs: number,
  reason: EndReason,
  postedAtMs = endedAtMs,
): Change {
  const chargeKobo = costAtKobo(call, endedAtMs)
  const status = endStatus(call, reason)
  const closed: Call = { ...call, status, endedAtMs, endReason: reason, chargeKobo }
  const openCalls = change.state.openCalls.filter((open) => open.uuid !== call.uuid)
  const state = { ...change.state, openCalls }
  const released = { ...change, state, calls: [...change.calls, closed] }
  if (chargeKobo === 0) return released
  const { uuid: sourceUuid } = call
  const reference = `call/${sourceUuid}`
  const charge = { kind: 'call_charge', amountKobo: chargeKobo, reference, sourceUuid } as const
  return post(released, charge, postedAtMs)
}

/** Settles the calls that the clock has ended by `nowMs`, in the order in which they ended. */
export function settleDue(state: WalletState, nowMs: number): Change {
  let change = noChange(state)
  for (;;) {
    const { postedKobo, calls } = meteredPart(change.state)
    const ending = nextEnding(postedKobo, calls)
    const call = calls.find((open) => open.uuid === ending?.callUuid)
    if (!ending || !call || ending.dueAtMs > nowMs) return change
    const closed = closeCall(change, call, ending.endedAtMs, ending.reason)
    change = payDebt(closed, ending.dueAtMs)
  }
}

/** Time at which the clock ends the next call, or `undefined`. */
export function nextDueMs(state: WalletState): number | undefined {
  const { postedKobo, calls } = meteredPart(state)
  return nextEnding(postedKobo, calls)?.dueAtMs
}

const endingsOf = new WeakMap<WalletState, ReadonlyMap<string, Ending>>()

/** Ending of each open call. A state is immutable, so its forecast is computed once. */
function endingsIn(state: WalletState): ReadonlyMap<string, Ending> {
  const known = endingsOf.get(state)
  if (known) return known
  const { postedKobo, calls } = meteredPart(state)
  const endings = forecast(postedKobo, calls, state.debtKobo)
  const byCall = new Map(endings.map((ending) => [ending.callUuid, ending]))
  endingsOf.set(state, byCall)
  return byCall
}

/** Adds the amount held or charged and, for a metered open call, its horizon. */
export function viewCall(state: WalletState, call: Call, nowMs: number): CallView {
  const closed = { costKobo: call.chargeKobo ?? ZERO, mustEndByMs: null, mustEndReason: null }
  if (!isOpen(call)) return { ...call, ...closed }
  if (!isMetered(call)) return { ...call, ...closed, costKobo: call.holdKobo }
  const ending = endingsIn(state).get(call.uuid)
  return {
    ...call,
    costKobo: holdAt(call, nowMs),
    mustEndByMs: ending?.endedAtMs ?? null,
    mustEndReason: ending?.reason ?? null,
  }
}

export interface NewCall {
  readonly uuid: string
  readonly recipientPhone: string
  readonly recipientName: string | null
  readonly type: CallType
  readonly rate: Rate
  readonly ticket: string
}

export interface CallLimits {
  readonly maxOpenCalls: number
  /** Rate limit of new calls. */
  readonly starts: Quota
  readonly ringTimeoutMs: number
  readonly maxDurationMs: number
}

/**
 * Holds one minute at the call's rate and opens the call. Refuses `rate_limited`, `debt_open`,
 * `insufficient_funds` and `too_many_calls`, in this order. A debt also prevents a call that costs nothing.
 * @param startsMs start times of the calls within the rate limit's window, oldest first
 */
export function initiateCall(
  state: WalletState,
  newCall: NewCall,
  limits: CallLimits,
  startsMs: Tries,
  nowMs: number,
): Decided<CallView> {
  const start = consume(limits.starts, startsMs, nowMs)
  if (!start.allowed) return refuse({ code: 'rate_limited', limitState: start.limitState })
  const { debtKobo } = state
  if (debtKobo > 0) return refuse({ code: 'debt_open', debtKobo })
  const requiredKobo = openingHoldKobo(newCall.rate)
  const spendableKobo = availableKobo(state, nowMs)
  if (spendableKobo < requiredKobo)
    return refuse({ code: 'insufficient_funds', requiredKobo, availableKobo: spendableKobo })
  if (state.openCalls.length >= limits.maxOpenCalls)
    return refuse({ code: 'too_many_calls', limit: limits.maxOpenCalls })
  const call: Call = {
    ...newCall,
    seq: state.lastCallSeq + 1,
    status: 'initiated',
    holdKobo: requiredKobo,
    deadlineAtMs: nowMs + limits.ringTimeoutMs,
    createdAtMs: nowMs,
    startedAtMs: null,
    endedAtMs: null,
    endReason: null,
    chargeKobo: null,
    roomSinceMs: null,
    invitedAtMs: null,
    acceptanceUuid: null,
  }
  return withCall(
    { ...state, lastCallSeq: call.seq, openCalls: [...state.openCalls, call] },
    call,
    nowMs,
  )
}

/**
 * Starts the meter, or returns an answered call unchanged. Refuses `not_found`, and
 * `call_state_conflict` for a call that has ended, whose callee is in the room, or that this release cannot
 * meter.
 */
export function answerCall(
  state: WalletState,
  call: Call | undefined,
  limits: CallLimits,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  if (!isOpen(call) || !isMetered(call) || call.status === 'ringing')
    return refuse({ code: 'call_state_conflict', status: call.status })
  if (call.startedAtMs !== null) return decided(noChange(state), viewCall(state, call, nowMs))
  const answered: Call = {
    ...call,
    status: 'answered',
    startedAtMs: nowMs,
    deadlineAtMs: nowMs + limits.maxDurationMs,
  }
  const openCalls = state.openCalls.map((open) => (open.uuid === call.uuid ? answered : open))
  return withCall({ ...state, openCalls }, answered, nowMs)
}

/**
 * Ends and settles a call, or returns an ended call unchanged. Refuses `not_found`, and
 * `call_state_conflict` if this release cannot meter the call, or if an answered call is reported as
 * busy or declined.
 */
export function endCall(
  state: WalletState,
  call: Call | undefined,
  reason: HangUpReason,
  nowMs: number,
): Decided<CallView> {
  if (!call) return refuse({ code: 'not_found' })
  if (!isOpen(call)) return decided(noChange(state), viewCall(state, call, nowMs))
  const isUnanswered = reason === 'busy' || reason === 'declined'
  if (!isMetered(call) || (call.startedAtMs !== null && isUnanswered))
    return refuse({ code: 'call_state_conflict', status: call.status })
  const change = closeCall(noChange(state), call, nowMs, reason)
  const [closed = call] = change.calls
  return decided(change, viewCall(change.state, closed, nowMs))
}

/**
 * Freezes the wallet and ends its calls at this instant; a repeat changes nothing. Calls that this release
 * cannot meter keep their holds. Refuses nothing.
 */
export function freezeWallet(state: WalletState, nowMs: number): Decided<null> {
  if (state.frozenAtMs !== null) return decided(noChange(state), null)
  let change = noChange({ ...state, frozenAtMs: nowMs })
  for (const call of state.openCalls.filter(isMetered))
    change = closeCall(change, call, nowMs, 'wallet_frozen')
  return decided(change, null)
}

/** Lets the user's commands work again, unless the user is erased; a repeat changes nothing. Refuses nothing. */
export function unfreezeWallet(state: WalletState): Decided<null> {
  const stays = state.frozenAtMs === null || state.erasedAtMs !== null
  return decided(noChange(stays ? state : { ...state, frozenAtMs: null }), null)
}

export const withCall = (state: WalletState, call: Call, nowMs: number): Decided<CallView> =>
  decided({ ...noChange(state), calls: [call] }, viewCall(state, call, nowMs))

/** Forecast of a call that would be answered now. */
export interface Quote {
  readonly holdKobo: Kobo
  readonly availableKobo: Kobo
  /**
   * Whole seconds that the call could last while open calls continue, at most the maximum duration; 0 if
   * the credit does not cover the hold, or a debt is open.
   */
  readonly affordableSeconds: number
}

export function quoteCall(
  state: WalletState,
  rate: Rate,
  limits: CallLimits,
  nowMs: number,
): Quote {
  const quote = { holdKobo: openingHoldKobo(rate), availableKobo: availableKobo(state, nowMs) }
  if (state.debtKobo > 0 || quote.availableKobo < quote.holdKobo)
    return { ...quote, affordableSeconds: 0 }
  const call = {
    uuid: 'quoted',
    rate,
    holdKobo: quote.holdKobo,
    startedAtMs: nowMs,
    deadlineAtMs: nowMs + limits.maxDurationMs,
  }
  const { postedKobo, calls } = meteredPart(state)
  const endings = forecast(postedKobo, [...calls, call])
  const lastMs = endings.find(({ callUuid }) => callUuid === call.uuid)?.endedAtMs ?? nowMs
  return { ...quote, affordableSeconds: wholeSeconds(nowMs, lastMs) }
}
