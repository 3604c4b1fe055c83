/**
 * Builds the OpenAPI document from the routes' declarations and the responses that all operations share.
 * `npm run openapi` writes it to docs/openapi.json, which the service serves.
 */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { HEADERS, type HeaderName, headerRefs } from '../../src/http/documented-headers'
import { PROBLEMS, type ProblemCode } from '../../src/http/problems'
import type { AppEnv } from '../../src/http/router'
import { completeExample, type Schema, type Schemas } from './examples'

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'AIleana',
    version: '0.1.0',
    description:
      'API for prepaid calls: accounts, wallets, payments through Monnify, and calls metered to the second. ' +
      'Amounts are naira with at most two decimal places, times are RFC 3339 in UTC, and errors are problems (RFC 9457).',
    license: { name: 'MIT', identifier: 'MIT' },
    contact: { name: 'The maintainers of AIleana' },
  },
  servers: [
    {
      url: '/',
      description: 'Host that serves this document, local or production.',
      'x-internal': false,
    },
  ],
  tags: [
    { name: 'Accounts', description: 'Registration, log-in and sessions.' },
    { name: 'Wallets', description: 'Balances, holds and transactions.' },
    { name: 'Payments', description: 'Top-ups through Monnify, and transfers between wallets.' },
    { name: 'Calls', description: 'Calls, paid from call credits.' },
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

interface Operation {
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

/** Responses that every operation may return, in addition to its own. */
const answersOfAll = (problem: Schema): Record<string, Answer> => ({
  429: {
    description: `${PROBLEMS.rate_limited.title} (\`rate_limited\`)`,
    content: {
      [PROBLEM_TYPE]: {
        schema: problem,
        examples: { rate_limited: { $ref: '#/components/examples/rate_limited' } },
      },
    },
  },
  '4XX': {
    description:
      'Any other problem with the request, such as an unknown method (`method_not_allowed`).',
    content: {
      [PROBLEM_TYPE]: {
        schema: problem,
        examples: { method_not_allowed: { $ref: '#/components/examples/method_not_allowed' } },
      },
    },
  },
})

const HEADERS_OF_ALL = [
  'X-Request-Id',
  'RateLimit-Policy',
  'RateLimit',
  'Access-Control-Allow-Origin',
] as const

const HEADERS_OF_STATUS: Readonly<Record<string, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  426: ['Upgrade'],
  429: ['Retry-After'],
  '4XX': ['Allow'],
}

/** Headers of a success that the operation's problems have too. */
function inherited(status: string, responses: Operation['responses']): HeaderName[] {
  const success = responses['200'] ?? responses['201']
  return (['Wallet-Position', 'Vary'] as const).filter(
    (name) => /^[45]/.test(status) && success?.headers && name in success.headers,
  )
}

const headersOf = (status: string, responses: Operation['responses']): Headers => ({
  ...headerRefs(...HEADERS_OF_ALL),
  ...headerRefs(...(HEADERS_OF_STATUS[status] ?? []), ...inherited(status, responses)),
})

const exampled = (content: Readonly<Record<string, MediaType>>, schemas: Schemas) =>
  mapValues(content, (media) =>
    media.examples
      ? media
      : { ...media, example: completeExample(media.example, media.schema, schemas) },
  )

function completed(operation: Operation, schemas: Schemas): Operation {
  const { requestBody } = operation
  const problem = { $ref: '#/components/schemas/Problem' }
  const responses = { ...answersOfAll(problem), ...operation.responses }
  return {
    ...operation,
    ...(requestBody && {
      requestBody: { ...requestBody, content: exampled(requestBody.content, schemas) },
    }),
    responses: mapValues(responses, (answer, status) => ({
      ...answer,
      /** A response that opens a socket has none of these headers. */
      ...(status !== '101' && { headers: { ...answer.headers, ...headersOf(status, responses) } }),
      ...(answer.content && { content: exampled(answer.content, schemas) }),
    })),
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
  rate_limited: { detail: 'Retry in 60 s.', 'violated-policies': ['register'] },
}

const problemExamples = (document: Document) =>
  mapValues(PROBLEMS, ({ status, title }, code) => ({
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
  const document = app.getOpenAPI31Document(INFO) as unknown as Document
  const { schemas } = document.components
  return {
    ...document,
    paths: mapValues(document.paths, (methods) =>
      mapValues(methods, (operation) => completed(operation, schemas)),
    ),
    components: {
      schemas,
      headers: HEADERS,
      examples: problemExamples(document),
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}
