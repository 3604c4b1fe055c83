import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { linesOf, listener, logIn, me, onAnotherDevice, refresh } from '../support/accounts'
import { atOnce, newUser, PASSWORD, statuses, topUp } from '../support/client'
import { pass, START, useClock } from '../support/clock'
import { changeAddress, confirm, forgot, mailWorld, reset, tokenIn, undo } from '../support/mail'

useClock()

const NEW_PASSWORD = 'another horse entirely'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const strange = () => `user-${crypto.randomUUID()}@example.com`

const rowsOf = async (table: 'messages' | 'links') =>
  (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results

describe('a forgotten password', () => {
  it('is replaced by a link, which ends all sessions', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const elsewhere = await onAnotherDevice(world.send, user)
    const lines = linesOf('password_reset')
    expect(await forgot(world, user.email.toUpperCase())).toMatchObject({ status: 202, text: '' })
    const token = await world.linkTo(user.email, /Set a new password/)
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(204)
    for (const { token: access, refreshToken } of [user, elsewhere]) {
      expect((await me(world.send, access)).status).toBe(401)
      expect((await world.send('GET', '/wallets', { token: access })).status).toBe(401)
      expect((await refresh(world.send, refreshToken)).status).toBe(401)
    }
    expect((await logIn(world.send, user.email)).status).toBe(401)
    const { status, body } = await logIn(world.send, user.email, NEW_PASSWORD)
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ email_verified: true })
    expect((await world.send('GET', '/wallets', { token: body.access_token })).status).toBe(200)
    expect(lines()).toMatchObject([{ user: user.uuid }])
    await world.deliver()
    expect(world.provider.to(user.email).at(-1)).toMatchObject({
      subject: 'Your password was reset',
    })
  })

  it('of an unknown address leads to the same response and the same stored row, and to no e-mail', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await world.deliver()
    await env.DB.prepare('DELETE FROM messages').run()
    const [known, unknown] = [await forgot(world, user.email), await forgot(world, strange())]
    expect(unknown).toMatchObject({ status: known.status, text: known.text })
    expect([...unknown.headers.keys()]).toEqual([...known.headers.keys()])
    const [one, other] = await rowsOf('messages')
    const varying = { id: expect.any(String), recipient: expect.any(String) }
    expect(other).toEqual({ ...one, ...varying })
    const sent = world.provider.emails.size
    await world.deliver()
    expect(world.provider.emails.size).toBe(sent + 1)
    expect(await rowsOf('messages')).toMatchObject([{ state: 'sent' }, { state: 'void' }])
  })

  it('of a disabled account is not replaced', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await forgot(world, user.email)
    const token = await world.linkTo(user.email, /Set a new password/)
    const disable = 'UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?'
    await env.DB.prepare(disable).bind(user.uuid).run()
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(400)
    const sent = world.provider.emails.size
    await forgot(world, user.email)
    await world.deliver()
    expect(world.provider.emails.size).toBe(sent)
  })

  it('delays refunds by 24 hours', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await forgot(world, user.email)
    await reset(world, await world.linkTo(user.email, /Set a new password/), NEW_PASSWORD)
    const refuse = async () => {
      const confirmation = await world.deps.confirmationTokens.sign(caller(user.uuid), Date.now())
      return world.deps.confirmIdentity(caller(user.uuid), confirmation)
    }
    expect(await refuse()).toMatchObject({ ok: false, refusal: { code: 'refund_not_allowed' } })
    pass(24 * HOUR_MS - 1)
    expect((await refuse()).ok).toBe(false)
    pass(1)
    expect((await refuse()).ok).toBe(true)
  })
})

const caller = (userUuid: string) => ({ userUuid, sessionUuid: 'any', tokenVersion: 0 })

