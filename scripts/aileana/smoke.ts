/** Smoke test of a newly deployed service. The checks store nothing, except one counted log-in attempt. */
import { randomUUID } from 'node:crypto'
import { styleText } from 'node:util'
import { fail } from '../cli/program.ts'
import { findCredential } from './operators/credential.ts'
import { messageOf, request } from './request.ts'

/** Monnify has ten seconds for each of two requests. */
const TIMEOUT_MS = 30_000

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

async function ask(
  origin: string,
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<Answer> {
  const response = await request(new URL(path, origin), {
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

/** Returns what is wrong with a response, or `undefined`. */
type Expectation = (answer: Answer) => string | undefined

const status =
  (expected: number): Expectation =>
  ({ status, body }) =>
    status === expected
      ? undefined
      : `status ${status} instead of ${expected}: ${body.slice(0, 300)}`

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
  readonly request: readonly [
    method: string,
    path: string,
    body?: object | undefined,
    token?: string,
  ]
  readonly expected: readonly Expectation[]
}

const stranger = { email: `${randomUUID()}@example.com`, password: randomUUID() }
const forged = {
  eventType: 'SUCCESSFUL_TRANSACTION',
  eventData: { paymentReference: `AIL-${'0'.repeat(32)}_a1`, amountPaid: 1_000_000 },
}

const GATEWAY_CHECK = 'Monnify accepts the credentials'

const CHECKS: readonly Check[] = [
  { what: 'it runs', request: ['GET', '/health'], expected: [status(200), ...HARDENED] },
  {
    what: 'the database, migrations, objects and configuration are ready',
    request: ['GET', '/ready'],
    expected: [status(200)],
  },
  {
    what: 'a wallet cannot be read without a token',
    request: ['GET', '/wallets'],
    expected: [...problem(401), header('WWW-Authenticate', /^Bearer/), ...HARDENED],
  },
  {
    what: 'a forged webhook is rejected',
    request: ['POST', '/webhooks/monnify', forged],
    expected: problem(401),
  },
  {
    what: "an unknown user's log-in is rejected, and the plan allows the CPU time of a password hash",
    request: ['POST', '/auth/login', stranger],
    expected: problem(401),
  },
]

const LAST_CHECKS: readonly Check[] = [
  {
    what: 'the API document is available',
    request: ['GET', '/openapi.json'],
    expected: [status(200)],
  },
  { what: 'an unknown path returns 404', request: ['GET', '/.dev.vars'], expected: problem(404) },
]

const gatewayCheck = (token: string): Check => ({
  what: GATEWAY_CHECK,
  request: ['POST', '/operator/gateway', undefined, token],
  expected: [status(200)],
})

const DEPLOYED_CHECK: Check = {
  what: 'there is no simulated gateway',
  request: ['GET', '/simulator'],
  expected: problem(404),
}

const checksOf = (isLocal: boolean, token: string | undefined): readonly Check[] => [
  ...CHECKS,
  ...(token ? [gatewayCheck(token)] : []),
  ...LAST_CHECKS,
  ...(isLocal ? [] : [DEPLOYED_CHECK]),
]

async function faultsOf(origin: string, { request, expected }: Check): Promise<string[]> {
  try {
    const answer = await ask(origin, ...request)
    return expected.flatMap((expectation) => expectation(answer) ?? [])
  } catch (error) {
    return [messageOf(error)]
  }
}

/** Runs a check and prints its line. @returns whether it passed */
async function passes(origin: string, check: Check): Promise<boolean> {
  const startedAtMs = performance.now()
  const faults = await faultsOf(origin, check)
  const took = `${Math.round(performance.now() - startedAtMs)} ms`
  const mark = faults.length === 0 ? styleText('green', '✓') : styleText('red', '✗')
  console.log(`${mark} ${check.what} ${styleText('dim', took)}`)
  for (const fault of faults) console.log(`    ${fault}`)
  return faults.length === 0
}

export async function smoke(origin: string): Promise<void> {
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname)
  const token = findCredential(origin)?.token
  const checks = checksOf(isLocal, token)
  let failed = 0
  for (const check of checks) if (!(await passes(origin, check))) failed += 1
  if (!token)
    console.log(
      `- left out: ${GATEWAY_CHECK}. This check needs a log-in, or OPERATOR_KEY in the environment.`,
    )
  if (failed > 0) fail(`${origin} does not work: ${failed} of ${checks.length} checks failed.`, 1)
  console.log(styleText('green', `${origin} passed all checks.`))
}
