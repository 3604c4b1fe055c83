/**
 * Random histories of one wallet, fast enough for hundreds of thousands. Each step is one integer, so that a
 * failing history can shrink. The integer determines a command and its time.
 */
import { kobo } from '../../src/common/money'
import type { CallLimits } from '../../src/wallets/core/call-commands'
import type { Rate } from '../../src/wallets/core/metering'
import { LIMITS, STANDARD_RATE, withoutSteps } from './wallets'

export type Command =
  | { readonly kind: 'top_up' | 'send' | 'accept'; readonly amountKobo: number }
  | { readonly kind: 'initiate'; readonly rate: Rate }
  | { readonly kind: 'answer' | 'end'; readonly call: number }
  | { readonly kind: 'alarm' | 'alarm_twice' }

/** Delay after the previous step, or offset from the next instant at which the clock ends a call. */
export type When = { readonly afterMs: number } | { readonly fromDueMs: number }

export interface Step {
  readonly command: Command
  readonly when: When
}

export interface History {
  readonly limits: CallLimits
  readonly steps: readonly Step[]
}

const rate = (koboPerMinute: number, rest: Partial<Omit<Rate, 'koboPerMinute'>> = {}): Rate => ({
  ...STANDARD_RATE,
  ...rest,
  koboPerMinute: kobo(koboPerMinute),
})

/** All kinds of rates: with and without set-up fee, minimum, increment and unit, and all together. */
const RATES: readonly Rate[] = [
  STANDARD_RATE,
  rate(1250),
  rate(5000, { unitKobo: kobo(1) }),
  rate(7, { unitKobo: kobo(1) }),
  rate(1, { unitKobo: kobo(500) }),
  rate(1000, { setupKobo: kobo(250) }),
  rate(900, { minimumSeconds: 30 }),
  rate(700, { minimumSeconds: 90 }),
  rate(1000, { minimumSeconds: 90, incrementSeconds: 60 }),
  withoutSteps(rate(1000, { minimumSeconds: 90, incrementSeconds: 60 })),
  rate(1000, { incrementSeconds: 60 }),
  rate(600, { incrementSeconds: 6, unitKobo: kobo(50) }),
  rate(2500, { setupKobo: kobo(1), minimumSeconds: 1, incrementSeconds: 30, unitKobo: kobo(50) }),
  rate(0, { setupKobo: kobo(100) }),
]

const pick = <T>(table: readonly T[], index: number): T => table[index % table.length] as T

const AMOUNTS_KOBO = [3000, 1, 2000, 99, 1000, 100, 1001, 500, 1099, 9000, 1100, 20_000, 2100, 5000]

const times = (count: number, command: (argument: number) => Command) =>
  Array<typeof command>(count).fill(command)

const COMMANDS: readonly ((argument: number) => Command)[] = [
  ...times(2, (argument) => ({ kind: 'top_up', amountKobo: pick(AMOUNTS_KOBO, argument) })),
  ...times(5, (argument) => ({ kind: 'initiate', rate: pick(RATES, argument) })),
  ...times(6, (argument) => ({ kind: 'answer', call: argument })),
  ...times(2, (argument) => ({ kind: 'end', call: argument })),
  ...times(1, (argument) => ({ kind: 'send', amountKobo: pick(AMOUNTS_KOBO, argument) })),
  ...times(1, (argument) => ({ kind: 'accept', amountKobo: pick(AMOUNTS_KOBO, argument) })),
  ...times(2, () => ({ kind: 'alarm' })),
  ...times(1, () => ({ kind: 'alarm_twice' })),
]

const WHENS: readonly When[] = [
  ...[0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 250, 250, 250, 999].map((afterMs) => ({ afterMs })),
  ...[1000, 1001, 1001, 5999, 6000, 6001, 20_000, 59_999].map((afterMs) => ({ afterMs })),
  ...[60_000, 61_000, 150_000, 3_600_000].map((afterMs) => ({ afterMs })),
  ...[-1, -7000, -86_400_000].map((afterMs) => ({ afterMs })),
  ...[-1000, -1, 0, 0, 1, 60_000].map((fromDueMs) => ({ fromDueMs })),
]

const FIRST_KOBO = [5000, 1000, 20_000, 2100, 3000, 9000, 1099, 1100]
const FIRST_CALLS = [0, 1, 2, 2, 3, 4]
const MAX_DURATIONS_MS = [LIMITS.maxDurationMs, 150_000, 61_000]
const ARGUMENTS = 12

/** Upper bound of a step's integer. */
export const STEPS = COMMANDS.length * WHENS.length * ARGUMENTS

function decodeStep(code: number): Step {
  const command = pick(COMMANDS, code)
  const rest = Math.floor(code / COMMANDS.length)
  return { when: pick(WHENS, rest), command: command(Math.floor(rest / WHENS.length)) }
}

/** Upper bound of the integer that determines how a history begins. */
export const BEGINNINGS =
  FIRST_KOBO.length * MAX_DURATIONS_MS.length * FIRST_CALLS.length * RATES.length

/** @param code determines the first top-up and calls. @param codes determine the later steps. */
export function decodeHistory(code: number, codes: readonly number[]): History {
  let rest = code
  const choose = <T>(table: readonly T[]): T => {
    const chosen = pick(table, rest)
    rest = Math.floor(rest / table.length)
    return chosen
  }
  const topUp: Command = { kind: 'top_up', amountKobo: choose(FIRST_KOBO) }
  const limits = { ...LIMITS, maxDurationMs: choose(MAX_DURATIONS_MS) }
  const calls = Array.from({ length: choose(FIRST_CALLS) }, (_, index): Command => ({
    kind: 'initiate',
    rate: pick(RATES, rest + index * index),
  }))
  const first = [topUp, ...calls].map((command) => ({ command, when: { afterMs: 0 } }))
  return { limits, steps: [...first, ...codes.map(decodeStep)] }
}
