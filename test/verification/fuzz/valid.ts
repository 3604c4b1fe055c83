/** Values that a schema allows, including its limits. */
import type { Schema } from '@cfworker/json-schema'
import fc from 'fast-check'
import { fieldsOf, isValid, resolve, typesOf } from './schema'

const MAX_LENGTH = 100

const email = fc.stringMatching(
  /^[a-zA-Z0-9_]{1,12}([.+'-][a-z0-9]{1,8})?@([a-z0-9]{1,8}\.){1,2}[a-z]{2,5}$/,
)

const time = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-02'),
      max: new Date('9999-12-30'),
      noInvalidDate: true,
    }),
    fc.constantFrom('Z', '+00:00', '+01:00', '-11:30', '+14:00', '-23:59'),
    fc.constantFrom('', '.0', '.123', '.123456789'),
  )
  .map(([date, offset, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}${offset}`)

/** HTTPS addresses at names that nobody has. */
const uri = fc.stringMatching(
  /^https:\/\/([a-z0-9]{1,9}\.){1,3}example(\/[a-zA-Z0-9._~-]{1,9}){0,3}(\?[a-z]{1,5}=[a-z0-9]{0,5})?$/,
)

const FORMATS: Record<string, fc.Arbitrary<string>> = {
  email,
  uri,
  'date-time': time,
  uuid: fc.oneof(
    fc.uuid({ version: 4 }),
    fc.uuid({ version: 4 }).map((uuid) => uuid.toUpperCase()),
  ),
}

/** Longest and shortest texts, in characters of one, two and four bytes. */
const borderTexts = ({ minLength = 0, maxLength = MAX_LENGTH }: Schema): string[] =>
  ['a', 'ọ', '𝒳'].flatMap((letter) => [letter.repeat(minLength), letter.repeat(maxLength)])

/** Patterns that begin with certain letters, which no other text has by chance. */
const BEGINS_WITH_LETTERS = /^\^\(?[a-z]/

function texts(schema: Schema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = MAX_LENGTH, format = '', pattern = '' } = schema
  const formed = FORMATS[format]
  if (formed) return formed
  if (BEGINS_WITH_LETTERS.test(pattern)) return fc.stringMatching(new RegExp(pattern))
  const size = { minLength, maxLength: Math.min(maxLength, MAX_LENGTH) }
  return fc.oneof(
    fc.string(size),
    fc.string({ ...size, unit: 'grapheme' }),
    fc.string({ ...size, unit: 'binary' }),
    fc.constantFrom(...borderTexts(schema)),
  )
}

const numbers = ({ minimum = 0, maximum = 2 ** 31 - 1 }: Schema): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) }),
    fc.constantFrom(minimum, maximum),
  )

function objects(schema: Schema): fc.Arbitrary<object> {
  const values = Object.fromEntries(
    fieldsOf(schema).map(([name, field]) => [name, validValues(field)]),
  )
  return fc.record(values, { requiredKeys: schema.required ?? [] })
}

function arrays({ items, maxItems = 3 }: Schema): fc.Arbitrary<unknown[]> {
  if (items === undefined || typeof items === 'boolean') throw new Error('an array without items')
  return fc.array(validValues(items as Schema), { maxLength: maxItems })
}

const typed = (schema: Schema, type: string): fc.Arbitrary<unknown> => {
  if (type === 'string') return texts(schema)
  if (type === 'number' || type === 'integer') return numbers(schema)
  if (type === 'object') return objects(schema)
  if (type === 'array') return arrays(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  throw new Error(`no values of type ${type}`)
}

export function validValues(given: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(given)
  const all = schema.enum
    ? fc.constantFrom(...schema.enum)
    : fc.oneof(...typesOf(schema).map((type) => typed(schema, type)))
  return all.filter((value) => isValid(schema, value))
}
