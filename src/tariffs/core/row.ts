/** Row of a tariff: the price of all destinations under a prefix. Pure. */
import { z } from 'zod'
import { CALL_TYPES, type CallType } from '../../wallets/core/wallet'
import { hasTrunkZero } from '../prefix'

/** Maximum number of rows of one tariff. */
export const MAX_ROWS = 25_000

const whole = (min: number, max: number) =>
  z
    .int('must be a whole number')
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)

/** Highest price of a minute, and highest set-up fee: 100,000 NGN. */
const MAX_PRICE_KOBO = 10_000_000

export const priceField = whole(0, MAX_PRICE_KOBO)
export const versionField = whole(1, 1_000_000_000)

export const nameField = z
  .string('must be a name')
  .regex(/^[a-z0-9][a-z0-9._-]{0,49}$/, 'must be a name of lower-case letters, digits and . _ -')

export const prefixField = z
  .string('must be a string')
  .regex(
    /^\+(?:[1-9]\d{0,14})?$/,
    'must be + and at most 15 digits, the first not 0; + alone matches every destination',
  )
  .refine((prefix) => !hasTrunkZero(prefix), {
    error: 'never matches: leave out the 0 after the country code',
  })

export const typeField = z.enum(CALL_TYPES, 'must be audio or video; omit it for both').optional()

export const rowSchema = z
  .strictObject({
    id: nameField,
    prefix: prefixField,
    type: typeField,
    forbidden: z.literal(true, 'must be true; omit it otherwise').optional(),
    kobo_per_minute: priceField.optional(),
    unit_kobo: whole(1, 1_000_000).default(100),
    minimum_seconds: whole(0, 3600).default(0),
    increment_seconds: whole(1, 3600).default(1),
    setup_kobo: whole(0, MAX_PRICE_KOBO).default(0),
  })
  .refine((row) => (row.kobo_per_minute === undefined) === (row.forbidden === true), {
    path: ['kobo_per_minute'],
    message: 'must be given unless forbidden is true',
  })

export type Row = z.infer<typeof rowSchema>

/** Destinations of a row of prices or of costs: a prefix, for one type of call or for both. */
export interface Reach {
  readonly prefix: string
  readonly type?: CallType | undefined
}

/** Key of a row's destinations. Two rows of a tariff never have the same. */
export const reachOf = ({ prefix, type }: Reach): string => `${prefix} ${type ?? ''}`

/** A repetition within a list: the later item and the first one with the same key. */
export interface Repetition<T> {
  readonly item: T
  readonly index: number
  readonly first: T
  readonly firstIndex: number
}

/** Finds items with the key of an earlier one, in one pass. */
export function repetitionsIn<T>(items: readonly T[], keyOf: (item: T) => string): Repetition<T>[] {
  const firsts = new Map<string, number>()
  return items.flatMap((item, index) => {
    const key = keyOf(item)
    const firstIndex = firsts.get(key)
    const first = firstIndex === undefined ? undefined : items[firstIndex]
    if (firstIndex !== undefined && first !== undefined) return [{ item, index, first, firstIndex }]
    firsts.set(key, index)
    return []
  })
}
