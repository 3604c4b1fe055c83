/** Secrets of operators are in no store, no line of the log, no URL and no error. */
import { env } from 'cloudflare:workers'
import { listDurableObjectIds } from 'cloudflare:test'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sender } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import {
  acceptByPasskey,
  acceptByPassword,
  codeOf,
  cookieOf,
  DESK_PASSWORD,
  fromPage,
  invited,
  logIn,
  logInByDeskPasskey,
  secretOf,
  tokenOf,
} from '../../support/desk'
import { SoftAuthenticator } from '../../support/authenticator'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'
import { canaries, dumpD1, findLeak } from '../../support/secrets'

useClock()

const bootstrapSecret = `${crypto.randomUUID()}-${crypto.randomUUID()}`
canaries.add(bootstrapSecret)
const { fetch } = worldWith({ bootstrapSecret })

const urls: string[] = []
const problems: string[] = []
const lines: string[] = []

/** Keeps each URL, and each response that is an error. */
const send = sender(async (request) => {
  urls.push(request.url)
  const response = await fetch(request)
  if (response.status >= 400) problems.push(await response.clone().text())
  const { location } = Object.fromEntries(response.headers)
  if (location !== undefined) urls.push(location)
  return response
})

beforeEach(() => {
  for (const level of ['log', 'warn', 'error'] as const) {
    const write = console[level].bind(console)
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      lines.push(parts.map(String).join(' '))
      write(...parts)
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Everything that involves a secret, with its refusals. @returns the secrets */
async function everything(): Promise<string[]> {
  const body = { secret: bootstrapSecret, email: 'canary@example.com', name: 'Canary' }
  const first = tokenOf((await send('POST', '/operator/bootstrap', { body })).body.invitation)
  expect((await send('POST', '/operator/bootstrap', { body })).status).toBe(409)
  const wrong = `${bootstrapSecret}x`
  await send('POST', '/operator/bootstrap', { body: { ...body, secret: wrong } })
  const totp = await secretOf(send, first)
  const { answer } = await acceptByPassword(send, first)
  await acceptByPassword(send, first).catch(() => undefined)
  pass(30_000)
  const code = codeOf(totp)
  const { token } = (await logIn(send, body.email, DESK_PASSWORD, code)).body
  canaries.add(token)
  expect((await logIn(send, body.email, DESK_PASSWORD, code)).status).toBe(401)
  pass(30_000)
  const page = await send('POST', '/operator/session', {
    body: { email: body.email, password: DESK_PASSWORD, code: codeOf(totp) },
  })
  const cookie = cookieOf(page)
  await send('DELETE', '/operator/session', { headers: fromPage(cookie) })
  await send('DELETE', '/operator/session', { headers: fromPage(cookie, 'https://evil.example') })
  const { key } = (await send('POST', '/operator/keys', { token, body: { name: 'k', days: 1 } }))
    .body
  canaries.add(key)
  await send('POST', '/operator/keys', { token: key, body: { name: 'k', days: 1 } })
  const { token: second } = await invited('viewer', await newOperator('admin', send))
  const authenticator = new SoftAuthenticator()
  await acceptByPasskey(send, second, authenticator)
  const holder = (await logInByDeskPasskey(send, authenticator)).body.token
  canaries.add(holder)
  return [bootstrapSecret, first, totp, answer.body.token, token, cookie, key, second, holder]
}

it('no secret of an operator is stored in clear, logged, sent in a URL, or repeated by an error', async () => {
  const secrets = await everything()
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThanOrEqual(32)
    expect(canaries).toContain(secret)
  }
  expect(problems.length).toBeGreaterThan(5)
  expect(lines.length).toBeGreaterThan(20)
  const names = (await listDurableObjectIds(env.LIMITER)).map(({ name }) => name ?? '')
  const places = { d1: await dumpD1(), urls, problems, lines, names }
  for (const [place, content] of Object.entries(places))
    for (const secret of secrets) expect(String(content).includes(secret), place).toBe(false)
})

it('the search of all tests finds a token of an operator, although no test has registered it', async () => {
  const { body } = await logInAgain()
  canaries.delete(body.key)
  const insert = env.DB.prepare('INSERT INTO used_challenges (id, expires_at_ms) VALUES (?, 1)')
  await insert.bind(body.key).run()
  expect(await findLeak([])).toContain("in D1, an operator's token")
  await env.DB.prepare('DELETE FROM used_challenges').run()
  expect(await findLeak([`a line with ${body.key}`])).toContain("in the log, an operator's token")
  expect(await findLeak([])).toBeUndefined()
})

const logInAgain = async () => {
  const operator = await newOperator('viewer', send)
  return operator.send('POST', '/operator/keys', { body: { name: 'k', days: 1 } })
}
