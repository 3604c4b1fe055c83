/**
 * Metering: the cost of a running call, and how long its wallet can pay for it. There are no timers:
 * holds are computed from the clock, and the horizon by binary search.
 * Pure: instants are UTC milliseconds and always arguments.
 */
import {
  addKobo,
  divideRoundingUp,
  kobo,
  type Kobo,
  maxKobo,
  minKobo,
  subtractKobo,
  ZERO,
} from '../../common/money'

const HOLD_SECONDS = 60
const MS_PER_SECOND = 1000
const SECONDS_PER_MINUTE = 60

/** Price of a call. A call keeps the rate with which it was started. */
export interface Rate {
  readonly id: string
  /** Version of the tariff. `id` and version together identify one set of figures forever. */
  readonly version: number
  readonly koboPerMinute: Kobo
  /** The cost without the set-up fee is rounded up to a multiple of this. */
  readonly unitKobo: Kobo
  readonly minimumSeconds: number
  readonly incrementSeconds: number
  readonly setupKobo: Kobo
  /** Rule for increments. Missing in calls of earlier releases, which counted from zero. */
  readonly steps?: Steps
}

export const STEPS = ['from_zero', 'after_minimum'] as const
export type Steps = (typeof STEPS)[number]

export const stepsOf = (rate: Rate): Steps => rate.steps ?? 'from_zero'

/** Open call, as far as metering needs it. `startedAtMs` is null while the call rings. */
export interface MeteredCall {
  readonly uuid: string
  readonly rate: Rate
  readonly holdKobo: Kobo
  readonly startedAtMs: number | null
  /** End of the ring time-out or, once answered, of the maximum duration. */
  readonly deadlineAtMs: number
}

export const ENDING_REASONS = ['no_answer', 'max_duration', 'credit_exhausted'] as const
export type EndingReason = (typeof ENDING_REASONS)[number]

/** End of an open call by the clock. It is due at `dueAtMs`, and recorded as of `endedAtMs`. */
export interface Ending {
  readonly callUuid: string
  readonly reason: EndingReason
  readonly dueAtMs: number
  readonly endedAtMs: number
}

/** Reports whether this release can price the rate. A later release may store rates that it cannot. */
export function isPriced(rate: Rate): boolean {
  const { koboPerMinute, unitKobo, minimumSeconds, incrementSeconds, setupKobo } = rate
  const figures = [koboPerMinute, unitKobo, minimumSeconds, incrementSeconds, setupKobo]
  return (
    figures.every((figure) => Number.isSafeInteger(figure) && figure >= 0) &&
    Math.min(unitKobo, incrementSeconds) > 0 &&
    STEPS.includes(stepsOf(rate))
  )
}

/** Whole seconds between two instants, rounded down; zero if `toMs` is earlier. */
export const wholeSeconds = (fromMs: number, toMs: number): number =>
  Math.max(0, Math.floor((toMs - fromMs) / MS_PER_SECOND))

/** Whole seconds of talk; zero for a call that was never answered, and null while it is open. */
export function durationSeconds(call: {
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
}): number | null {
  const { startedAtMs, endedAtMs } = call
  if (endedAtMs === null) return null
  return startedAtMs === null ? 0 : wholeSeconds(startedAtMs, endedAtMs)
}

/** Calculation of a cost: `units` times the rate's unit, plus the set-up fee. */
export interface Price {
  readonly billedSeconds: number
  readonly units: number
  readonly costKobo: Kobo
}

/**
 * Billed seconds: the minimum, then whole increments. A rate that counts from zero bills whole
 * increments, and at least the minimum. The results differ only if the minimum is not a multiple of
 * the increment.
 */
function billedSecondsOf(rate: Rate, seconds: number): number {
  const { minimumSeconds, incrementSeconds } = rate
  const fromSeconds = stepsOf(rate) === 'after_minimum' ? minimumSeconds : 0
  const increments = divideRoundingUp(Math.max(0, seconds - fromSeconds), incrementSeconds)
  return Math.max(minimumSeconds, fromSeconds + increments * incrementSeconds)
}

/**
 * Prices an answered call: its billed seconds at the rate, rounded up to the rate's unit, plus the
 * set-up fee.
 * @param durationSeconds whole seconds from the answer to the end
 */