describe('a link for a new password', () => {
  const linkOf = async (world: ReturnType<typeof mailWorld>) => {
    const user = await newUser(world.send)
    await forgot(world, user.email)
    return { user, token: await world.linkTo(user.email, /Set a new password/) }
  }

  it('has 256 bits, of which only a hash is stored', async () => {
    const { token } = await linkOf(mailWorld())
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify([await rowsOf('links'), await rowsOf('messages')])).not.toContain(token)
  })

  it('works once', async () => {
    const world = mailWorld()
    const { token } = await linkOf(world)
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(204)
    const again = await reset(world, token, 'a third horse appears')
    expect(again).toMatchObject({ status: 400, body: { code: 'invalid_link' } })
  })

  it('works once if twenty requests use it at once', async () => {
    const world = mailWorld()
    const { user, token } = await linkOf(world)
    const answers = await atOnce(20, (index) => reset(world, token, `horse number ${index} runs`))
    expect(statuses(answers)).toEqual({ 204: 1, 400: 19 })
    const winner = answers.findIndex(({ status }) => status === 204)
    expect((await logIn(world.send, user.email, `horse number ${winner} runs`)).status).toBe(200)
    await world.deliver()
    const notices = world.provider.to(user.email).filter(({ subject }) => /was reset/.test(subject))
    expect(notices).toHaveLength(1)
  })

  it.each([
    [30 * MINUTE_MS - 1, 204],
    [30 * MINUTE_MS, 400],
  ])('%i ms old returns %i', async (ageMs, status) => {
    const world = mailWorld()
    const { token } = await linkOf(world)
    vi.setSystemTime(START + ageMs)
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(status)
  })

  it.each([
    ['altered', (token: string) => `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`],
    ['truncated', (token: string) => token.slice(0, -1)],
    ['lengthened', (token: string) => `${token}A`],
    ['empty', () => ''],
    ['in other letter case', (token: string) => token.toUpperCase()],
  ])('that is %s is rejected', async (_, alter) => {
    const world = mailWorld()
    const { token } = await linkOf(world)
    expect((await reset(world, alter(token), NEW_PASSWORD)).status).toBe(400)
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(204)
  })

  it('is replaced by a later one', async () => {
    const world = mailWorld()
    const { user, token: first } = await linkOf(world)
    pass(MINUTE_MS)
    await forgot(world, user.email)
    const second = await world.linkTo(user.email, /Set a new password/)
    expect(second).not.toBe(first)
    expect((await reset(world, first, NEW_PASSWORD)).status).toBe(400)
    expect((await reset(world, second, NEW_PASSWORD)).status).toBe(204)
  })

  it('is not sent if a later one was sent while the provider was down', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await world.deliver()
    world.provider.fault = 'down'
    await forgot(world, user.email)
    await world.deliver()
    pass(1000)
    world.provider.fault = 'none'
    await forgot(world, user.email)
    const second = await world.linkTo(user.email, /Set a new password/)
    pass(MINUTE_MS)
    await world.deliver()
    expect(world.provider.to(user.email).filter((email) => tokenIn(email))).toHaveLength(2)
    expect((await reset(world, second, NEW_PASSWORD)).status).toBe(204)
  })

  it('confirms no address and restores none', async () => {
    const world = mailWorld()
    const { token } = await linkOf(world)
    expect((await confirm(world, token)).status).toBe(400)
    expect((await undo(world, token)).status).toBe(400)
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(204)
  })

  it('is invalid after the address was changed', async () => {
    const world = mailWorld()
    const { user, token } = await linkOf(world)
    const to = strange()
    await changeAddress(user, to, PASSWORD)
    await confirm(world, await world.linkTo(to, /new e-mail address/))
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(400)
  })

  it('ends the old tokens in the wallets even if they cannot be notified at once', async () => {
    const { told, state, revokeTokens } = listener()
    const world = mailWorld({ revokeTokens })
    const { user, token } = await linkOf(world)
    state.fails = true
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(204)
    expect(told).toEqual([])
    state.fails = false
    const { sweepRevocations } = await import('../../src/auth/revocation')
    await sweepRevocations(world.deps)
    await sweepRevocations(world.deps)
    expect(told).toEqual([[user.uuid, { minVersion: 1 }]])
  })
})

describe('requests for one address', () => {
  it('send at most the limit of messages, and are accepted all the same', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await world.deliver()
    const before = world.provider.attempts
    const { limits } = { limits: { mails: world.deps.policies.mails } }
    const send = () => world.deps.limiter.consume(limits.mails, 'x')
    expect((await send()).allowed).toBe(true)
    const { requestReset } = await import('../../src/auth/recovery/service')
    await atOnce(1000, () => requestReset(world.deps, user.email))
    await world.deliver()
    expect(world.provider.attempts - before).toBeLessThanOrEqual(5)
    expect(world.provider.attempts - before).toBeGreaterThan(0)
    pass(HOUR_MS)
    expect((await forgot(world, user.email)).status).toBe(202)
    expect(await world.linkTo(user.email, /Set a new password/)).toBeTruthy()
  })
})

describe('a new account', () => {
  it('is verified by a link, which can be requested again', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    expect((await user.send('GET', '/users/me')).body.email_verified).toBe(false)
    const first = await world.linkTo(user.email, /Confirm your e-mail address/)
    pass(MINUTE_MS)
    expect((await user.send('POST', '/users/me/verification')).status).toBe(202)
    const second = await world.linkTo(user.email, /Confirm your e-mail address/)
    expect((await confirm(world, first)).status).toBe(400)
    expect((await confirm(world, second)).status).toBe(204)
    expect((await user.send('GET', '/users/me')).body.email_verified).toBe(true)
    expect((await confirm(world, second)).status).toBe(400)
    const sent = world.provider.emails.size
    expect((await user.send('POST', '/users/me/verification')).status).toBe(202)
    await world.deliver()
    expect(world.provider.emails.size).toBe(sent)
  })

  it('is verified by the link for 24 hours', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const token = await world.linkTo(user.email, /Confirm your e-mail address/)
    pass(24 * HOUR_MS)
    expect((await confirm(world, token)).status).toBe(400)
  })

  it('with a taken address writes no message', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const before = (await rowsOf('messages')).length
    const body = { email: user.email, password: PASSWORD }
    expect((await world.send('POST', '/users/register', { body })).status).toBe(409)
    expect(await rowsOf('messages')).toHaveLength(before)
  })
})

