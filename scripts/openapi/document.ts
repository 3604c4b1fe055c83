/**
 * Builds the OpenAPI document from the routes' declarations and the responses that all operations share.
 * `npm run openapi` writes it to docs/openapi.json, which the service serves.
 */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { HEADERS, type HeaderName, headerRefs } from '../../src/http/documented-headers'
import { PROBLEMS, type ProblemCode } from '../../src/http/problems'
import type { AppEnv } from '../../src/http/router'
import { completeExample, type Schema, type Schemas } from './examples'
import {
  describeWebhooks,
  registerEventSchemas,
  WEBHOOK_PARAMETERS,
  WEBHOOK_RESPONSES,
  withEventSchemasLast,
} from './webhooks'

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'AIleana',
    version: '0.1.0',
    description:
      'API for prepaid calls: accounts, wallets, payments through Monnify, and calls metered to the second. ' +
      'Amounts are naira with at most two decimal places, times are RFC 3339 in UTC, and errors are problems (RFC 9457).\n\n' +
      'Every response has the header `X-Request-Id`. If rate limits apply to the request, it also has `RateLimit` and ' +
      '`RateLimit-Policy`. A method that the resource does not support returns 405 (`method_not_allowed`) with the header `Allow`. ' +
      'Pages of the origins in `ALLOWED_ORIGINS` may send requests (CORS).',
    license: { name: 'MIT', identifier: 'MIT' },
    contact: { name: 'The maintainers of AIleana' },
  },
  servers: [
    /** First, because many tools do not support relative URLs. A running service lists its own URL first. */
    {
      url: 'http://localhost:8787',
      description: 'Local service, from `npm start`.',
      'x-internal': false,
    },
    {
      url: '/',
      description: 'Host that serves this document, local or production.',
      'x-internal': false,
    },
  ],
  tags: [
    { name: 'Accounts', description: 'Registration, log-in and sessions.' },
    { name: 'Keys', description: 'API keys for your own programs.' },
    { name: 'Wallets', description: 'Balances, holds and transactions.' },
    { name: 'Payments', description: 'Top-ups through Monnify, and transfers between wallets.' },
    { name: 'Receipts', description: 'Signed receipts and statements.' },
    { name: 'Calls', description: 'Calls, paid from call credits.' },
    { name: 'Rates', description: 'Public prices of calls.' },
    { name: 'Events', description: 'Streams of events, to catch up from.' },
    { name: 'Endpoints', description: 'Receivers of events: signed deliveries.' },
    { name: 'Webhooks', description: 'Events from Monnify.' },
    { name: 'Health', description: 'State of the service.' },
  ],
}

const SECURITY_SCHEMES = {
  bearerAuth: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The `access_token` from `POST /auth/login`: a JWT with one fixed algorithm, a type, an issuer and an audience (RFC8725).',
  },
  /** The roles of a requirement are the key's scopes (OpenAPI 3.1). */
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'aik_',
    description:
      'An API key from `POST /keys`, with the scope that the operation names. Operations without a scope accept no key.',
  },
}

type Headers = Readonly<Record<string, { readonly $ref: string }>>

interface MediaType {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, object>>
}

interface Answer {
  readonly description: string
  readonly headers?: Headers
  readonly content?: Readonly<Record<string, MediaType>>
}

interface Parameter {
  readonly description?: string
  readonly schema: Schema
}

interface Operation {
  readonly description?: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> }
  readonly responses: Readonly<Record<string, Answer>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Schemas }
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T, name: string) => U) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]))

const PROBLEM_TYPE = 'application/problem+json'

const PROBLEM_SCHEMA = { $ref: '#/components/schemas/Problem' }

/** Every operation may return this, whether or not it declares it. */
const RATE_LIMITED: Answer = {
  description: `${PROBLEMS.rate_limited.title} (\`rate_limited\`)`,
  content: {
    [PROBLEM_TYPE]: {
      schema: PROBLEM_SCHEMA,
      examples: { rate_limited: { $ref: '#/components/examples/rate_limited' } },
    },
  },
}

/** Headers of problems, each declared only where a client needs it. */
const HEADERS_OF_STATUS: Readonly<Record<string, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  426: ['Upgrade'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  500: ['X-Request-Id'],
}

const exampled = (content: Readonly<Record<string, MediaType>>, schemas: Schemas) =>
  mapValues(content, (media) =>
    media.examples
      ? media
      : { ...media, example: completeExample(media.example, media.schema, schemas) },
  )

/** A problem that also names the scheme that the resource requires (RFC 6750 section 3.1). */
const CHALLENGED = '#/components/examples/insufficient_scope'

