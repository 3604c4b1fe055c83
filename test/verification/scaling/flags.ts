/** The flags of `npm run scaling`, and the runs that they ask for. Pure. */
import { FIRST_RETRY_MS } from '../../../src/wallets/core/alarm'
import { readFlags, SEED } from '../support/flags'
import type { CopySettings } from './copy'

const FLAGS = {
  wallets: { fallback: 100_000, min: 1, max: 1_000_000 },
  'calls-per-second': { fallback: 60, min: 1, max: 10_000 },
  'ring-seconds': { fallback: 8, min: 1, max: 60 },
  'talk-seconds': { fallback: 120, min: 1, max: 3600 },
  'answered-percent': { fallback: 70, min: 0, max: 100 },
  'delay-seconds': { fallback: 15, min: 0, max: 3600 },
  'batch-us': { fallback: 5000, min: 1, max: 10_000_000 },
  'row-us': { fallback: 100, min: 0, max: 1_000_000 },
  'outage-minutes': { fallback: 10, min: 1, max: 60 },
  'measured-minutes': { fallback: 4, min: 1, max: 60 },
  seed: SEED,
}

export type Flags = Record<keyof typeof FLAGS, number>

const MINUTE_MS = 60_000

/** @throws a sentence that says which flag is wrong, and which ones there are */
export const readPlan = (args: readonly string[]): Flags => readFlags(args, FLAGS)

/** Measured once nearly as many calls end as begin, and as many changes are copied as made. */
export function settingsOf(flags: Flags): CopySettings {
  const delayMs = flags['delay-seconds'] * 1000
  const callMs = (flags['ring-seconds'] + flags['talk-seconds']) * 1000
  const measureFromMs = 3 * callMs + 2 * delayMs
  return {
    seed: flags.seed,
    wallets: flags.wallets,
    callsPerSecond: flags['calls-per-second'],
    ringMs: flags['ring-seconds'] * 1000,
    talkMs: flags['talk-seconds'] * 1000,
    answeredShare: flags['answered-percent'] / 100,
    delayMs,
    retryMs: FIRST_RETRY_MS,
    batchMs: flags['batch-us'] / 1000,
    rowMs: flags['row-us'] / 1000,
    outage: undefined,
    measureFromMs,
    measureToMs: measureFromMs + flags['measured-minutes'] * MINUTE_MS,
  }
}

/** D1 fails once as many changes wait as ever do, and has three times as long to catch up. */
export function outageOf(flags: Flags): CopySettings {
  const settings = settingsOf(flags)
  const fromMs = settings.measureFromMs
  const lengthMs = flags['outage-minutes'] * MINUTE_MS
  const outage = { fromMs, untilMs: fromMs + lengthMs }
  return { ...settings, outage, measureToMs: outage.untilMs + 3 * lengthMs }
}
