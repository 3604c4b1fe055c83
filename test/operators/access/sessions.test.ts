/** Sessions, cookies and keys of operators. */
import { describe, expect, it } from 'vitest'
import { ORIGIN } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { codeOf, cookieOf, DESK_PASSWORD, fromPage, withPassword } from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'
import { canaries } from '../../support/secrets'

useClock()

const world = worldWith()
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Logs in from the pages. */
async function withCookie() {
  const operator = await withPassword('admin', world.send)
  pass(30_000)
  const { email, secret } = operator
  const answer = await world.send('POST', '/operator/session', {
    body: { email, password: DESK_PASSWORD, code: codeOf(secret) },
    headers: { Origin: ORIGIN },
  })
  expect(answer.status).toBe(200)
  return { ...operator, answer, cookie: cookieOf(answer) }
}

describe('a session of the pages', () => {
  it('has its token in a cookie only', async () => {
    const { answer, cookie } = await withCookie()
    const header = answer.headers.get('Set-Cookie') ?? ''
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/'])
      expect(header).toContain(part)
    expect(header).not.toContain('Domain')
    expect(answer.text).not.toContain(cookie)
    const session = await world.send('GET', '/operator/session', { headers: fromPage(cookie) })
    expect(session.status).toBe(200)
  })

  it.each([
    ['from another site', 'https://evil.example'],
    ['from another port', 'http://localhost:8788'],
    ['from an opaque origin', 'null'],
  ])('accepts no request %s', async (_, origin) => {
    const { cookie } = await withCookie()
    const headers = fromPage(cookie, origin)
    const end = await world.send('DELETE', '/operator/session', { headers })
    expect(end).toMatchObject({ status: 403, body: { code: 'origin_refused' } })
    const key = await world.send('POST', '/operator/keys', {
      headers,
      body: { name: 'x', days: 1 },
    })
    expect(key.status).toBe(403)
  })

  it('accepts no change without an origin', async () => {
    const { cookie } = await withCookie()
    const { Cookie } = fromPage(cookie)
    const end = await world.send('DELETE', '/operator/session', { headers: { Cookie } })
    expect(end).toMatchObject({ status: 403, body: { code: 'origin_refused' } })
  })

  it('cannot begin from another site', async () => {
    const { email, secret } = await withPassword('viewer', world.send)
    pass(30_000)
    const body = { email, password: DESK_PASSWORD, code: codeOf(secret) }
    const headers = { Origin: 'https://evil.example' }
    const answer = await world.send('POST', '/operator/session', { body, headers })
    expect(answer.status).toBe(403)
  })

  it('ends with a log-out, which removes the cookie', async () => {
    const { cookie } = await withCookie()
    const headers = fromPage(cookie)
    const ended = await world.send('DELETE', '/operator/session', { headers })
    expect(ended.status).toBe(204)
    expect(ended.headers.get('Set-Cookie')).toContain('__Host-operator=; Max-Age=0')
    expect((await world.send('GET', '/operator/session', { headers })).status).toBe(401)
  })
})

describe('a session', () => {
  it('ends after one hour without a request', async () => {
    const { send } = await withPassword('viewer', world.send)
    pass(HOUR_MS - 1)
    expect((await send('GET', '/operator/session')).status).toBe(200)
    pass(HOUR_MS - 1)
    expect((await send('GET', '/operator/session')).status).toBe(200)
    pass(HOUR_MS)
    expect((await send('GET', '/operator/session')).status).toBe(401)
  })

  it('ends after 12 hours, however often it is used', async () => {
    const { send } = await withPassword('viewer', world.send)
    for (let half = 1; half < 24; half++) {
      pass(HOUR_MS / 2)
      expect((await send('GET', '/operator/session')).status).toBe(200)
    }
    pass(HOUR_MS / 2)
    expect((await send('GET', '/operator/session')).status).toBe(401)
  })

  it('is listed, and ended by its owner only', async () => {
    const operator = await newOperator('viewer', world.send)
    const other = await newOperator('admin', world.send)
    const { body } = await operator.send('GET', '/operator/sessions')
    expect(body.sessions).toMatchObject([{ kind: 'session', is_current: true, ended_at: null }])
    const path = `/operator/sessions/${body.sessions[0].uuid}/end`
    expect((await other.send('POST', path)).status).toBe(404)
    expect((await operator.send('POST', path)).status).toBe(200)
    expect((await operator.send('GET', '/operator/sessions')).status).toBe(401)
  })
})

describe('a key of the command line', () => {
  const created = async (days = 90) => {
    const operator = await newOperator('admin', world.send)
    const body = { name: 'Laptop of the audit', days }
    const answer = await operator.send('POST', '/operator/keys', { body })
    expect(answer.status).toBe(201)
    canaries.add(answer.body.key)
    return { operator, token: answer.body.key as string, expiresAt: answer.body.expires_at }
  }

  it('lives for its days without an hourly request, and is shown once', async () => {
    const { operator, token, expiresAt } = await created(90)
    expect(Date.parse(expiresAt)).toBe(Date.now() + 90 * DAY_MS)
    const list = await operator.send('GET', '/operator/sessions')
    expect(list.body.sessions).toContainEqual(
      expect.objectContaining({ kind: 'key', name: 'Laptop of the audit' }),
    )
    expect(list.text).not.toContain(token)
    pass(90 * DAY_MS - 1)
    expect((await world.send('GET', '/operator/exceptions', { token })).status).toBe(200)
    pass(1)
    expect((await world.send('GET', '/operator/exceptions', { token })).status).toBe(401)
  })

  it('creates no key, and sees and ends no session', async () => {
    const { token } = await created()
    const refused = { status: 403, body: { code: 'not_permitted' } }
    const body = { name: 'x', days: 1 }
    expect(await world.send('POST', '/operator/keys', { token, body })).toMatchObject(refused)
    expect(await world.send('GET', '/operator/sessions', { token })).toMatchObject(refused)
    const path = `/operator/sessions/${crypto.randomUUID()}/end`
    expect(await world.send('POST', path, { token })).toMatchObject(refused)
  })

  it.each([0, 91, 1.5])('is not created for %j days', async (days) => {
    const operator = await newOperator('admin', world.send)
    const body = { name: 'x', days }
    expect((await operator.send('POST', '/operator/keys', { body })).status).toBe(400)
  })
})