const headersFor = (status: string, answer: Answer): readonly HeaderName[] =>
  JSON.stringify(answer).includes(`"${CHALLENGED}"`)
    ? ['WWW-Authenticate']
    : (HEADERS_OF_STATUS[status] ?? [])

const withHeaders = (status: string, answer: Answer): Answer => {
  const headers = { ...answer.headers, ...headerRefs(...headersFor(status, answer)) }
  return Object.keys(headers).length === 0 ? answer : { ...answer, headers }
}

/** A parameter's schema repeats the description of the parameter. */
const withoutRepeat = (parameter: Parameter): Parameter => {
  const { description: _, ...schema } = parameter.schema
  return { ...parameter, schema }
}

/** Code of a response that stands for one problem only. */
function soleProblemOf({ content }: Answer): string | undefined {
  const codes = Object.keys(content?.[PROBLEM_TYPE]?.examples ?? {})
  return codes.length === 1 ? codes[0] : undefined
}

/** Adds the scope to the description, because few readers of the document show the roles of a requirement. */
function describeScope({ description = '', security = [] }: Operation): string {
  const [scope] = security.flatMap((requirement) => requirement['apiKey'] ?? [])
  return scope === undefined
    ? description
    : `${description}\n\nAn API key needs the scope \`${scope}\`.`
}

/**
 * Completes an operation. A response that stands for one problem moves to `shared`, under the problem's
 * code, and the operation refers to it.
 */
function completed(operation: Operation, schemas: Schemas, shared: Map<string, Answer>) {
  const { parameters, requestBody } = operation
  const responses = { 429: RATE_LIMITED, ...operation.responses }
  return {
    ...operation,
    description: describeScope(operation),
    ...(parameters && { parameters: parameters.map(withoutRepeat) }),
    ...(requestBody && {
      requestBody: { ...requestBody, content: exampled(requestBody.content, schemas) },
    }),
    responses: mapValues(responses, (answer, status) => {
      const whole = withHeaders(status, {
        ...answer,
        ...(answer.content && { content: exampled(answer.content, schemas) }),
      })
      const code = soleProblemOf(whole)
      if (code === undefined) return whole
      shared.set(code, whole)
      return { $ref: `#/components/responses/${code}` }
    }),
  }
}

/** First path that declares a problem, for the `instance` of the problem's example. */
const pathOf = (code: string, { paths }: Document): string =>
  Object.keys(paths).find((path) => JSON.stringify(paths[path]).includes(`/examples/${code}"`)) ??
  '/calls'

const MEMBERS: { readonly [code in ProblemCode]?: object } = {
  validation_failed: {
    detail: '/amount must have at most two decimal places',
    errors: [{ pointer: '/amount', message: 'must have at most two decimal places' }],
  },
  insufficient_funds: { detail: 'The request needs 10.00 NGN, but only 4.50 NGN is available.' },
  call_state_conflict: { detail: "The call's status is completed." },
  insufficient_scope: { detail: 'The route requires the scope calls:read.' },
  rate_limited: { detail: 'Retry in 60 s.', 'violated-policies': ['register'] },
}

/** Problems that a documented operation declares. Operators' routes are not documented. */
function declaredProblems({ paths }: Document) {
  const text = JSON.stringify([paths, RATE_LIMITED])
  const codes = Object.entries(PROBLEMS).filter(([code]) => text.includes(`/examples/${code}"`))
  return Object.fromEntries(codes)
}

const problemExamples = (document: Document) =>
  mapValues(declaredProblems(document), ({ status, title }, code) => ({
    summary: title,
    value: {
      type: `/problems/${code}`,
      title,
      status,
      detail: `${title}.`,
      instance: pathOf(code, document).replaceAll(
        /\{\w+\}/g,
        '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55',
      ),
      code,
      request_id: '0d5c1f0e-8f5e-4f5d-9a0e-3c1a2b7d9e10',
      ...MEMBERS[code as ProblemCode],
    },
  }))

export function describeApi(app: OpenAPIHono<AppEnv>): object {
  registerEventSchemas(app)
  const document = app.getOpenAPI31Document(INFO) as unknown as Document
  const { schemas } = document.components
  const shared = new Map<string, Answer>()
  const paths = mapValues(document.paths, (methods) =>
    mapValues(methods, (operation) => completed(operation, schemas, shared)),
  )
  return {
    ...document,
    paths,
    webhooks: describeWebhooks(),
    components: {
      schemas: withEventSchemasLast(schemas),
      parameters: WEBHOOK_PARAMETERS,
      responses: { ...Object.fromEntries(shared), ...WEBHOOK_RESPONSES },
      headers: HEADERS,
      examples: problemExamples(document),
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}