describe('a change of the address', () => {
  const moved = async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const to = strange()
    expect((await changeAddress(user, to, PASSWORD)).status).toBe(202)
    const token = await world.linkTo(to, /new e-mail address/)
    return { world, user, to, token }
  }

  it('takes effect when the new address is confirmed, and is announced to the old one', async () => {
    const { world, user, to, token } = await moved()
    expect((await user.send('GET', '/users/me')).body.email).toBe(user.email)
    expect((await confirm(world, token)).status).toBe(204)
    expect((await user.send('GET', '/users/me')).body).toMatchObject({
      email: to,
      email_verified: true,
    })
    expect((await logIn(world.send, user.email)).status).toBe(401)
    expect((await logIn(world.send, to)).status).toBe(200)
    await world.linkTo(user.email, /was changed/)
  })

  it('is undone from the old address, which ends all sessions', async () => {
    const { world, user, to, token } = await moved()
    await confirm(world, token)
    const back = await world.linkTo(user.email, /was changed/)
    pass(72 * HOUR_MS - 1)
    expect((await undo(world, back)).status).toBe(204)
    expect((await me(world.send, user.token)).status).toBe(401)
    expect((await world.send('GET', '/wallets', { token: user.token })).status).toBe(401)
    expect((await logIn(world.send, to)).status).toBe(401)
    expect((await logIn(world.send, user.email)).status).toBe(200)
    expect((await undo(world, back)).status).toBe(400)
  })

  it('cannot be undone after 72 hours', async () => {
    const { world, user, token } = await moved()
    await confirm(world, token)
    const back = await world.linkTo(user.email, /was changed/)
    pass(72 * HOUR_MS)
    expect((await undo(world, back)).status).toBe(400)
  })

  it('reserves the old address while it can be undone', async () => {
    const { world, user, token } = await moved()
    await confirm(world, token)
    const body = { email: user.email, password: PASSWORD }
    expect((await world.send('POST', '/users/register', { body })).status).toBe(409)
    const other = await newUser(world.send)
    await changeAddress(other, user.email, PASSWORD)
    const taking = await world.linkTo(user.email, /new e-mail address/)
    expect(await confirm(world, taking)).toMatchObject({
      status: 409,
      body: { code: 'email_taken' },
    })
    pass(72 * HOUR_MS)
    expect((await world.send('POST', '/users/register', { body })).status).toBe(201)
  })

  it('to an address with an account changes nothing, and informs its owner', async () => {
    const world = mailWorld()
    const [user, owner] = [await newUser(world.send), await newUser(world.send)]
    expect((await changeAddress(user, owner.email, PASSWORD)).status).toBe(202)
    await world.deliver()
    const email = world.provider.to(owner.email).at(-1)
    expect(email?.subject).toMatch(/already have an account/)
    expect(email && tokenIn(email)).toBeUndefined()
  })

  it('to an address that was taken meanwhile is rejected', async () => {
    const { world, to, token } = await moved()
    const body = { email: to, password: PASSWORD }
    expect((await world.send('POST', '/users/register', { body })).status).toBe(201)
    expect((await confirm(world, token)).status).toBe(409)
  })

  it('of two users to one address succeeds for one of them', async () => {
    const world = mailWorld()
    const users = [await newUser(world.send), await newUser(world.send)]
    const to = strange()
    for (const user of users) await changeAddress(user, to, PASSWORD)
    await world.deliver()
    const tokens = world.provider.to(to).map((email) => tokenIn(email) ?? '')
    const answers = await Promise.all(tokens.map((token) => confirm(world, token)))
    expect(statuses(answers)).toEqual({ 204: 1, 409: 1 })
  })

  it('requires the password', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    expect(await changeAddress(user, strange(), 'the wrong horse')).toMatchObject({
      status: 400,
      body: { code: 'wrong_password' },
    })
  })
})

describe('a security message', () => {
  it('is sent for a new password, and for a log-in with another device', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const phone = { 'User-Agent': 'Phone <b>7</b>' }
    await logIn(world.send, user.email, PASSWORD, phone)
    await logIn(world.send, user.email, PASSWORD, phone)
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    expect((await user.send('POST', '/users/me/password', { body })).status).toBe(200)
    await world.deliver()
    const emails = world.provider.to(user.email)
    expect(emails.map(({ subject }) => subject).toSorted()).toEqual([
      'Confirm your e-mail address',
      'New log-in to your account',
      'Your password was changed',
    ])
    const device = emails.find(({ subject }) => subject === 'New log-in to your account')
    expect(device?.text).toContain('Phone <b>7</b>')
    expect(device?.html).toContain('Phone &lt;b&gt;7&lt;/b&gt;')
  })

  it('is not sent for a rejected password', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await topUp(user, 0)
    const body = { current_password: 'the wrong horse', new_password: NEW_PASSWORD }
    expect((await user.send('POST', '/users/me/password', { body })).status).toBe(400)
    await world.deliver()
    expect(world.provider.to(user.email)).toHaveLength(1)
  })
})
