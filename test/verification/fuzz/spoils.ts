/** Possible flaws of a request to an operation. */
import fc from 'fast-check'
import { isSecured, type Operation } from '../../support/documented'
import { bodySpoils, unaskedBody } from './body-spoils'
import { invalidTexts } from './invalid'
import { MEANINGLESS, meaningOf } from './meaning'
import type { Auth, Flaw, Plan, Spoil } from './plan'
import { bodySchemaOf, parametersIn } from './schema'

const invalid = (what: string, pointer?: string): Flaw =>
  pointer === undefined
    ? { what, statuses: [400] }
    : { what, statuses: [400], pointer: `/${pointer}` }

const set = (plan: Plan, where: string, name: string, value: unknown): Plan => {
  if (where === 'path') return { ...plan, path: { ...plan.path, [name]: value } }
  if (where === 'header') return { ...plan, headers: { ...plan.headers, [name]: value } }
  return { ...plan, query: [...plan.query.filter(([other]) => other !== name), [name, value]] }
}

/** API key of nobody. */
const FORGED_KEY = `Bearer aik_${'x'.repeat(70)}`

const badAuth = (operation: Operation): fc.Arbitrary<Spoil>[] => {
  if (!isSecured(operation)) return []
  const auths: Auth[] = [
    'none',
    'refresh_token',
    'ended',
    ...[
      '',
      'Bearer',
      'Bearer ',
      'Bearer x.y.z',
      'Basic dTpw',
      'Bearer a b',
      FORGED_KEY,
      'x'.repeat(5000),
    ].map((header) => ({ header })),
  ]
  const flaw = { what: 'without a good access token', statuses: [401] }
  return [fc.constantFrom(...auths).map((auth) => (plan) => ({ ...plan, auth, flaw }))]
}

/** Path segments that are not a value of the parameter, percent-encoded or not. */
const badSegments = fc.oneof(
  fc.constantFrom(
    '1',
    'x',
    'null',
    '%00',
    '%E0%A4%A',
    '%',
    '%FF',
    "'%20OR%201=1",
    '0'.repeat(5000),
  ),
  fc.uuid({ version: 4 }).map((uuid) => `${uuid}0`),
  fc.uuid({ version: 4 }).map((uuid) => uuid.replaceAll('-', '')),
)

function badPath(operation: Operation): fc.Arbitrary<Spoil>[] {
  return parametersIn(operation, 'path').map(({ name }) =>
    badSegments.map((raw) => (plan) => ({
      ...set(plan, 'path', name, { raw }),
      flaw: { what: `${name} malformed`, statuses: name === 'uuid' ? [400] : [400, 404] },
    })),
  )
}

function badQuery(operation: Operation): fc.Arbitrary<Spoil>[] {
  return parametersIn(operation, 'query').flatMap(({ name, schema, required }) => {
    const isText = name === 'cursor' || name === 'ticket'
    const bad = invalidTexts(schema).map((value): Spoil => (plan) => ({
      ...set(plan, 'query', name, value),
      flaw: invalid(`bad ${name}`, isText ? undefined : name),
    }))
    const twice = fc.constant<Spoil>((plan) => {
      const [, value = 'x'] = plan.query.find(([other]) => other === name) ?? []
      const once = set(plan, 'query', name, value)
      return { ...once, query: [...once.query, [name, value]], flaw: invalid('twice', name) }
    })
    const left: Spoil = (plan) => ({
      ...plan,
      query: plan.query.filter(([other]) => other !== name),
      flaw: invalid('left out', name),
    })
    return [bad, twice, ...(required ? [fc.constant(left)] : [])]
  })
}

function badKey(operation: Operation): fc.Arbitrary<Spoil>[] {
  const name = 'idempotency-key'
  if (!parametersIn(operation, 'header').some((parameter) => parameter.name === name)) return []
  const values = fc.oneof(
    fc.constantFrom('', ' ', 'k'.repeat(256), 'k'.repeat(4000)),
    fc.constantFrom('a, a', 'a,a', ',', ', a', 'a\tb', 'a\u0001b', 'a\u007fb', 'clé', '😀'),
    fc.string({ minLength: 1, maxLength: 20 }).map((key) => `${key},${key}`),
  )
  return [
    values.map((value) => (plan) => ({
      ...set(plan, 'header', name, value),
      flaw: invalid('bad key', name),
    })),
  ]
}

/** Well-formed identifiers of nothing, or of another user's resource. */
function meaningless(operation: Operation): fc.Arbitrary<Spoil>[] {
  const { operationId } = operation
  const inParameters = (operation.parameters ?? []).map(({ name, in: where }) => ({ name, where }))
  const inBody = Object.keys(bodySchemaOf(operation)?.properties ?? {}).map((name) => ({
    name,
    where: 'body',
  }))
  return [...inParameters, ...inBody].flatMap(({ name, where }) => {
    const found = meaningOf(MEANINGLESS, operationId, name)
    if (!found) return []
    return [
      found.values.map((value): Spoil => (plan) => ({
        ...(where === 'body'
          ? { ...plan, json: { ...(plan.json as object), [name]: value } }
          : set(plan, where, name, value)),
        flaw: { what: `meaningless ${name}`, statuses: found.statuses },
      })),
    ]
  })
}

function badSocket({ responses }: Operation): fc.Arbitrary<Spoil>[] {
  if (!('101' in responses)) return []
  const without: Spoil = (plan) => ({
    ...plan,
    headers: { ...plan.headers, Upgrade: 'h2c' },
    flaw: { what: 'not a WebSocket', statuses: [426] },
  })
  const origins = fc.constantFrom(
    'https://evil.example',
    'null',
    'http://localhost:8787.evil.example',
  )
  return [
    fc.constant(without),
    origins.map((Origin) => (plan) => ({
      ...plan,
      headers: { ...plan.headers, Origin },
      flaw: { what: 'a page of another origin', statuses: [403] },
    })),
  ]
}

/** Empty for an operation without input. */
export const spoils = (operation: Operation): fc.Arbitrary<Spoil>[] => [
  ...badAuth(operation),
  ...badPath(operation),
  ...badQuery(operation),
  ...badKey(operation),
  ...meaningless(operation),
  ...badSocket(operation),
  ...bodySpoils(operation),
  ...unaskedBody(operation),
]
