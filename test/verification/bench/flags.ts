/** Flags of the benchmark, and the resulting run. Pure. */
export interface BenchOptions {
  readonly short?: true
  readonly hot?: true
  readonly soak?: true
  readonly calls?: true
  readonly memory?: true
  readonly requests?: number
  readonly rounds?: number
  readonly minutes?: number
}

export interface Plan {
  readonly mode: 'table' | 'hot' | 'soak' | 'calls'
  readonly isShort: boolean
  /** Without it, storage is on disk, where commits are real. */
  readonly isInMemory: boolean
  /** Number of turns of a measurement, and of users, each of whom has one turn. */
  readonly requests: number
  readonly rounds: number
  readonly minutes: number
}

const LONG = { requests: 1600, rounds: 7, minutes: 10 }
const SHORT = { requests: 200, rounds: 3, minutes: 2 }

const modeOf = ({ hot, soak, calls }: BenchOptions): Plan['mode'] => {
  if (calls) return 'calls'
  return hot ? 'hot' : soak ? 'soak' : 'table'
}

export function planOf(options: BenchOptions): Plan {
  const isShort = options.short === true
  const fallback = isShort ? SHORT : LONG
  return {
    mode: modeOf(options),
    isShort,
    isInMemory: options.memory === true,
    requests: options.requests ?? fallback.requests,
    rounds: options.rounds ?? fallback.rounds,
    minutes: options.minutes ?? fallback.minutes,
  }
}
