/** Sentences about prices and credit. Pure. */
import type { Quote } from '../../client/client'
import { printKobo } from '../shared/print'
import type { Rate } from './model'

const count = (amount: number, unit: string): string => `${amount} ${unit}`

/** `75` becomes `1 min 15 s`, and 3,600 `1 h`. */
export function printSpan(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const printed = parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => count(amount, unit))
  return printed.length === 0 ? '0 s' : printed.join(' ')
}

export const ratePerMinute = ({ kobo_per_minute }: Pick<Rate, 'kobo_per_minute'>): string =>
  `${printKobo(kobo_per_minute)} a minute`

/** Everything beyond the price of a minute that a call may cost. */
export function extrasOf(rate: Rate): string[] {
  const { setup_kobo: setup, minimum_seconds: minimum, increment_seconds: step } = rate
  return [
    ...(setup > 0 ? [`${printKobo(setup)} for the connection`] : []),
    ...(minimum > 1 ? [`at least ${printSpan(minimum)}`] : []),
    ...(step > 1 ? [`in steps of ${printSpan(step)}`] : []),
  ]
}

/** @returns how long the credit lasts, and whether the call can start */
export function creditFor({ affordable_seconds, hold }: Quote): {
  readonly isEnough: boolean
  readonly text: string
} {
  if (affordable_seconds > 0)
    return { isEnough: true, text: `Your credit lasts ${printSpan(affordable_seconds)}.` }
  return { isEnough: false, text: `Top up to call: the start needs ${printKobo(hold * 100)}.` }
}
