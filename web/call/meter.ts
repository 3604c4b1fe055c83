/** Figures of a call in progress, computed by the wallet's own rules. Pure. */
import type { Rate as WireRate } from '../../client/client'
import type { RoomView } from '../../client/room'
import type { SessionState } from './session/session'
import { kobo, type Kobo, parseNaira } from '../../src/common/money'
import { costKobo, type Rate, wholeSeconds } from '../../src/wallets/core/metering'

export interface Meter {
  readonly talkedSeconds: number
  /** Null while the end is unknown. */
  readonly secondsLeft: number | null
  /** Latest end of the call, on the local clock. */
  readonly untilMs: number | null
  /** Null for the callee. */
  readonly costKobo: Kobo | null
  readonly koboPerMinute: Kobo | null
  readonly isLow: boolean
}

/** As early as the service's first low-credit notice. */
const LOW_SECONDS = 60

const rateOf = (rate: WireRate): Rate => ({
  id: rate.id,
  version: rate.version,
  koboPerMinute: kobo(rate.kobo_per_minute),
  unitKobo: kobo(rate.unit_kobo),
  minimumSeconds: rate.minimum_seconds,
  incrementSeconds: rate.increment_seconds,
  setupKobo: kobo(rate.setup_kobo),
  steps: rate.steps,
})

const koboOrNull = (naira: number | null): Kobo | null =>
  naira === null ? null : (parseNaira(naira) ?? null)

/**
 * Reads the meter of an answered call. It stops at the horizon and at the end of the call.
 * @param nowMs local time
 * @returns null before the answer
 */
export function meterOf(view: RoomView, clockOffsetMs: number, nowMs: number): Meter | null {
  const { startedAtMs, mustEndByMs, mustEndReason, end } = view
  if (startedAtMs === null) return null
  const serverMs = nowMs + clockOffsetMs
  const stopMs = Math.min(serverMs, mustEndByMs ?? Infinity, end?.atMs ?? Infinity)
  const talkedSeconds = wholeSeconds(startedAtMs, stopMs)
  const secondsLeft = mustEndByMs === null ? null : wholeSeconds(serverMs, mustEndByMs)
  const rate = view.rate && rateOf(view.rate)
  return {
    talkedSeconds,
    secondsLeft,
    untilMs: mustEndByMs === null ? null : mustEndByMs - clockOffsetMs,
    costKobo: rate && costKobo(rate, talkedSeconds),
    koboPerMinute: rate && rate.koboPerMinute,
    isLow: mustEndReason === 'credit_exhausted' && (secondsLeft ?? Infinity) <= LOW_SECONDS,
  }
}

export interface Receipt {
  readonly isAnswered: boolean
  /** Null if the call was not answered, and while the end is unknown. */
  readonly seconds: number | null
  /** Null for the callee, and while the charge is unknown. */
  readonly chargeKobo: Kobo | null
}

export function receiptOf(ended: NonNullable<SessionState['ended']>): Receipt {
  const { charge, startedAtMs, endedAtMs } = ended
  const isAnswered = startedAtMs !== null
  return {
    isAnswered,
    seconds: isAnswered && endedAtMs !== null ? wholeSeconds(startedAtMs, endedAtMs) : null,
    chargeKobo: koboOrNull(charge),
  }
}
