/** Generated tariffs. */
import fc from 'fast-check'
import type { Row } from '../../src/tariffs/core/row'

export const rowOf = (prefix: string, more: Partial<Row> = {}): Row => ({
  id: `r${prefix.slice(1)}${more.type ?? ''}`,
  prefix,
  ...(!more.forbidden && { kobo_per_minute: 1000 }),
  unit_kobo: 100,
  minimum_seconds: 0,
  increment_seconds: 1,
  setup_kobo: 0,
  ...more,
})

/** `count` rows with different prefixes, of seven or eight digits each and none a part of another. */
export const manyRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) =>
    rowOf(`+234${(10_000 + index).toString()}`, { kobo_per_minute: 900 + (index % 700) }),
  )

/** Prefixes of few digits, so that many are parts of others. */
export const prefixes = fc.stringMatching(/^\+(?:[12][12]{0,4})?$/)
export const types = fc.constantFrom(undefined, 'audio', 'video' as const)
