import { z } from 'zod'
import { kobo } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { Rate } from '../wallets/core/metering'
import type { CallType } from '../wallets/core/wallet'
import { nameField, reachOf, repetitionsIn, type Row, rowSchema, versionField } from './core/row'
import { findRow, indexRows, type RowIndex } from './core/row-index'
import { STANDARD_TARIFF } from './standard-tariff'

/** Name of the tariffs that operators publish. No setting may have it, because name and version identify a price. */
export const PUBLISHED = 'published'

const tariffSchema = z.strictObject(
  {
    id: nameField.refine((id) => id !== PUBLISHED, `must not be ${PUBLISHED}`),
    version: versionField,
    rates: z.array(rowSchema, 'must be a list of rows').min(1, 'must have at least one row'),
  },
  'must be an object with id, version and rates',
)

/** A tariff whose rates can be looked up. */
export interface Tariff {
  readonly id: string
  readonly version: number
  readonly rates: readonly Row[]
  readonly index: RowIndex<Row>
}

/** @param rates valid rows, each with its own prefix and type */
export const tariffOf = (id: string, version: number, rates: readonly Row[]): Tariff => ({
  id,
  version,
  rates,
  index: indexRows(rates),
})

const unusable = (problems: readonly string[]) =>
  new Error(`AIleana cannot start with this TARIFF:\n${problems.map((p) => `  ${p}`).join('\n')}`)

const QUOTED = /^["'`]|["'`]$/

function fromJson(text: string): unknown {
  if (text.trim() === '') return undefined
  if (QUOTED.test(text.trim()))
    throw unusable(['begins or ends with a quotation mark; remove the quotes'])
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unusable([`is not valid JSON: ${error instanceof Error ? error.message : ''}`])
  }
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const [list, index, ...rest] = issue.path
  const message =
    issue.code === 'unrecognized_keys'
      ? `has an unknown field: ${issue.keys.join(', ')}`
      : issue.message
  if (list !== 'rates' || typeof index !== 'number')
    return [...issue.path, message].map(String).join(' ')
  const id: unknown = (value as { rates: { id?: unknown }[] }).rates[index]?.id
  const name = typeof id === 'string' ? `row ${index + 1} (${id})` : `row ${index + 1}`
  return `${name}: ${[...rest, message].map(String).join(' ')}`
}

const repetitions = (rows: readonly Row[], what: string, valueOf: (row: Row) => string): string[] =>
  repetitionsIn(rows, valueOf).map(
    ({ item, index, first, firstIndex }) =>
      `row ${index + 1} (${item.id}): ${what} as row ${firstIndex + 1} (${first.id})`,
  )

/**
 * Reads and validates the configured tariff.
 * @param configured JSON text or a parsed value; empty or `undefined` for the standard tariff
 * @throws an error that names every unusable row
 */
export function readTariff(configured: unknown): Tariff {
  const given = typeof configured === 'string' ? fromJson(configured) : configured
  const value = given === undefined ? STANDARD_TARIFF : given
  const parsed = tariffSchema.safeParse(value)
  if (!parsed.success) throw unusable(parsed.error.issues.map((issue) => describe(issue, value)))
  const { rates } = parsed.data
  const repeated = [
    ...repetitions(rates, 'has the same id', ({ id }) => id),
    ...repetitions(rates, 'has the same prefix and type', reachOf),
  ]
  if (repeated.length > 0) throw unusable(repeated)
  return tariffOf(parsed.data.id, parsed.data.version, rates)
}

export const rateOf = (tariff: Pick<Tariff, 'id' | 'version'>, row: Row): Rate | undefined =>
  row.kobo_per_minute === undefined
    ? undefined
    : {
        id: `${tariff.id}/${row.id}`,
        version: tariff.version,
        koboPerMinute: kobo(row.kobo_per_minute),
        unitKobo: kobo(row.unit_kobo),
        minimumSeconds: row.minimum_seconds,
        incrementSeconds: row.increment_seconds,
        setupKobo: kobo(row.setup_kobo),
        steps: 'after_minimum',
      }

/**
 * Finds the rate of a call: the row with the longest matching prefix. Of two rows with that prefix, the
 * one for the call's type precedes the one for both types. Refuses `destination_not_allowed` if no row
 * matches or the row forbids the destination.
 * @param phone destination in E.164
 */
export function rateFor(tariff: Tariff, phone: string, type: CallType): Result<Rate> {
  const row = findRow(tariff.index, phone, type)
  const rate = row && rateOf(tariff, row)
  return rate ? ok(rate) : refuse({ code: 'destination_not_allowed' })
}
