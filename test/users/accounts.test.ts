import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { hashPassword, verifyPassword } from '../../src/users/password?production'
import { worldWith } from '../support/gateway'
import { atOnce, newUser, PASSWORD, send, statuses } from '../support/client'

const register = (email: string, rest: object = {}) =>
  send('POST', '/users/register', { body: { email, password: PASSWORD, ...rest } })
const logIn = (email: string, password = PASSWORD) =>
  send('POST', '/auth/login', { body: { email, password } })
const refresh = (refreshToken: string) =>
  send('POST', '/auth/refresh', { body: { refresh_token: refreshToken } })

const freshEmail = () => `user-${crypto.randomUUID()}@example.com`

describe('registration', () => {
  it('creates an account with both wallets', async () => {
    const email = freshEmail()
    const { status, body } = await register(email, { first_name: 'Ada', last_name: 'Obi' })
    expect(status).toBe(201)
    expect(body).toEqual({
      uuid: expect.any(String),
      email,
      first_name: 'Ada',
      last_name: 'Obi',
      created_at: expect.stringMatching(/Z$/),
      email_verified: false,
      muted_messages: [],
      language: 'en',
      time_zone: 'UTC',
    })
    const session = await logIn(email)
    const token = session.body.access_token
    expect((await send('GET', '/users/me', { token })).body).toEqual(body)
    const wallets = await send('GET', '/wallets', { token })
    expect(wallets.body).toMatchObject([
      { type: 'primary', balance: 0, held: 0, currency: 'NGN' },
      { type: 'call_credits', balance: 0, held: 0, currency: 'NGN' },
    ])
  })

  it('S35: creates one account from twenty concurrent requests in any letter case of the address', async () => {
    const email = freshEmail()
    const answers = await atOnce(20, (index) => register(index % 2 ? email.toUpperCase() : email))
    expect(statuses(answers)).toEqual({ 201: 1, 409: 19 })
    const taken = await register(`  ${email.toUpperCase()} `)
    expect(taken.body.code).toBe('email_taken')
    expect((await logIn(email.toUpperCase())).status).toBe(200)
  })

  it('succeeds even if its wallets cannot be created, which is logged', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const openWallets = () => Promise.reject(new Error('the wallets are away'))
    const { send } = worldWith({ openWallets })
    const email = freshEmail()
    const body = { email, password: PASSWORD }
    expect((await send('POST', '/users/register', { body })).status).toBe(201)
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('wallets_not_opened'))
    errors.mockRestore()
    const token = (await logIn(email)).body.access_token
    expect((await send('GET', '/wallets', { token })).body).toHaveLength(2)
  })

  it('S34: accepts passwords of 8 to 256 characters, and uses every character', async () => {
    for (const length of [7, 257])
      expect((await register(freshEmail(), { password: 'é'.repeat(length) })).status).toBe(400)
    for (const length of [8, 256]) {
      const email = freshEmail()
      expect((await register(email, { password: 'é'.repeat(length) })).status).toBe(201)
      expect((await logIn(email, 'é'.repeat(length))).status).toBe(200)
      expect((await logIn(email, `${'é'.repeat(length - 1)}e`)).status).toBe(401)
    }
  })

  it('stores passwords as scrypt hashes with their parameters', async () => {
    const { email } = await newUser()
    const row = await env.DB.prepare('SELECT password_hash FROM users WHERE email = ?')
      .bind(email)
      .first<{ password_hash: string }>()
    expect(row?.password_hash).toMatch(/^scrypt\$\d+\$8\$\d+\$[\w+/]{22}==\$[\w+/]{43}=$/)
  })

  it('hashes a password in the runtime with the production parameters', () => {
    const hash = hashPassword(PASSWORD)
    expect(hash).toMatch(/^scrypt\$32768\$8\$3\$/)
    expect(verifyPassword(PASSWORD, hash)).toBe(true)
    expect(verifyPassword('wrong password', hash)).toBe(false)
  })
})

describe('log-in', () => {
  it('S33: returns the same response for a wrong password and an unknown e-mail address', async () => {
    const { email } = await newUser()
    const wrong = await logIn(email, 'wrong password')
    const unknown = await logIn(freshEmail(), 'wrong password')
    const { request_id: _, ...said } = wrong.body
    expect(wrong.status).toBe(401)
    expect(unknown.body).toMatchObject(said)
  })

  it('S44: names all invalid fields before it looks for the account', async () => {
    const refused = await send('POST', '/auth/login', { body: { email: 'nobody', password: 5 } })
    expect(refused.status).toBe(400)
    const pointers = refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)
    expect(pointers.toSorted()).toEqual(['/email', '/password'])
  })

  it('S36: returns no tokens for a disabled account, and rejects its old ones', async () => {
    const user = await newUser()
    await env.DB.prepare('UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?').bind(user.uuid).run()
    expect((await logIn(user.email)).status).toBe(401)
    expect((await refresh(user.refreshToken)).status).toBe(401)
    expect((await user.send('GET', '/users/me')).status).toBe(401)
    const { send } = worldWith({ findLive: async () => ({ isFrozen: false }) })
    for (const [method, path] of [
      ['GET', '/users/me'],
      ['POST', '/users/me/password'],
    ] as const) {
      const body =
        method === 'GET'
          ? undefined
          : { current_password: PASSWORD, new_password: 'another good one' }
      expect((await send(method, path, { token: user.token, body })).status, path).toBe(404)
    }
  })
})

describe('tokens', () => {
  it('S30: of one kind are not accepted as another', async () => {
    const user = await newUser()
    expect((await send('GET', '/users/me', { token: user.refreshToken })).status).toBe(401)
    expect((await refresh(user.token)).status).toBe(401)
  })

  it('S31: for refresh end the session if they are used again after their successor', async () => {
    const user = await newUser()
    const second = await refresh(user.refreshToken)
    expect(second.status).toBe(200)
    expect((await send('GET', '/users/me', { token: second.body.access_token })).status).toBe(200)
    const third = await refresh(second.body.refresh_token)
    expect(third.status).toBe(200)
    expect((await refresh(user.refreshToken)).status).toBe(401)
    expect((await refresh(third.body.refresh_token)).status).toBe(401)
  })

  it('are not stored, except the hash of the refresh token', async () => {
    const user = await newUser()
    const { results } = await env.DB.prepare('SELECT * FROM sessions WHERE user_uuid = ?')
      .bind(user.uuid)
      .all()
    const dump = JSON.stringify(results)
    for (const token of [user.token, user.refreshToken]) {
      expect(dump).not.toContain(token)
      expect(dump).not.toContain(token.split('.')[2])
    }
    expect(dump).toMatch(/"refresh_token_hash":"[0-9a-f]{64}"/)
  })

  it("S39: contain the user's UUID, and no other account data", async () => {
    const user = await newUser()
    const claims = JSON.parse(
      atob((user.token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')),
    )
    expect(claims).toEqual({
      sub: user.uuid,
      sid: expect.any(String),
      jti: expect.any(String),
      iss: 'aileana',
      aud: 'aileana:access',
      iat: expect.any(Number),
      exp: claims.iat + 86_400,
      ver: 0,
    })
  })

  it.each(['', 'garbage', 'a.b.c', 'Bearer', 'eyJhbGciOiJub25lIn0.e30.'])(
    '%j is rejected',
    async (token) => {
      expect(
        (await send('GET', '/wallets', { headers: { Authorization: `Bearer ${token}` } })).status,
      ).toBe(401)
      expect((await refresh(token || ' ')).status).toBe(401)
    },
  )
})
