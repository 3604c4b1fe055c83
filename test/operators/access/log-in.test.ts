/** Log-in of operators by password and code. */
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createSeal } from '../../../src/common/tokens/seal'
import { verifyPassword } from '../../../src/users/password'
import { atOnce, statuses } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { codeOf, DESK_PASSWORD, logIn, withPassword } from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'

useClock()

const verify = vi.fn<typeof verifyPassword>(verifyPassword)
const world = worldWith({ verifyPassword: verify })
const STEP_MS = 30_000
const refused = { status: 401, body: { code: 'invalid_credentials' } }

/** The invitation used the code of its step, so a log-in needs a later one. */
async function ready(role: 'viewer' | 'admin' = 'viewer') {
  const operator = await withPassword(role, world.send)
  pass(STEP_MS)
  return operator
}

describe('a log-in by password and code', () => {
  it('begins a session of 12 hours with the permissions of the role', async () => {
    const { email, secret, uuid } = await ready('admin')
    const { status, body } = await logIn(
      world.send,
      email.toUpperCase(),
      DESK_PASSWORD,
      codeOf(secret),
    )
    expect(status).toBe(200)
    expect(body.operator).toMatchObject({ uuid, email, role: 'admin' })
    expect(body.operator.permissions).toContain('operators.act')
    expect(Date.parse(body.expires_at)).toBe(Date.now() + 12 * 3_600_000)
    const session = await world.send('GET', '/operator/session', { token: body.token })
    expect(session.body).toEqual({ operator: body.operator, expires_at: body.expires_at })
  })

  it('accepts each code once, and no earlier one', async () => {
    const { email, secret } = await ready()
    const now = codeOf(secret)
    const before = codeOf(secret, -1)
    expect((await logIn(world.send, email, DESK_PASSWORD, now)).status).toBe(200)
    expect(await logIn(world.send, email, DESK_PASSWORD, now)).toMatchObject(refused)
    expect(await logIn(world.send, email, DESK_PASSWORD, before)).toMatchObject(refused)
    pass(STEP_MS)
    expect((await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))).status).toBe(200)
  })

  it('accepts the code of the invitation no second time', async () => {
    const { email, secret } = await withPassword('viewer', world.send)
    expect(await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))).toMatchObject(refused)
  })

  it('accepts one of several requests at once with the same code', async () => {
    const { email, secret } = await ready()
    const code = codeOf(secret)
    const answers = await atOnce(4, () => logIn(world.send, email, DESK_PASSWORD, code))
    expect(statuses(answers)).toEqual({ 200: 1, 401: 3 })
  })

  it('has one response and equal work for an unknown address, a wrong password and a wrong code', async () => {
    const { email, secret } = await ready()
    const passkeyOnly = await newOperator('viewer', world.send)
    const code = codeOf(secret)
    const wrongCode = codeOf(secret, 5)
    const attempts = [
      ['unknown@example.com', DESK_PASSWORD, code],
      [email, 'another horse of the desk', code],
      [email, DESK_PASSWORD, wrongCode],
      [passkeyOnly.email, DESK_PASSWORD, code],
    ] as const
    const answers = []
    for (const [address, password, given] of attempts) {
      verify.mockClear()
      const { status, body } = await logIn(world.send, address, password, given)
      const { request_id: _, ...rest } = body
      answers.push({ status, rest })
      expect(verify).toHaveBeenCalledOnce()
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ status: 401, rest: { code: 'invalid_credentials' } })
  })

  it('of a disabled operator is refused', async () => {
    const { email, secret, uuid } = await ready()
    await env.DB.prepare('UPDATE operators SET disabled_at_ms = 1 WHERE uuid = ?').bind(uuid).run()
    expect(await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))).toMatchObject(refused)
  })

  it.each([
    [{ code: '12345' }, '/code'],
    [{ code: '1234567' }, '/code'],
    [{ as: 'header' }, '/as'],
    [{ more: 1 }, '/more'],
  ])('with %j is invalid', async (rest, pointer) => {
    const body = { email: 'a@example.com', password: 'x', code: '123456', ...rest }
    const answer = await world.send('POST', '/operator/session', { body })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })

  it('accepts a code that is typed in two groups', async () => {
    const { email, secret } = await ready()
    const code = codeOf(secret).replace(/^(...)/, '$1 ')
    expect((await logIn(world.send, email, DESK_PASSWORD, code)).status).toBe(200)
  })

  it('is recorded in the log of actions', async () => {
    const { email, secret, uuid } = await ready()
    await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))
    const [done] = await world.deps.actionLog.list({ operatorUuid: uuid, limit: 1 })
    expect(done).toMatchObject({ action: 'operator_logged_in', outcome: 'done' })
  })
})

describe('guesses', () => {
  it('are limited by account, separately from those of customers', async () => {
    const { email, secret } = await ready()
    for (let count = 0; count < 5; count++)
      expect((await logIn(world.send, email, 'a wrong horse', codeOf(secret))).status).toBe(401)
    const limited = await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))
    expect(limited).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', 'violated-policies': ['operator-login'] },
    })
    const user = { email, password: 'a wrong horse' }
    expect((await world.send('POST', '/auth/login', { body: user })).status).toBe(401)
  })

  it('are limited by IP address', async () => {
    const headers = { 'CF-Connecting-IP': '203.0.113.77' }
    const guess = (index: number) =>
      world.send('POST', '/operator/session', {
        headers,
        body: { email: `guess-${index}@example.com`, password: 'a horse', code: '123456' },
      })
    const answers = await atOnce(21, guess)
    expect(statuses(answers)).toEqual({ 401: 20, 429: 1 })
  })
})

describe('a secret sealed by the previous JWT_SECRET', () => {
  it('is accepted, and sealed again by the present one', async () => {
    const { email, secret, uuid } = await ready()
    const OTHER = 'another-long-value-of-a-signing-key-0123'
    const rotated = worldWith({ totpSeal: createSeal('operatorTotp', [OTHER, env.JWT_SECRET]) })
    expect((await logIn(rotated.send, email, DESK_PASSWORD, codeOf(secret))).status).toBe(200)
    const row = await world.deps.accountStore.byUuid(uuid)
    const opened = await createSeal('operatorTotp', [OTHER]).open(row?.totpSealed ?? '', uuid)
    expect(opened?.isOld).toBe(false)
    pass(STEP_MS)
    expect(await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))).toMatchObject(refused)
  })
})
