/** Values that a schema does not allow, according to its validator. */
import type { Schema } from '@cfworker/json-schema'
import fc from 'fast-check'
import { isValid, resolve } from './schema'
import { validValues } from './valid'

/** Serialises as this text, which no JavaScript value does. */
export const rawJson = (text: string): unknown =>
  (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(text)

const OF_OTHER_TYPES = [null, true, false, 0, 1, -1, '', 'x', '5', 'NaN', [], [[]], {}, { a: 1 }]

const NUMBERS = [-0, -1, 0.001, 1.005, 10.999, 1e-9, 2 ** 53, 2 ** 53 + 2, 1e21, -(2 ** 53)]

const RAW_NUMBERS = ['1e400', '-1e400', '-0', '99999999999999999999999999']

const TEXTS = [
  ' ',
  '\u0000',
  'a\u0000b',
  'a\u001fb',
  'a\nb',
  'a\u007fb',
  'x'.repeat(10_000),
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '1e3',
  '0x10',
  '1.5',
  '-1',
  'undefined',
  'AUDIO',
  'Audio',
  'audio ',
]

const BAD_FORMATS: Record<string, readonly string[]> = {
  email: [
    'a',
    'a@',
    '@example.com',
    'a@b@example.com',
    'a b@example.com',
    'a@example..com',
    'a@-',
    'a\u0000@example.com',
  ],
  'date-time': [
    'now',
    '2026-03-14',
    '2026-03-14T10:15:30',
    '2026-03-14T10:15Z',
    '2026-03-14 10:15:30Z',
    '2026-02-30T10:15:30Z',
    '2026-13-01T10:15:30Z',
    '2026-03-14T25:00:00Z',
    '2026-03-14T10:15:30+25:00',
    '14.03.2026',
    '1773483330',
    '20260314T101530Z',
    '+012026-03-14T10:15:30Z',
    '2026-03-14T10:15:30Z; DROP TABLE calls',
  ],
  uuid: [
    '1',
    'x',
    'null',
    '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a5',
    '3f0b8c1e6f645e0a9b1c2f4f8f3f7a55',
  ],
}

const tooLong = ({ maxLength }: Schema): string[] =>
  maxLength === undefined ? [] : ['a', 'ọ', '𝒳'].map((letter) => letter.repeat(maxLength + 1))

const tooShort = ({ minLength = 0 }: Schema): string[] =>
  minLength < 1 ? [] : ['a', '𝒳'].map((letter) => letter.repeat(minLength - 1))

const beyond = ({ minimum, maximum }: Schema): number[] => [
  ...(minimum === undefined ? [] : [minimum - 1, minimum - 0.001]),
  ...(maximum === undefined ? [] : [maximum + 0.01, maximum + 1, maximum * 10]),
]

const textsAgainst = (schema: Schema): string[] => [
  ...TEXTS,
  ...(BAD_FORMATS[schema.format ?? ''] ?? []),
  ...tooLong(schema),
  ...tooShort(schema),
]

const listed = (schema: Schema): unknown[] =>
  [...OF_OTHER_TYPES, ...NUMBERS, ...beyond(schema), ...textsAgainst(schema)].filter(
    (value) => !isValid(schema, value) && !isAcceptedTrimmed(schema, value),
  )

/** Surrounding spaces and line breaks are removed before validation. */
const isAcceptedTrimmed = (schema: Schema, value: unknown): boolean =>
  typeof value === 'string' && isValid(schema, value.trim())

/** Values for a field of a body. */
export function invalidValues(given: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(given)
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...listed(schema)) },
    fc
      .constantFrom(...RAW_NUMBERS)
      .filter((text) => !isValid(schema, Number(text)))
      .map((text) => rawJson(text)),
    fc
      .string({ unit: 'binary' })
      .map((text) => (isValid(schema, text) || isAcceptedTrimmed(schema, text) ? [text] : text)),
    fc.double().filter((number) => Number.isFinite(number) && !isValid(schema, number)),
    fc.array(validValues(schema), { minLength: 1, maxLength: 3 }),
  )
}

/** Texts that look like whole numbers, but are not. */
const NO_INTEGERS = [
  '',
  ' 5',
  '5 ',
  '+5',
  '-0',
  '5.0',
  '5.5',
  '1e1',
  '0x10',
  '0b11',
  '1_0',
  '1,2',
  '٥',
  'NaN',
  'Infinity',
  'true',
  'null',
  '5\u0000',
  '9007199254740993',
  '-9007199254740993',
]

/** Texts for a parameter of any type. */
export function invalidTexts(given: Schema): fc.Arbitrary<string> {
  const schema = resolve(given)
  if (![schema.type].flat().includes('integer'))
    return fc.constantFrom(...textsAgainst(schema).filter((text) => !isValid(schema, text)))
  const numbers = beyond(schema).map(String)
  return fc
    .oneof(fc.constantFrom(...NO_INTEGERS, ...numbers), fc.string({ unit: 'binary' }))
    .filter((text) => !/^\d+$/.test(text) || !isValid(schema, Number(text)))
}
