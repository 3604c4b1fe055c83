/**
 * What a running call costs and how long its wallet can pay for it, as functions of the clock.
 * Nothing here ticks: a claim is computed from the instant, a horizon by binary search.
 * Pure: instants are UTC milliseconds and always arguments.
 */
import {
  addKobo,
  divideRoundingUp,
  kobo,
  type Kobo,
  maxKobo,
  subtractKobo,
  ZERO,
} from '../../common/money'

const HOLD_SECONDS = 60
const MS_PER_SECOND = 1000
const SECONDS_PER_MINUTE = 60

/** A price, frozen into each call when it is initiated. */
export interface Rate {
  readonly id: string
  /** Of the tariff that it was taken from: id and version name one set of figures for ever. */
  readonly version: number
  readonly koboPerMinute: Kobo
  /** The cost is rounded up to a multiple of this. */
  readonly unitKobo: Kobo
  readonly minimumSeconds: number
  readonly incrementSeconds: number
  readonly setupKobo: Kobo
  /** Where the increments are counted from. A rate without it counts from zero, as all once did. */
  readonly steps?: Steps
}

export const STEPS = ['from_zero', 'after_minimum'] as const
export type Steps = (typeof STEPS)[number]

export const stepsOf = (rate: Rate): Steps => rate.steps ?? 'from_zero'

/** What the meter needs to know of an open call. `startedAtMs` is null while it rings. */
export interface MeteredCall {
  readonly uuid: string
  readonly rate: Rate
  readonly holdKobo: Kobo
  readonly startedAtMs: number | null
  /** When the clock ends it for good: the ring time-out, or the maximum duration. */
  readonly deadlineAtMs: number
}

export type EndingReason = 'no_answer' | 'max_duration' | 'credit_exhausted'

/** An open call that the clock ends: at `dueAtMs` it is over, and `endedAtMs` is what its record says. */
export interface Ending {
  readonly callUuid: string
  readonly reason: EndingReason
  readonly dueAtMs: number
  readonly endedAtMs: number
}

/** Whether all figures are there that this meter needs; a later release's rate may have others. */
export function isPriced(rate: Rate): boolean {
  const { koboPerMinute, unitKobo, minimumSeconds, incrementSeconds, setupKobo } = rate
  const figures = [koboPerMinute, unitKobo, minimumSeconds, incrementSeconds, setupKobo]
  return (
    figures.every((figure) => Number.isSafeInteger(figure) && figure >= 0) &&
    Math.min(unitKobo, incrementSeconds) > 0 &&
    STEPS.includes(stepsOf(rate))
  )
}

/** Whole seconds between two instants, rounded down, never negative. */
export const wholeSeconds = (fromMs: number, toMs: number): number =>
  Math.max(0, Math.floor((toMs - fromMs) / MS_PER_SECOND))

/** How a cost comes about: `units` times the rate's unit, and the set-up fee. */
export interface Price {
  readonly billedSeconds: number
  readonly units: number
  readonly costKobo: Kobo
}

/**
 * The billed seconds of a call: the minimum, and then whole increments. A rate that counts
 * from zero bills whole increments and at least the minimum; the two differ only where the minimum is
 * no multiple of the increment.
 */
function billedSecondsOf(rate: Rate, seconds: number): number {
  const { minimumSeconds, incrementSeconds } = rate
  const fromSeconds = stepsOf(rate) === 'after_minimum' ? minimumSeconds : 0
  const increments = divideRoundingUp(Math.max(0, seconds - fromSeconds), incrementSeconds)
  return Math.max(minimumSeconds, fromSeconds + increments * incrementSeconds)
}

/**
 * The price of an answered call of so many whole seconds: the billed seconds at the rate, rounded up
 * to its unit; the set-up fee comes on top.
 */
export function priceOf(rate: Rate, durationSeconds: number): Price {
  const billedSeconds = billedSecondsOf(rate, durationSeconds)
  const units = divideRoundingUp(
    billedSeconds * rate.koboPerMinute,
    SECONDS_PER_MINUTE * rate.unitKobo,
  )
  return { billedSeconds, units, costKobo: addKobo(kobo(units * rate.unitKobo), rate.setupKobo) }
}

/** The cost of an answered call of so many whole seconds. */
export const costKobo = (rate: Rate, durationSeconds: number): Kobo =>
  priceOf(rate, durationSeconds).costKobo

/** What is set aside before a call rings: one minute at its rate. */
export const openingHoldKobo = (rate: Rate): Kobo => costKobo(rate, HOLD_SECONDS)

/** An answered call's cost at an instant; zero for one that was never answered. */
export const costAtKobo = (call: MeteredCall, atMs: number): Kobo =>
  call.startedAtMs === null ? ZERO : costKobo(call.rate, wholeSeconds(call.startedAtMs, atMs))

