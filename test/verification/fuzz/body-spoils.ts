/** Flaws of a body: in its fields, form, media type or size. */
import type { Schema } from '@cfworker/json-schema'
import fc from 'fast-check'
import type { Operation } from '../../support/documented'
import { invalidValues } from './invalid'
import type { Flaw, Plan, Spoil } from './plan'
import { bodySchemaOf, fieldsOf, isValid, resolve, typesOf } from './schema'

const LIMIT_BYTES = 64 * 1024
const WEBHOOK_LIMIT_BYTES = 256 * 1024

const invalid = (what: string, pointer?: string): Flaw =>
  pointer === undefined ? { what, statuses: [400] } : { what, statuses: [400], pointer }

/** Also works for names such as `__proto__`, which an object literal treats specially. */
const withField = (plan: Plan, name: string, value: unknown): Plan => ({
  ...plan,
  json: Object.defineProperty({ ...(plan.json as object) }, name, { value, enumerable: true }),
})

const withText = (plan: Plan, text: string, flaw: Flaw) => ({ ...plan, text, flaw })

const UNKNOWN = [
  'id',
  'uuid',
  'user_uuid',
  'balance',
  'status',
  'amount_paid',
  'role',
  'token_version',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '0',
  'a/b',
  '~',
  'Email',
  'AMOUNT',
  'email ',
  'amount\u0000',
  '\ud800',
]

const BROKEN = [
  '',
  ' ',
  '{',
  '}',
  '{}{}',
  '{},',
  "{'a':1}",
  '{"a":1,}',
  '{a:1}',
  '{"a":01}',
  '{"a":NaN}',
  '{"a":undefined}',
  '{"a":Infinity}',
  '{"a":"\n"}',
  '{"a":1}//',
  '\u0000',
  'a=1',
  '<a/>',
  '\\',
]

const NOT_OBJECTS = ['[]', 'null', '"x"', '5', 'true', '[{}]', '""', '[[]]', '-0', '1e400']

const MEDIA_TYPES = [
  'text/plain',
  'text/json',
  'application/xml',
  'application/jsonp',
  'application/json5',
  'json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/ld+json',
  'application/problem+json',
  'application/vnd.api+json',
  'application/merge-patch+json',
  'x/y;z',
]

const LONE = ['\ud800', 'a\udc00b', 'abcdefgh\udfff', '\ud800'.repeat(9)]

const NESTED = '['.repeat(17) + ']'.repeat(17)

const tooLarge =
  (beyondBytes: number): Spoil =>
  (plan) => ({ ...plan, beyondBytes, flaw: { what: 'too large', statuses: [413] } })

/** Fields whose refusal has a code of its own, which names the field. */
const WITH_OWN_CODE = new Set(['url'])

const invalidField = (what: string, name: string): Flaw =>
  invalid(what, WITH_OWN_CODE.has(name) ? undefined : `/${name}`)

function fieldSpoils(schema: Schema): fc.Arbitrary<Spoil>[] {
  const fields = fieldsOf(schema)
  const known = new Set(fields.map(([name]) => name))
  const texts = fields.filter(([, field]) => typesOf(resolve(field)).includes('string'))
  const unknown = fc.oneof(fc.constantFrom(...UNKNOWN), fc.string({ unit: 'binary' }))
  return [
    ...fields.map(([name, field]) =>
      invalidValues(field).map((value): Spoil => (plan) => ({
        ...withField(plan, name, value),
        flaw: invalidField(`bad ${name}`, name),
      })),
    ),
    ...(schema.required ?? []).map((name) =>
      fc.constant((plan: Plan) => ({
        ...withField(plan, name, undefined),
        flaw: invalid(`${name} left out`, `/${name}`),
      })),
    ),
    ...texts.map(([name]) =>
      fc.constantFrom(...LONE).map((text): Spoil => (plan) => ({
        ...withField(plan, name, text),
        flaw: { what: `${name} is not Unicode`, statuses: [400, 401] },
      })),
    ),
    fc
      .tuple(
        unknown.filter((name) => !known.has(name)),
        fc.jsonValue({ maxDepth: 2 }),
      )
      .map(([name, value]) => (plan) => ({
        ...withField(plan, name, value),
        flaw: invalid('unknown field'),
      })),
    fc.constantFrom(...fields).map(([name]) => (plan) => ({
      ...withField(plan, name, JSON.parse(NESTED)),
      flaw: invalid('too deep'),
    })),
  ]
}

/** A missing body counts as an empty object. */
const withoutBody = (schema: Schema): fc.Arbitrary<Spoil>[] =>
  isValid(schema, {})
    ? []
    : [fc.constant((plan) => ({ ...plan, json: undefined, flaw: invalid('no body') }))]

function formSpoils(schema: Schema): fc.Arbitrary<Spoil>[] {
  return [
    fc.constantFrom(...BROKEN).map((text) => (plan) => withText(plan, text, invalid('no JSON'))),
    fc.double({ min: 0, max: 0.999, noNaN: true }).map((part) => (plan) => {
      const text = JSON.stringify(plan.json)
      return withText(plan, text.slice(0, Math.floor(part * text.length)), invalid('cut off'))
    }),
    fc
      .constantFrom(...NOT_OBJECTS)
      .map((text) => (plan) => withText(plan, text, invalid('no object'))),
    fc.constantFrom(...MEDIA_TYPES).map((contentType) => (plan) => ({
      ...plan,
      contentType,
      flaw: { what: 'another media type', statuses: [415] },
    })),
    ...withoutBody(schema),
  ]
}

export function bodySpoils(operation: Operation): fc.Arbitrary<Spoil>[] {
  const schema = bodySchemaOf(operation)
  if (!schema) return []
  if (fieldsOf(schema).length === 0) return [fc.constant(tooLarge(WEBHOOK_LIMIT_BYTES))]
  return [...fieldSpoils(schema), ...formSpoils(schema), fc.constant(tooLarge(LIMIT_BYTES))]
}

/** An unexpected body is ignored, but its size is limited. */
export function unaskedBody({ method, requestBody }: Operation): fc.Arbitrary<Spoil>[] {
  if (requestBody || method === 'GET') return []
  return [
    fc.constant(tooLarge(LIMIT_BYTES)),
    fc.constant((plan) => withText(plan, NESTED, invalid('too deep'))),
  ]
}
