/** Sentences about prices and credit. Pure. */
import type { Quote } from '../../client/client'
import { printDuration, printKobo } from '../shared/print'
import type { Rate } from './model'

export const ratePerMinute = ({ kobo_per_minute }: Pick<Rate, 'kobo_per_minute'>): string =>
  `${printKobo(kobo_per_minute)} a minute`

/** Everything beyond the price of a minute that a call may cost. */
export function extrasOf(rate: Rate): string[] {
  const { setup_kobo: setup, minimum_seconds: minimum, increment_seconds: step } = rate
  return [
    ...(setup > 0 ? [`${printKobo(setup)} set-up fee`] : []),
    ...(minimum > 1 ? [`at least ${printDuration(minimum)}`] : []),
    ...(step > 1 ? [`in steps of ${printDuration(step)}`] : []),
  ]
}

/** @returns how long the credit lasts, and whether the call can start */
export function creditFor({ affordable_seconds, hold }: Quote): {
  readonly isEnough: boolean
  readonly text: string
} {
  if (affordable_seconds > 0)
    return { isEnough: true, text: `Your credit lasts ${printDuration(affordable_seconds)}.` }
  return {
    isEnough: false,
    text: `Top up first: starting this call holds ${printKobo(hold * 100)}.`,
  }
}
