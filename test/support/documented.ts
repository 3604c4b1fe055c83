/** The OpenAPI document for the tests: every route, a valid request to each, and its declared responses. */
import { type Schema, Validator } from '@cfworker/json-schema'
import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'

export const ORIGIN = 'http://localhost:8787'

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

interface ResponseRef {
  readonly $ref: string
}

interface Described {
  readonly operationId: string
  readonly description: string
  readonly tags: readonly string[]
  readonly security: readonly object[]
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> }
  readonly parameters?: readonly Parameter[]
  readonly responses: Record<string, DocumentedAnswer | ResponseRef>
}

export interface MediaType {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>
}

interface DocumentedAnswer {
  readonly content?: Readonly<Record<string, MediaType>>
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>
}

export interface Operation extends Described {
  readonly method: string
  readonly path: string
}

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Described>>
  readonly components: {
    readonly schemas: Record<string, Schema>
    readonly responses: Record<string, DocumentedAnswer>
    readonly headers: Record<string, { readonly schema: Schema }>
    readonly examples: Record<string, { readonly value: unknown }>
  }
}

const response = await exports.default.fetch(new Request(`${ORIGIN}/openapi.json`))
export const document: Document = await response.json()

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
)

/** Reports whether the operation needs an access token. */
export const isSecured = ({ security }: Described): boolean =>
  security.some((requirement) => 'bearerAuth' in requirement)

export const secured = operations.filter(isSecured)

export const fill = (path: string, value: string): string => path.replaceAll(/\{\w+\}/g, value)

const CREDENTIAL = { id: 'eA', rawId: 'eA', type: 'public-key', clientExtensionResults: {} }
const ASSERTION = {
  ...CREDENTIAL,
  response: { clientDataJSON: 'e30', authenticatorData: 'eA', signature: 'eA' },
}
const ATTESTATION = {
  ...CREDENTIAL,
  response: { clientDataJSON: 'e30', attestationObject: 'eA' },
}

/** Valid input of the operations that need one. */
const SAMPLES: Record<string, { readonly query?: string; readonly body?: object }> = {
  inviteToCall: { body: {} },
  createKey: { body: { name: 'Accounting', scopes: ['calls:read'] } },
  createEndpoint: { body: { url: 'https://receiver.example/hook' } },
  changeEndpoint: { body: {} },
  testEndpoint: { body: {} },
  replayEvents: { body: { from: 1, to: 2 } },
  registerUser: { body: { email: 'somebody@example.com', password: 'correct horse battery' } },
  logIn: { body: { email: 'somebody@example.com', password: 'correct horse battery' } },
  refreshSession: { body: { refresh_token: 'x.y.z' } },
  changePassword: {
    body: { current_password: 'one long enough', new_password: 'and another one' },
  },
  changeProfile: { body: { first_name: 'Ada' } },
  requestPasswordReset: { body: { email: 'somebody@example.com' } },
  resetPassword: { body: { token: 'x', new_password: 'correct horse battery' } },
  confirmEmail: { body: { token: 'x' } },
  restoreEmail: { body: { token: 'x' } },
  requestEmailChange: { body: { email: 'somebody@example.com', password: 'one long enough' } },
  logInByPasskey: { body: { passkey: ASSERTION } },
  addPasskey: { body: { name: 'Phone', passkey: ATTESTATION } },
  confirmIdentity: { body: { password: 'one long enough' } },
  createPayment: { body: { amount: 50, method: 'monnify' } },
  createRefund: { body: { amount: 100, reason: 'Paid twice' } },
  startCall: { body: { recipient_phone: '+2348031234567' } },
  quoteCall: { query: '?phone=%2B2348031234567' },
  receiveMonnifyEvent: { body: {} },
}

/** @returns a valid request. @throws if the operation needs a body and `SAMPLES` has none */
export function sampleOf(operation: Operation, id: string = crypto.randomUUID()) {
  const { query = '', body } = SAMPLES[operation.operationId] ?? {}
  if (operation.requestBody && !body) throw new Error(`no sample for ${operation.operationId}`)
  return { method: operation.method, path: `${fill(operation.path, id)}${query}`, body }
}

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)

const patterns = operations.map((operation) => ({ operation, pattern: pattern(operation.path) }))

const operationFor = (method: string, path: string): Operation | undefined =>
  patterns
    .filter(({ operation, pattern }) => operation.method === method && pattern.test(path))
    .map(({ operation }) => operation)
    .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0]

/** Headers of every response, which `holdToConventions` checks. */
const HEADERS_OF_ALL = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'cache-control',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'origin-agent-cluster',
  'referrer-policy',
  'strict-transport-security',
  'vary',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
])

/** Headers that any response may have, even if its operation does not declare them. */
const COMMON = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Retry-After']

const findResponse = ({ responses }: Described, status: number): DocumentedAnswer | undefined => {
  const found = responses[String(status)]
  if (!found || !('$ref' in found)) return found
  return document.components.responses[found.$ref.split('/').at(-1) ?? '']
}

/** A problem may have the headers that the operation's success has. */
const headersOf = (operation: Operation, status: number): string[] =>
  [status, 200, 201].flatMap((each) => Object.keys(findResponse(operation, each)?.headers ?? {}))

/** Requires that every other header is declared and valid. */
function holdHeaders(where: string, sent: Headers, declared: readonly string[]) {
  const names = new Map([...COMMON, ...declared].map((name) => [name.toLowerCase(), name]))
  for (const [name, value] of sent) {
    if (HEADERS_OF_ALL.has(name)) continue
    const schema = document.components.headers[names.get(name) ?? '']?.schema
    expect(schema, `${where} with ${name}, which is not declared`).toBeDefined()
    const { type = '' } = schema ?? {}
    const read = type === 'integer' ? Number(value) : value
    expect(validatorOf(schema as Schema).validate(read).valid, `${where}, ${name}: ${value}`).toBe(
      true,
    )
  }
}

const validators = new Map<Schema, Validator>()

export function validatorOf(schema: Schema): Validator {
  const known = validators.get(schema)
  if (known) return known
  const whole = { ...schema, components: document.components } as Schema
  const made = new Validator(whole, '2020-12', false)
  validators.set(schema, made)
  return made
}

/** Checks that a documented route's response is declared, and valid for its schema. */
export function holdToDocument(
  method: string,
  path: string,
  answer: { status: number; headers: Headers; body: unknown; text: string },
): void {
  const operation = operationFor(method, path.split('?')[0] ?? '')
  if (!operation || answer.status === 101) return
  const where = `${method} ${operation.path} returned ${answer.status}`
  const declared = findResponse(operation, answer.status)
  expect(declared, `${where}, which is not declared`).toBeDefined()
  holdHeaders(where, answer.headers, headersOf(operation, answer.status))
  const type = answer.headers.get('Content-Type')?.split(';')[0] ?? ''
  if (!declared?.content) return expect(answer.text, where).toBe('')
  const schema = declared.content[type]?.schema
  expect(schema, `${where} as ${type}, which is not declared`).toBeDefined()
  if (!schema || type === 'text/csv') return
  const { valid, errors } = validatorOf(schema).validate(answer.body)
  expect(valid ? [] : errors, where).toEqual([])
}
