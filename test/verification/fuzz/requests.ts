/** Valid requests to an operation, and requests with one flaw. */
import type { Schema } from '@cfworker/json-schema'
import fc from 'fast-check'
import { isSecured, type Operation, type Parameter } from '../../support/documented'
import { MEANINGFUL, MEANINGFUL_BODIES, meaningOf } from './meaning'
import type { Plan } from './plan'
import { bodySchemaOf, fieldsOf, parametersIn } from './schema'
import { spoils } from './spoils'
import { validValues } from './valid'

const asText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value)

/** Header values of the declared alphabet. */
const headerValues = ({ pattern = '^[!-~]+$', maxLength = 255 }: Schema) =>
  fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length > 0 && length <= maxLength)

function parameterValues(operation: Operation, { name, in: where, schema }: Parameter) {
  const meant = meaningOf(MEANINGFUL, operation.operationId, name)
  if (meant) return meant
  return where === 'header'
    ? headerValues(schema)
    : validValues(schema)
        .filter((value) => value !== null)
        .map(asText)
}

function parameters(operation: Operation, where: string) {
  const all = parametersIn(operation, where)
  const values = all.map((one) => [one.name, parameterValues(operation, one)] as const)
  const required = all.filter((one) => one.required || meantToBeThere.has(one.name))
  return fc.record<Record<string, unknown>>(Object.fromEntries(values), {
    requiredKeys: required.map(({ name }) => name),
  })
}

/** Optional in the document, because a missing one is refused like a wrong one. */
const meantToBeThere = new Set(['ticket', 'monnify-signature', 'confirmation'])

function bodies(operation: Operation): fc.Arbitrary<unknown> {
  const schema = bodySchemaOf(operation)
  if (!schema) return fc.constant(undefined)
  const whole = MEANINGFUL_BODIES[operation.operationId]
  if (whole) return whole
  if (fieldsOf(schema).length === 0 && schema.additionalProperties !== false)
    return fc.dictionary(fc.string(), fc.jsonValue())
  const meant = fieldsOf(schema).flatMap(([name]) => {
    const values = meaningOf(MEANINGFUL, operation.operationId, name)
    return values ? [[name, values] as const] : []
  })
  return fc
    .tuple(validValues(schema), fc.record(Object.fromEntries(meant)))
    .map(([body, fields]) => ({ ...(body as object), ...fields }))
}

/** Headers that any request may have and that change nothing. */
const noise = fc.record(
  {
    'X-Request-Id': fc.string(),
    Accept: fc.constantFrom('*/*', 'application/json', 'text/csv', 'text/html', 'x', ''),
    'User-Agent': fc.stringMatching(/^[ -~]{0,300}$/),
    'Accept-Language': fc.constantFrom('yo', '*', 'en;q=x'),
    Cookie: fc.constantFrom('a=b', '__proto__=1'),
  },
  { requiredKeys: [] },
)

const unknownQuery = fc.array(
  fc.tuple(fc.constantFrom('x', '__proto__', 'constructor', 'LIMIT', ''), fc.string()),
  { maxLength: 1 },
)

const contentTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON',
)

const isSocket = ({ responses }: Operation): boolean => '101' in responses

export const validPlans = (operation: Operation): fc.Arbitrary<Plan> =>
  fc
    .record({
      path: parameters(operation, 'path'),
      query: parameters(operation, 'query'),
      header: parameters(operation, 'header'),
      json: bodies(operation),
      noise,
      unknownQuery,
      contentType: contentTypes,
    })
    .map(({ path, query, header, json, contentType, ...rest }) => ({
      auth: isSecured(operation) ? 'own' : 'none',
      path,
      query: [...rest.unknownQuery, ...Object.entries(query)],
      headers: {
        ...rest.noise,
        ...header,
        ...(isSocket(operation) ? { Upgrade: 'websocket' } : {}),
      },
      json,
      contentType,
    }))

/** Two of three plans have a flaw, if the operation allows one. */
export function plans(operation: Operation): fc.Arbitrary<Plan> {
  const valid = validPlans(operation)
  const flaws = spoils(operation)
  if (flaws.length === 0) return valid
  const spoilt = fc.tuple(valid, fc.oneof(...flaws)).map(([plan, spoil]): Plan => spoil(plan))
  return fc.oneof({ weight: 1, arbitrary: valid }, { weight: 2, arbitrary: spoilt })
}
