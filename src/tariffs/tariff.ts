import { z } from 'zod'
import { kobo } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { Rate } from '../wallets/core/metering'
import { CALL_TYPES, type CallType } from '../wallets/core/wallet'
import { hasTrunkZero } from './prefix'
import { STANDARD_TARIFF } from './standard-tariff'

const whole = (min: number, max: number) =>
  z
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)

const nameField = z
  .string('must be a name')
  .regex(/^[a-z0-9][a-z0-9._-]{0,49}$/, 'must be a name of lower-case letters, digits and . _ -')

const rowSchema = z
  .strictObject({
    id: nameField,
    prefix: z
      .string('must be a string')
      .regex(
        /^\+(?:[1-9]\d{0,14})?$/,
        'must be + and at most 15 digits, the first not 0; + alone matches every destination',
      )
      .refine((prefix) => !hasTrunkZero(prefix), {
        error: 'never matches: leave out the 0 after the country code',
      }),
    type: z.enum(CALL_TYPES, 'must be audio or video; omit it for both').optional(),
    forbidden: z.literal(true, 'must be true; omit it otherwise').optional(),
    kobo_per_minute: whole(0, 10_000_000).optional(),
    unit_kobo: whole(1, 1_000_000).default(100),
    minimum_seconds: whole(0, 3600).default(0),
    increment_seconds: whole(1, 3600).default(1),
    setup_kobo: whole(0, 10_000_000).default(0),
  })
  .refine((row) => (row.kobo_per_minute === undefined) === (row.forbidden === true), {
    path: ['kobo_per_minute'],
    message: 'must be given unless forbidden is true',
  })

type Row = z.infer<typeof rowSchema>

const tariffSchema = z.strictObject(
  {
    id: nameField,
    version: whole(1, 1_000_000_000),
    rates: z.array(rowSchema, 'must be a list of rows').min(1, 'must have at least one row'),
  },
  'must be an object with id, version and rates',
)

export type Tariff = z.infer<typeof tariffSchema>

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

function repetitions(rows: readonly Row[], what: string, valueOf: (row: Row) => string): string[] {
  return rows.flatMap((row, index) => {
    const first = rows.findIndex((other) => valueOf(other) === valueOf(row))
    return first === index
      ? []
      : [`row ${index + 1} (${row.id}): ${what} as row ${first + 1} (${rows[first]?.id})`]
  })
}

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
    ...repetitions(
      rates,
      'has the same prefix and type',
      ({ prefix, type }) => `${prefix} ${type}`,
    ),
  ]
  if (repeated.length > 0) throw unusable(repeated)
  return parsed.data
}

/**
 * Finds the rate of a call: the row with the longest matching prefix. Of two rows with that prefix, the
 * one for the call's type precedes the one for both types. Refuses `destination_not_allowed` if no row
 * matches or the row forbids the destination.
 * @param phone destination in E.164
 */
export function rateFor(tariff: Tariff, phone: string, type: CallType): Result<Rate> {
  const [row] = tariff.rates
    .filter((row) => phone.startsWith(row.prefix) && (row.type ?? type) === type)
    .toSorted((a, b) => b.prefix.length - a.prefix.length || Number(!a.type) - Number(!b.type))
  if (row?.kobo_per_minute === undefined) return refuse({ code: 'destination_not_allowed' })
  return ok({
    id: `${tariff.id}/${row.id}`,
    version: tariff.version,
    koboPerMinute: kobo(row.kobo_per_minute),
    unitKobo: kobo(row.unit_kobo),
    minimumSeconds: row.minimum_seconds,
    incrementSeconds: row.increment_seconds,
    setupKobo: kobo(row.setup_kobo),
    steps: 'after_minimum',
  })
}
