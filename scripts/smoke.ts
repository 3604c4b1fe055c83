/**
 * `npm run smoke -- --url https://…`: whether a service that was just deployed can be let at its users.
 * Asks for nothing that leaves anything behind, and exits with 1 if one answer is not what it should be.
 */
import { randomUUID } from 'node:crypto'
import { env, exit } from 'node:process'
import { styleText } from 'node:util'
import { findOperatorToken } from './operator.ts'
import { messageOf, request } from './request.ts'
import { readServiceUrl } from './service-url.ts'

/** Monnify has ten seconds for each of two requests. */
const TIMEOUT_MS = 30_000

const url = readServiceUrl()
const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

async function ask(method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const response = await request(new URL(path, url), {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      'X-Request-Id': 'smoke-test',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json', 'monnify-signature': 'f'.repeat(128) }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const { status, headers } = response
  return { status, headers, body: await response.text() }
}

/** Says what is wrong with an answer, or nothing. */
type Expectation = (answer: Answer) => string | undefined

const status =
  (expected: number): Expectation =>
  ({ status, body }) =>
    status === expected ? undefined : `answered ${status}, not ${expected}: ${body.slice(0, 300)}`

const header =
  (name: string, expected: RegExp): Expectation =>
  ({ headers }) =>
    expected.test(headers.get(name) ?? '')
      ? undefined
      : `${name} is ${headers.get(name) ?? 'missing'}, not ${expected.source}`

const problem = (code: number): Expectation[] => [
  status(code),
  header('Content-Type', /^application\/problem\+json/),
]

const HARDENED = [
  header('Strict-Transport-Security', /^max-age=\d{8}; includeSubDomains$/),
  header('X-Content-Type-Options', /^nosniff$/),
  header('Referrer-Policy', /^no-referrer$/),
  header('Content-Security-Policy', /^default-src 'none'/),
  header('Cache-Control', /no-store/),
  header('X-Request-Id', /^smoke-test$/),
]

interface Check {
  readonly what: string
  readonly request: Parameters<typeof ask>
  readonly expected: readonly Expectation[]
}

const stranger = { email: `${randomUUID()}@example.com`, password: randomUUID() }
const forged = {
  eventType: 'SUCCESSFUL_TRANSACTION',
  eventData: { paymentReference: `AIL-${'0'.repeat(32)}_a1`, amountPaid: 1_000_000 },
}

/** The local token is for the local service; no other is sent it. */
const token = isLocal ? findOperatorToken() : env['OPERATOR_TOKEN']?.trim()

const GATEWAY_CHECK = 'Monnify accepts its credentials'

const CHECKS: readonly Check[] = [
  { what: 'it runs', request: ['GET', '/health'], expected: [status(200), ...HARDENED] },
  {
    what: 'its database, migrations, objects and configuration are in order',
    request: ['GET', '/ready'],
    expected: [status(200)],
  },
  {
    what: 'it lets nobody at a wallet without a token',
    request: ['GET', '/wallets'],
    expected: [...problem(401), header('WWW-Authenticate', /^Bearer/), ...HARDENED],
  },
  {
    what: 'it refuses a forged webhook',
    request: ['POST', '/webhooks/monnify', forged],
    expected: problem(401),
  },
  {
    what: 'it refuses a stranger, and its plan has the CPU time for a password hash',
    request: ['POST', '/auth/login', stranger],
    expected: problem(401),
  },
  ...(token
    ? [
        {
          what: GATEWAY_CHECK,
          request: ['POST', '/operator/gateway', undefined, token] as Check['request'],
          expected: [status(200)],
        },
      ]
    : []),
  { what: 'it says what it offers', request: ['GET', '/openapi.json'], expected: [status(200)] },
  { what: 'it knows no other path', request: ['GET', '/.dev.vars'], expected: problem(404) },
  ...(isLocal
    ? []
    : [
        {
          what: 'it has no simulated gateway',
          request: ['GET', '/simulator'] as Check['request'],
          expected: problem(404),
        },
      ]),
]

async function faultsOf({ request, expected }: Check): Promise<string[]> {
  try {
    const answer = await ask(...request)
    return expected.flatMap((expectation) => expectation(answer) ?? [])
  } catch (error) {
    return [messageOf(error)]
  }
}

let failed = 0
for (const check of CHECKS) {
  const startedAtMs = performance.now()
  const faults = await faultsOf(check)
  const took = `${Math.round(performance.now() - startedAtMs)} ms`
  const mark = faults.length === 0 ? styleText('green', '✓') : styleText('red', '✗')
  console.log(`${mark} ${check.what} ${styleText('dim', took)}`)
  for (const fault of faults) console.log(`    ${fault}`)
  if (faults.length > 0) failed += 1
}
if (!token)
  console.log(
    `- left out: ${GATEWAY_CHECK}. That needs the service's OPERATOR_TOKEN in the environment.`,
  )
console.log(
  failed === 0
    ? styleText('green', `${url} is fit for its users.`)
    : styleText('red', `${url} is not: ${failed} of ${CHECKS.length} checks failed.`),
)
exit(failed === 0 ? 0 : 1)
