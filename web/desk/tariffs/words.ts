/** Words and figures of tariffs. Pure. */
import type { RowBody, VersionBody } from '../../../src/operators/tariffs/types'
import { printExactKobo, printKobo } from '../../shared/print'

type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'live'

/** State of a version, as people name it. */
export function stateOf(
  { state, is_in_effect: isInEffect, effective_at: at }: VersionBody,
  nowMs: number,
): readonly [word: string, tone: Tone] {
  if (isInEffect) return ['In effect', 'good']
  if (state === 'draft') return ['Draft', 'warn']
  if (state === 'withdrawn') return ['Withdrawn', 'quiet']
  return Date.parse(at) > nowMs ? ['Approved, not in effect yet', 'live'] : ['Replaced', 'quiet']
}

/** `1000` becomes `₦10.00 a minute`; null is a forbidden destination. */
export const priceOf = (row: Pick<RowBody, 'kobo_per_minute'> | null): string => {
  if (!row) return '–'
  return row.kobo_per_minute === null ? 'Forbidden' : printExactKobo(row.kobo_per_minute)
}

/** Rounding of a row, such as `at least 60 s, then by 6 s`. */
export function stepsOf(row: RowBody): string {
  const { minimum_seconds: minimum, increment_seconds: increment, setup_kobo: setup } = row
  const parts = [
    minimum > 0 && `at least ${minimum} s`,
    increment > 1 && `by ${increment} s`,
    setup > 0 && `${printKobo(setup)} set-up`,
  ].filter(Boolean)
  return parts.length === 0 ? 'by the second' : parts.join(', ')
}

/** Signed difference in percent, such as `+12.5 %`. */
export function changeOf(before: number, after: number): string {
  if (before === 0) return ''
  const percent = ((after - before) / before) * 100
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`
}
