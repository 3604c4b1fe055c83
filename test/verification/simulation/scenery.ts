/** Properties of a world: its tariff, limits, faults and operations. */
import type { CallLimits } from '../../../src/wallets/core/call-commands'
import type { Random } from '../support/random'

export interface Scenery {
  readonly tariff: object | undefined
  readonly callLimits: CallLimits
  /** Percentage of operations with a fault. */
  readonly faultsPercent: number
  readonly people: number
  /** Kinds of operations that do not occur here, so that others occur more often. */
  readonly isQuietAbout: (kind: string) => boolean
}

const VARIED = {
  id: 'varied',
  version: 3,
  rates: [
    { id: 'everywhere', prefix: '+', kobo_per_minute: 1250 },
    { id: 'fast', prefix: '+1', kobo_per_minute: 6000, unit_kobo: 1 },
    { id: 'slow', prefix: '+2', kobo_per_minute: 7, unit_kobo: 1 },
    {
      id: 'blocks',
      prefix: '+3',
      kobo_per_minute: 900,
      increment_seconds: 30,
      minimum_seconds: 70,
    },
    { id: 'fee', prefix: '+4', kobo_per_minute: 1000, setup_kobo: 250, increment_seconds: 6 },
    { id: 'free', prefix: '+5', kobo_per_minute: 0, setup_kobo: 100 },
    { id: 'long', prefix: '+6', kobo_per_minute: 700, minimum_seconds: 90, unit_kobo: 50 },
    { id: 'none', prefix: '+7', forbidden: true },
  ],
}

/** Phone numbers for every row of the tariff. */
export const PHONES = [
  '+2348031234567',
  '+2348031234567',
  '+12025550123',
  '+33123456789',
  '+442071234567',
  '+525512345678',
  '+60312345678',
  '+79161234567',
  '+9112345678',
]

export function sceneryOf(random: Random): Scenery {
  const silent = new Set(
    ['reverse', 'jump', 'transfer', 'together', 'end session', 'evict'].filter(() =>
      random.chance(0.2),
    ),
  )
  return {
    tariff: random.chance(0.7) ? VARIED : undefined,
    callLimits: {
      maxOpenCalls: random.pick([1, 3, 5]),
      starts: {
        kind: 'quota',
        name: 'calls',
        quota: random.pick([5, 20, 1000]),
        windowMs: random.pick([60_000, 3_600_000]),
      },
      ringTimeoutMs: 60_000,
      maxDurationMs: random.pick([61_000, 150_000, 600_000, 3_600_000]),
    },
    faultsPercent: random.pick([0, 5, 15, 30]),
    people: random.between(1, 5),
    isQuietAbout: (kind) => silent.has(kind),
  }
}
