/** Flags of the simulated projection, and the resulting runs. Pure. */
import { FIRST_RETRY_MS } from '../../../src/wallets/core/alarm'
import type { ProjectionSettings } from './projection'

export interface ScalingOptions {
  readonly wallets: number
  readonly callsPerSecond: number
  readonly ringSeconds: number
  readonly talkSeconds: number
  readonly answeredPercent: number
  readonly delaySeconds: number
  readonly batchUs: number
  readonly rowUs: number
  readonly outageMinutes: number
  readonly measuredMinutes: number
  readonly seed: number
}

const MINUTE_MS = 60_000

/** The measurement begins in a steady state: as many calls end as begin, and all changes are projected. */
export function settingsOf(flags: ScalingOptions): ProjectionSettings {
  const delayMs = flags.delaySeconds * 1000
  const callMs = (flags.ringSeconds + flags.talkSeconds) * 1000
  const measureFromMs = 3 * callMs + 2 * delayMs
  return {
    seed: flags.seed,
    wallets: flags.wallets,
    callsPerSecond: flags.callsPerSecond,
    ringMs: flags.ringSeconds * 1000,
    talkMs: flags.talkSeconds * 1000,
    answeredShare: flags.answeredPercent / 100,
    delayMs,
    retryMs: FIRST_RETRY_MS,
    batchMs: flags.batchUs / 1000,
    rowMs: flags.rowUs / 1000,
    outage: undefined,
    measureFromMs,
    measureToMs: measureFromMs + flags.measuredMinutes * MINUTE_MS,
  }
}

/** The outage begins in a steady state, and D1 has three times its duration to catch up. */
export function outageOf(flags: ScalingOptions): ProjectionSettings {
  const settings = settingsOf(flags)
  const fromMs = settings.measureFromMs
  const lengthMs = flags.outageMinutes * MINUTE_MS
  const outage = { fromMs, untilMs: fromMs + lengthMs }
  return { ...settings, outage, measureToMs: outage.untilMs + 3 * lengthMs }
}