/** What an open call keeps from being spent at an instant: its hold, or its cost once that is more. */
export const holdAt = (call: MeteredCall, atMs: number): Kobo =>
  maxKobo(call.holdKobo, costAtKobo(call, atMs))

export const holdsAt = (calls: readonly MeteredCall[], atMs: number): Kobo =>
  addKobo(...calls.map((call) => holdAt(call, atMs)))

/**
 * The first instant in `(fromMs, toMs]` at which the claims exceed what is posted, or `undefined`.
 * Claims only grow while no call ends, so a binary search is exact: O(calls × log(toMs − fromMs)).
 */
function firstUnpaidMs(
  postedKobo: Kobo,
  calls: readonly MeteredCall[],
  fromMs: number,
  toMs: number,
): number | undefined {
  if (holdsAt(calls, toMs) <= postedKobo) return undefined
  let affordableMs = fromMs
  let shortMs = toMs
  while (shortMs - affordableMs > 1) {
    const middleMs = affordableMs + Math.floor((shortMs - affordableMs) / 2)
    if (holdsAt(calls, middleMs) <= postedKobo) affordableMs = middleMs
    else shortMs = middleMs
  }
  return shortMs
}

/** The calls buy their next unit in turn; the first for which too little is left ends just before. */
function exhaustionEnding(
  postedKobo: Kobo,
  calls: readonly MeteredCall[],
  dueAtMs: number,
): Ending {
  const lastPaidMs = dueAtMs - 1
  let leftKobo = subtractKobo(postedKobo, holdsAt(calls, lastPaidMs))
  const isLast = (call: MeteredCall) => call.deadlineAtMs === dueAtMs
  for (const call of [...calls.filter(isLast), ...calls.filter((call) => !isLast(call))]) {
    const stepKobo = subtractKobo(holdAt(call, dueAtMs), holdAt(call, lastPaidMs))
    if (stepKobo > leftKobo)
      return { callUuid: call.uuid, reason: 'credit_exhausted', dueAtMs, endedAtMs: lastPaidMs }
    if (isLast(call))
      return { callUuid: call.uuid, reason: 'max_duration', dueAtMs, endedAtMs: dueAtMs }
    leftKobo = subtractKobo(leftKobo, stepKobo)
  }
  throw new Error('the claims exceed the balance, yet each call could pay its step')
}

/**
 * The first call that the clock ends if nothing else happens: by ring time-out, by maximum
 * duration, or because its next unit cannot be paid. At one instant, ring time-outs give their
 * holds back first, then calls at their maximum duration pay their last unit and end, then the
 * others buy in the order given (oldest first).
 *
 * An exhausted call's `endedAtMs` is its horizon, the last instant that is paid for: one
 * millisecond before the unit that could not be. So its recorded seconds give its charge.
 * @param postedKobo the wallet's posted balance, at least the calls' claims now
 */
export function nextEnding(postedKobo: Kobo, calls: readonly MeteredCall[]): Ending | undefined {
  const [first] = calls.toSorted((a, b) => a.deadlineAtMs - b.deadlineAtMs)
  if (!first) return undefined
  const dueAtMs = first.deadlineAtMs
  const atDeadline = calls.filter((call) => call.deadlineAtMs === dueAtMs)
  const unanswered = atDeadline.find((call) => call.startedAtMs === null)

  const starts = calls.flatMap((call) => call.startedAtMs ?? [])
  const searchToMs = unanswered ? dueAtMs - 1 : dueAtMs
  const shortMs = firstUnpaidMs(postedKobo, calls, Math.min(...starts, dueAtMs) - 1, searchToMs)
  if (shortMs !== undefined) return exhaustionEnding(postedKobo, calls, shortMs)

  const ending = unanswered ?? first
  const reason = unanswered ? 'no_answer' : 'max_duration'
  return { callUuid: ending.uuid, reason, dueAtMs, endedAtMs: dueAtMs }
}

/**
 * When each open call ends if nothing else happens, in the order in which they end.
 * At most one step a call: O(calls² × log(maximum duration)).
 */
export function forecast(postedKobo: Kobo, calls: readonly MeteredCall[]): Ending[] {
  const ending = nextEnding(postedKobo, calls)
  if (!ending) return []
  const { remaining, chargeKobo } = takeOut(calls, ending)
  return [ending, ...forecast(subtractKobo(postedKobo, chargeKobo), remaining)]
}

/** The calls without the one that ended, and what that one is charged. */
function takeOut(calls: readonly MeteredCall[], ending: Ending) {
  const ended = calls.filter((call) => call.uuid === ending.callUuid)
  const remaining = calls.filter((call) => call.uuid !== ending.callUuid)
  return {
    remaining,
    chargeKobo: addKobo(...ended.map((call) => costAtKobo(call, ending.endedAtMs))),
  }
}
