/** HTTP client of the tests, which checks each response against the conventions and the API document. */
import { env, exports } from 'cloudflare:workers'
import { kobo } from '../../src/common/money'
import { expect } from 'vitest'
import { problemSchema } from '../../src/http/problem-schema'
import { holdToDocument, ORIGIN } from './documented'

export { ORIGIN }

type Fetch = (request: Request) => Promise<Response>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows its body
  readonly body: any
  readonly text: string
}

export interface RequestOptions {
  readonly body?: unknown
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
  /** Sent as separate header lines, even if a name repeats. */
  readonly lines?: readonly (readonly [name: string, value: string])[]
}

const bodyOf = (body: unknown): BodyInit =>
  typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)

export type Send = (method: string, path: string, options?: RequestOptions) => Promise<Answer>

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function holdToConventions(answer: Answer): void {
  const { status, headers, body } = answer
  expect(headers.get('X-Request-Id')).toMatch(/^[\w\-=]{1,255}$/)
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d{8}; includeSubDomains$/)
  expect(headers.get('Referrer-Policy')).toBe('no-referrer')
  expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'/)
  expect(headers.get('Cache-Control')).toBeTruthy()
  expect(headers.has('X-Powered-By')).toBe(false)
  if (status < 400) return
  expect(headers.get('Content-Type')).toBe('application/problem+json')
  expect(problemSchema.parse(body)).toMatchObject({ status })
  expect(body.request_id).toBe(headers.get('X-Request-Id'))
  if (status === 401) expect(headers.get('WWW-Authenticate')).toContain('Bearer')
  if (status === 429) expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
  if (status === 405) expect(headers.get('Allow')).toBeTruthy()
}

/** Sends a request without checks. */
export const asker =
  (fetch: Fetch): Send =>
  async (method, path, { body, token, headers = {}, lines = [] } = {}) => {
    const request = new Request(`${ORIGIN}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
    })
    for (const [name, value] of lines) request.headers.append(name, value)
    const response = await fetch(request)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: parse(text), text }
  }

export const sender = (fetch: Fetch): Send => {
  const ask = asker(fetch)
  return async (method, path, options) => {
    const answer = await ask(method, path, options)
    holdToConventions(answer)
    holdToDocument(method, path, answer)
    return answer
  }
}

export const send: Send = sender((request) => exports.default.fetch(request))

/** A user whose `send` adds the user's token to each request. */
export interface TestUser {
  readonly uuid: string
  readonly email: string
  readonly token: string
  readonly refreshToken: string
  readonly send: Send
}

export const PASSWORD = 'correct horse battery'

/** Registers a new user and logs in. */
export async function newUser(via: Send = send): Promise<TestUser> {
  const email = `user-${crypto.randomUUID()}@example.com`
  const registered = await via('POST', '/users/register', { body: { email, password: PASSWORD } })
  expect(registered.status).toBe(201)
  const { body } = await via('POST', '/auth/login', { body: { email, password: PASSWORD } })
  const { access_token: token, refresh_token: refreshToken } = body
  const asUser: Send = (method, path, options) => via(method, path, { token, ...options })
  return { uuid: body.user.uuid, email, token, refreshToken, send: asUser }
}

/** Registers a new user with call credits, paid through the gateway. */
export async function userWithCredit(naira: number, via: Send = send): Promise<TestUser> {
  const user = await newUser(via)
  await topUp(user, naira)
  return user
}

/** Monnify's minimum. Less is credited to the wallet without a payment. */
const MIN_TOP_UP = 20

export async function topUp(user: TestUser, naira: number, wallet = 'call_credits'): Promise<void> {
  if (naira < MIN_TOP_UP) return credit(user, naira, wallet)
  const body = { amount: naira, method: 'monnify', wallet }
  const payment = await user.send('POST', '/payments', { body })
  expect(payment.status).toBe(201)
  const path = `/payments/verify/${payment.body.payment_reference}`
  const verified = await user.send('POST', path)
  expect(verified.body).toMatchObject({ status: 'completed', amount_paid: naira })
}

async function credit(user: TestUser, naira: number, wallet: string): Promise<void> {
  const amountKobo = kobo(Math.round(naira * 100))
  const paymentUuid = crypto.randomUUID()
  const amounts = { expectedKobo: amountKobo, receivedKobo: amountKobo }
  const stub = env.WALLET.getByName(`${user.uuid}/${wallet}`)
  await stub.creditPayment({ paymentUuid, reference: `AIL-${paymentUuid}_a1`, ...amounts })
}

export interface WalletBody {
  readonly uuid: string
  readonly type: string
  readonly balance: number
  readonly held: number
  readonly goodwill: number
  readonly debt: number
  readonly is_frozen: boolean
}

export async function walletOf(user: TestUser, type = 'call_credits'): Promise<WalletBody> {
  const { body } = await user.send('GET', '/wallets')
  return (body as WalletBody[]).find((wallet) => wallet.type === type) as WalletBody
}

export const PHONE = '+2348031234567'

export const dial = (user: TestUser, options: RequestOptions = {}): Promise<Answer> =>
  user.send('POST', '/calls', { body: { recipient_phone: PHONE }, ...options })

/** Sends `count` requests at once. */
export const atOnce = <T>(count: number, request: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => request(index)))

export const statuses = (answers: readonly Answer[]): Record<number, number> =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, same]) => [
      status,
      same.length,
    ]),
  )
