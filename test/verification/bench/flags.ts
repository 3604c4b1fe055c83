/** The flags of `npm run bench`. Pure. */
import { type NumberFlag, readFlags } from '../support/flags'

export interface Plan {
  readonly mode: 'table' | 'hot' | 'soak'
  readonly isShort: boolean
  /** Else storage is on disk, where a commit is. */
  readonly isInMemory: boolean
  /** Turns of each measurement, and so users, each of whom has one. */
  readonly requests: number
  readonly rounds: number
  readonly minutes: number
}

const SWITCHES = ['--short', '--hot', '--soak', '--memory'] as const

const numbersOf = (isShort: boolean) =>
  ({
    requests: { fallback: isShort ? 200 : 1600, min: 16, max: 10_000 },
    rounds: { fallback: isShort ? 3 : 7, min: 1, max: 100 },
    minutes: { fallback: isShort ? 2 : 10, min: 1, max: 600 },
  }) satisfies Record<string, NumberFlag>

/** @throws a sentence that says which flag is wrong, and which ones there are */
export function readPlan(args: readonly string[]): Plan {
  const isGiven = (name: (typeof SWITCHES)[number]) => args.includes(name)
  const rest = args.filter((arg) => !SWITCHES.some((name) => name === arg))
  if (isGiven('--hot') && isGiven('--soak'))
    throw new Error('--hot and --soak are runs of their own: give one of them.')
  const mode = isGiven('--hot') ? 'hot' : isGiven('--soak') ? 'soak' : 'table'
  const isShort = isGiven('--short')
  try {
    const numbers = readFlags(rest, numbersOf(isShort))
    if (rest.some((arg) => arg.startsWith('--minutes')) && mode !== 'soak')
      throw new Error('--minutes is for --soak.')
    return { mode, isShort, isInMemory: isGiven('--memory'), ...numbers }
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    const known = sentence.includes('The flags are:') ? ` ${SWITCHES.join(' ')}` : ''
    throw new Error(`${sentence}${known}`, { cause: error })
  }
}
