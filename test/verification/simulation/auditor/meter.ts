/**
 * Calculates costs and ends of calls independently, by stepping from one billed period to the next. It shares
 * no arithmetic with the service.
 */
export interface Price {
  readonly koboPerMinute: number
  readonly unitKobo: number
  readonly minimumSeconds: number
  readonly incrementSeconds: number
  readonly setupKobo: number
  /** Without it, increments count from zero. */
  readonly steps?: string
}

export interface OpenCall {
  readonly uuid: string
  readonly rate: Price
  readonly holdKobo: number
  readonly startedAtMs: number | null
  readonly deadlineAtMs: number
}

export interface End {
  readonly uuid: string
  readonly reason: 'no_answer' | 'max_duration' | 'credit_exhausted'
  readonly endedAtMs: number
  readonly chargeKobo: number
}

/** Exact: both are whole, and far below 2^53. */
const ceilDiv = (dividend: number, divisor: number): number =>
  Math.floor((dividend + divisor - 1) / divisor)

/** Number of whole periods that begin before `seconds`, with start and end of the last one. */
function periodsUntil(rate: Price, seconds: number) {
  const originSeconds = rate.steps === 'after_minimum' ? rate.minimumSeconds : 0
  const periods = Math.ceil((seconds - originSeconds) / rate.incrementSeconds)
  const endSeconds = originSeconds + periods * rate.incrementSeconds
  return { beginSeconds: endSeconds - rate.incrementSeconds, endSeconds }
}

export function costOf(rate: Price, seconds: number): number {
  const billed = Math.max(rate.minimumSeconds, periodsUntil(rate, seconds).endSeconds)
  return ceilDiv(billed * rate.koboPerMinute, 60 * rate.unitKobo) * rate.unitKobo + rate.setupKobo
}

export const secondsBetween = (fromMs: number, toMs: number): number =>
  toMs <= fromMs ? 0 : (toMs - fromMs - ((toMs - fromMs) % 1000)) / 1000

export const chargeAt = ({ rate, startedAtMs }: OpenCall, atMs: number): number =>
  startedAtMs === null ? 0 : costOf(rate, secondsBetween(startedAtMs, atMs))

export const claimAt = (call: OpenCall, atMs: number): number =>
  Math.max(call.holdKobo, chargeAt(call, atMs))

export const claimsAt = (calls: readonly OpenCall[], atMs: number): number => {
  let sum = 0
  for (const call of calls) sum += claimAt(call, atMs)
  return sum
}

/** First instant after `atMs` at which a call holds more. */
function nextStepMs(call: OpenCall, atMs: number): number {
  const { rate, startedAtMs } = call
  if (startedAtMs === null || rate.koboPerMinute === 0) return Infinity
  const paidUnits = Math.floor((claimAt(call, atMs) - rate.setupKobo) / rate.unitKobo)
  const billed = Math.floor((paidUnits * 60 * rate.unitKobo) / rate.koboPerMinute) + 1
  return startedAtMs + (periodsUntil(rate, billed).beginSeconds + 1) * 1000
}

const endOf = (call: OpenCall, reason: End['reason'], endedAtMs: number): End => ({
  uuid: call.uuid,
  reason,
  endedAtMs,
  chargeKobo: chargeAt(call, endedAtMs),
})

/** The next instant at which anything can happen to the calls. */
function nextInstant(calls: readonly OpenCall[], afterMs: number): number {
  let nextMs = Infinity
  for (const call of calls) nextMs = Math.min(nextMs, call.deadlineAtMs, nextStepMs(call, afterMs))
  return nextMs
}

/** Ends at one instant: time-outs first, then calls at their maximum duration, then the others in order. */
function endsAt(balanceKobo: number, calls: readonly OpenCall[], atMs: number): End[] {
  const isDue = (call: OpenCall) => call.deadlineAtMs <= atMs
  const rings = calls.filter((call) => isDue(call) && call.startedAtMs === null)
  const talks = calls.filter((call) => !rings.includes(call))
  const ends = rings.map((call) => endOf(call, 'no_answer', call.deadlineAtMs))
  let leftKobo = balanceKobo - claimsAt(talks, atMs - 1)
  for (const call of [...talks.filter(isDue), ...talks.filter((call) => !isDue(call))]) {
    const claimedKobo = claimAt(call, atMs - 1)
    const stepKobo = claimAt(call, atMs) - claimedKobo
    const end =
      stepKobo > leftKobo
        ? endOf(call, 'credit_exhausted', atMs - 1)
        : isDue(call)
          ? endOf(call, 'max_duration', atMs)
          : undefined
    leftKobo += end ? claimedKobo - end.chargeKobo : -stepKobo
    if (end) ends.push(end)
  }
  return ends
}

export interface EndWithDebt extends End {
  /** Instant at which the call was over. */
  readonly dueMs: number
  /** Amount that its end released and that paid the debt. */
  readonly debtPaidKobo: number
}

export const dueMsOf = ({ reason, endedAtMs }: End): number =>
  reason === 'credit_exhausted' ? endedAtMs + 1 : endedAtMs

/** Like `endsUntil`, for a wallet with a debt: money that an end releases pays the debt before other calls. */
export function endsPayingDebt(
  balanceKobo: number,
  debtKobo: number,
  openCalls: readonly OpenCall[],
  fromMs: number,
  toMs: number,
): EndWithDebt[] {
  const ends: EndWithDebt[] = []
  let [leftKobo, owedKobo, calls, atMs] = [balanceKobo, debtKobo, openCalls, fromMs]
  for (;;) {
    const [end] = endsUntil(leftKobo, calls, atMs, toMs, ({ length }) => length > 0)
    if (!end) return ends
    const dueMs = dueMsOf(end)
    calls = calls.filter(({ uuid }) => uuid !== end.uuid)
    leftKobo -= end.chargeKobo
    const debtPaidKobo = Math.max(0, Math.min(owedKobo, leftKobo - claimsAt(calls, dueMs)))
    leftKobo -= debtPaidKobo
    owedKobo -= debtPaidKobo
    ends.push({ ...end, dueMs, debtPaidKobo })
    atMs = dueMs - 1
  }
}

/**
 * Ends up to `toMs`, in order, starting at an instant at which everything was paid. Stops once `isDone`.
 */
export function endsUntil(
  balanceKobo: number,
  openCalls: readonly OpenCall[],
  fromMs: number,
  toMs: number,
  isDone: (ends: readonly End[]) => boolean = () => false,
): End[] {
  const ends: End[] = []
  let calls = openCalls
  let atMs = fromMs
  let leftKobo = balanceKobo
  while (calls.length > 0 && !isDone(ends)) {
    const nextMs = nextInstant(calls, atMs)
    if (nextMs > toMs) break
    const ended = endsAt(leftKobo, calls, nextMs)
    for (const end of ended) leftKobo -= end.chargeKobo
    ends.push(...ended)
    calls = calls.filter((call) => !ended.some(({ uuid }) => uuid === call.uuid))
    atMs = nextMs
  }
  return ends
}