export function priceOf(rate: Rate, durationSeconds: number): Price {
  const billedSeconds = billedSecondsOf(rate, durationSeconds)
  const units = divideRoundingUp(
    billedSeconds * rate.koboPerMinute,
    SECONDS_PER_MINUTE * rate.unitKobo,
  )
  return { billedSeconds, units, costKobo: addKobo(kobo(units * rate.unitKobo), rate.setupKobo) }
}

export const costKobo = (rate: Rate, durationSeconds: number): Kobo =>
  priceOf(rate, durationSeconds).costKobo

/** Hold of a new call: the cost of one minute. */
export const openingHoldKobo = (rate: Rate): Kobo => costKobo(rate, HOLD_SECONDS)

/** Cost at `atMs`; zero if the call was never answered. */
export const costAtKobo = (call: MeteredCall, atMs: number): Kobo =>
  call.startedAtMs === null ? ZERO : costKobo(call.rate, wholeSeconds(call.startedAtMs, atMs))

/** Amount that an open call holds at `atMs`: its opening hold, or its cost so far if that is greater. */
export const holdAt = (call: MeteredCall, atMs: number): Kobo =>
  maxKobo(call.holdKobo, costAtKobo(call, atMs))

export const holdsAt = (calls: readonly MeteredCall[], atMs: number): Kobo =>
  addKobo(...calls.map((call) => holdAt(call, atMs)))

/**
 * First instant in `(fromMs, toMs]` at which the holds exceed the posted balance, or `undefined`. While
 * no call ends, holds never decrease, so a binary search is exact: O(calls × log(toMs − fromMs)).
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

/**
 * Finds the call that ends at `dueAtMs`, the first instant at which the holds exceed the posted balance.
 * Calls at their deadline pay their last unit first, then the others in the given order. The first call
 * that cannot pay ends one millisecond earlier. A call at its deadline that can pay ends at `dueAtMs`.
 */
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
  throw new Error('the holds exceed the balance, but every call could pay its next unit')
}

/**
 * Finds the first call that the clock ends if nothing else happens: by the ring time-out, the maximum
 * duration, or because the wallet cannot pay its next unit. At the same instant, ring time-outs release
 * their holds first. Then calls at their maximum duration pay their last unit and end. Then the others
 * pay their next unit in the given order (oldest first).
 *
 * If credit is exhausted, `endedAtMs` is the horizon: the last paid instant, one millisecond before the
 * unpaid unit. The recorded seconds therefore yield the charge.
 * @param postedKobo posted balance, which must cover the calls' current holds
 * @returns `undefined` if there are no calls
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

/** Part of a debt that a balance can pay at an instant, after the holds of open calls. */
export function debtPaymentKobo(
  postedKobo: Kobo,
  calls: readonly MeteredCall[],
  debtKobo: Kobo,
  atMs: number,
): Kobo {
  const availableKobo = subtractKobo(postedKobo, holdsAt(calls, atMs))
  return maxKobo(ZERO, minKobo(debtKobo, availableKobo))
}

/**
 * Predicts the end of each open call if nothing else happens, earliest first. Money that the end of a call
 * releases pays the debt before the other calls can use it.
 * Cost: O(calls² × log(maximum duration)).
 */
export function forecast(
  postedKobo: Kobo,
  calls: readonly MeteredCall[],
  debtKobo: Kobo = ZERO,
): Ending[] {
  const ending = nextEnding(postedKobo, calls)
  if (!ending) return []
  const { remaining, chargeKobo } = takeOut(calls, ending)
  const leftKobo = subtractKobo(postedKobo, chargeKobo)
  const paidKobo = debtPaymentKobo(leftKobo, remaining, debtKobo, ending.dueAtMs)
  const afterKobo = subtractKobo(leftKobo, paidKobo)
  return [ending, ...forecast(afterKobo, remaining, subtractKobo(debtKobo, paidKobo))]
}

function takeOut(calls: readonly MeteredCall[], ending: Ending) {
  const ended = calls.filter((call) => call.uuid === ending.callUuid)
  const remaining = calls.filter((call) => call.uuid !== ending.callUuid)
  return {
    remaining,
    chargeKobo: addKobo(...ended.map((call) => costAtKobo(call, ending.endedAtMs))),
  }
}
