import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { linesOf, me, onAnotherDevice, refresh } from '../../support/accounts'
import { type Deviation, SoftAuthenticator } from '../../support/authenticator'
import { atOnce, newUser, PASSWORD, type Send, statuses, type TestUser } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { confirmed } from '../../support/confirmation'
import { mailWorld } from '../../support/mail'
import {
  addPasskey,
  confirmByPasskey,
  confirmedByPasskey,
  type KeyHolder,
  logInByPasskey,
  tokenVersionOf,
  withPasskey,
} from '../../support/passkeys'

useClock()

const world = mailWorld()
const MINUTE_MS = 60_000
const refuses = { status: 400, body: { code: 'invalid_passkey' } }

const newHolder = async () => withPasskey(await newUser(world.send))

const challengeOf = (answer: { body: { challenge: string } }) => answer.body.challenge

const sql = (query: string, ...values: unknown[]) =>
  env.DB.prepare(query)
    .bind(...values)
    .run()

describe('a passkey', () => {
  it('is added, named and listed, and its owner is notified', async () => {
    const { user, passkey } = await newHolder()
    expect((await user.send('GET', '/users/me/passkeys')).body).toEqual({
      passkeys: [
        {
          uuid: passkey,
          name: 'Phone',
          backed_up: true,
          created_at: new Date().toISOString(),
          last_used_at: null,
        },
      ],
      recovery_codes_left: 0,
    })
    await world.deliver()
    const email = world.provider.to(user.email).at(-1)
    expect(email?.subject).toBe('A passkey was added to your account')
    expect(email?.text).toContain('“Phone”')
  })

  it('logs in like a password, and its use is shown', async () => {
    const { user, authenticator } = await newHolder()
    pass(MINUTE_MS)
    const lines = linesOf('logged_in')
    const { status, body } = await logInByPasskey(world.send, authenticator)
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ uuid: user.uuid, email: user.email })
    expect((await me(world.send, body.access_token)).status).toBe(200)
    expect((await refresh(world.send, body.refresh_token)).status).toBe(200)
    expect(lines()).toMatchObject([{ user: user.uuid }])
    const { passkeys } = (await user.send('GET', '/users/me/passkeys')).body
    expect(passkeys).toMatchObject([{ last_used_at: new Date().toISOString() }])
  })

  it('that logs in on a new device leads to a message', async () => {
    const { user, authenticator } = await newHolder()
    const { body: options } = await world.send('POST', '/auth/passkey/options')
    const body = { passkey: await authenticator.get(options) }
    await world.send('POST', '/auth/passkey', { body, headers: { 'User-Agent': 'Another phone' } })
    await world.deliver()
    expect(world.provider.to(user.email).at(-1)?.text).toContain('Another phone')
  })

  it('without a counter can be used again and again', async () => {
    const authenticator = new SoftAuthenticator({ hasCounter: false })
    await withPasskey(await newUser(world.send), authenticator)
    for (let count = 0; count < 3; count++)
      expect((await logInByPasskey(world.send, authenticator)).status).toBe(200)
  })

  it('is removed, no longer logs in, and its owner is notified', async () => {
    const holder = await newHolder()
    const { user, authenticator, passkey } = holder
    const path = `/users/me/passkeys/${passkey}`
    expect(await user.send('DELETE', path)).toMatchObject({
      status: 403,
      body: { code: 'confirmation_required' },
    })
    const headers = await confirmedByPasskey(holder)
    expect((await user.send('DELETE', path, { headers })).status).toBe(204)
    expect((await user.send('DELETE', path, { headers })).status).toBe(404)
    expect(await logInByPasskey(world.send, authenticator)).toMatchObject(refuses)
    await world.deliver()
    const removed = world.provider.to(user.email).filter(({ subject }) => /removed/.test(subject))
    expect(removed).toHaveLength(1)
  })

  it('of another user appears not to exist, and stays', async () => {
    const { user, passkey } = await newHolder()
    const other = await newUser(world.send)
    const headers = await confirmed(other)
    for (const each of [{}, { headers }]) {
      const answer = await other.send('DELETE', `/users/me/passkeys/${passkey}`, each)
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    const notice = {
      id: crypto.randomUUID(),
      kind: 'passkey_removed',
      userUuid: other.uuid,
      recipient: null,
      facts: {},
      createdAtMs: Date.now(),
    } as const
    expect(await world.deps.passkeyStore.remove(other.uuid, passkey, notice)).toBe(false)
    expect((await user.send('GET', '/users/me/passkeys')).body.passkeys).toHaveLength(1)
  })

  it('beyond the tenth is refused, also if several are added at once', async () => {
    const holder = await newHolder()
    const { user, authenticator } = holder
    const headers = await confirmedByPasskey(holder)
    for (let count = 1; count < 9; count++)
      expect((await addPasskey(user, authenticator, headers)).status).toBe(201)
    const request = () => user.send('POST', '/users/me/passkey/options', { headers })
    const options = await atOnce(3, request)
    const answers = await Promise.all(
      options.map(async ({ body }) => {
        const passkey = await authenticator.create(body)
        return user.send('POST', '/users/me/passkeys', { headers, body: { name: 'Key', passkey } })
      }),
    )
    expect(statuses(answers)).toEqual({ 201: 1, 409: 2 })
    expect(await request()).toMatchObject({ status: 409, body: { code: 'too_many_passkeys' } })
  })
})

describe('adding a passkey', () => {
  it('fails if a recovery has ended the session meanwhile', async () => {
    const { user } = await newHolder()
    const { passkeyStore } = world.deps
    const [held] = await passkeyStore.listOf(user.uuid)
    if (!held) throw new Error('the passkey is missing')
    const tokenVersion = await tokenVersionOf(world.deps, user)
    const later = { ...held, uuid: crypto.randomUUID(), credentialId: crypto.randomUUID() }
    const add = (version: number) => {
      const notice = {
        id: crypto.randomUUID(),
        kind: 'passkey_added',
        userUuid: user.uuid,
        recipient: null,
        facts: { name: 'Key' },
        createdAtMs: Date.now(),
      } as const
      const challenge = { id: crypto.randomUUID(), expiresAtMs: Date.now() + MINUTE_MS }
      return passkeyStore.add(later, challenge, notice, version)
    }
    expect(await add(tokenVersion - 1)).toBe('session_ended')
    expect(await add(tokenVersion)).toBe('added')
  })

  it('requires a confirmation, for the options and for the passkey', async () => {
    const user = await newUser(world.send)
    const needs = { status: 403, body: { code: 'confirmation_required' } }
    expect(await user.send('POST', '/users/me/passkey/options')).toMatchObject(needs)
    const headers = await confirmed(user)
    const { body } = await user.send('POST', '/users/me/passkey/options', { headers })
    const passkey = await new SoftAuthenticator().create(body)
    const request = { body: { name: 'Phone', passkey } }
    expect(await user.send('POST', '/users/me/passkeys', request)).toMatchObject(needs)
  })

  it('offers no credential that the user has', async () => {
    const holder = await newHolder()
    const headers = await confirmedByPasskey(holder)
    const { body } = await holder.user.send('POST', '/users/me/passkey/options', { headers })
    expect(body).toMatchObject({
      rp: { id: 'localhost', name: 'AIleana' },
      user: { name: holder.user.email },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ type: 'public-key' }],
    })
  })

  it.each<[string, Deviation]>([
    ['made on another origin', { origin: 'https://evil.example' }],
    ['made on an origin that begins like ours', { origin: 'http://localhost.evil.example' }],
    ['made for another relying party', { rpId: 'evil.example' }],
    ['made without user verification', { isVerified: false }],
    ['that is an assertion', { type: 'webauthn.get' }],
    ['with an invented challenge', { challenge: 'aW52ZW50ZWQ' }],
  ])('%s is refused', async (_, deviation) => {
    const user = await newUser(world.send)
    const headers = await confirmed(user)
    const added = await addPasskey(user, new SoftAuthenticator(), headers, deviation)
    expect(added).toMatchObject(refuses)
    expect((await user.send('GET', '/users/me/passkeys')).body.passkeys).toEqual([])
  })

  it('with the ID of a credential that another account has is refused', async () => {
    const { authenticator, user: owner } = await newHolder()
    const { body: options } = await world.send('POST', '/auth/passkey/options')
    const { id: credentialId } = await authenticator.get(options)
    const thief = await newUser(world.send)
    const own = new SoftAuthenticator()
    const added = await addPasskey(thief, own, await confirmed(thief), { credentialId })
    expect(added).toMatchObject({ status: 409, body: { code: 'passkey_taken' } })
    expect((await logInByPasskey(world.send, authenticator)).body.user.uuid).toBe(owner.uuid)
    expect(await logInByPasskey(world.send, own)).toMatchObject(refuses)
  })

  it('with one response sent twenty times at once adds one passkey', async () => {
    const user = await newUser(world.send)
    const headers = await confirmed(user)
    const { body } = await user.send('POST', '/users/me/passkey/options', { headers })
    const passkey = await new SoftAuthenticator().create(body)
    const request = { headers, body: { name: 'Phone', passkey } }
    const answers = await atOnce(20, () => user.send('POST', '/users/me/passkeys', request))
    expect(statuses(answers)).toEqual({ 201: 1, 400: 19 })
  })

  it('with two credentials for one challenge adds only the first', async () => {
    const user = await newUser(world.send)
    const headers = await confirmed(user)
    const { body } = await user.send('POST', '/users/me/passkey/options', { headers })
    const results: number[] = []
    for (const authenticator of [new SoftAuthenticator(), new SoftAuthenticator()]) {
      const request = {
        headers,
        body: { name: 'Phone', passkey: await authenticator.create(body) },
      }
      results.push((await user.send('POST', '/users/me/passkeys', request)).status)
    }
    expect(results).toEqual([201, 400])
  })
})

describe('a log-in by passkey', () => {
  let holder: KeyHolder
  beforeEach(async () => {
    holder = await newHolder()
  })

  it.each<[string, Deviation]>([
    ['on another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['without user verification', { isVerified: false }],
    ['with a registration', { type: 'webauthn.create' }],
    ['with an invented challenge', { challenge: 'aW52ZW50ZWQ' }],
    ['with the handle of another user', { userHandle: 'YW5vdGhlcg' }],
    ['with a credential that no account has', { credentialId: 'dW5rbm93bg' }],
  ])('%s is refused', async (_, deviation) => {
    const refused = await logInByPasskey(world.send, holder.authenticator, deviation)
    expect(refused).toMatchObject(refuses)
    expect((await logInByPasskey(world.send, holder.authenticator)).status).toBe(200)
  })

  it('with the credential ID of another account, signed by another key, is refused', async () => {
    const other = await newHolder()
    const { body: options } = await world.send('POST', '/auth/passkey/options')
    const { id: credentialId } = await other.authenticator.get(options)
    const deviation = { credentialId }
    expect(await logInByPasskey(world.send, holder.authenticator, deviation)).toMatchObject(refuses)
  })

  it.each([
    [5 * MINUTE_MS - 1000, 200],
    [5 * MINUTE_MS, 400],
  ])('%i ms after its options returns %i', async (ageMs, status) => {
    const { body: options } = await world.send('POST', '/auth/passkey/options')
    const passkey = await holder.authenticator.get(options)
    pass(ageMs)
    expect((await world.send('POST', '/auth/passkey', { body: { passkey } })).status).toBe(status)
  })

  it('sent twenty times at once begins one session', async () => {
    const authenticator = new SoftAuthenticator({ hasCounter: false })
    const { user } = await withPasskey(await newUser(world.send), authenticator)
    const { body: options } = await world.send('POST', '/auth/passkey/options')
    const body = { passkey: await authenticator.get(options) }
    const answers = await atOnce(20, () => world.send('POST', '/auth/passkey', { body }))
    expect(statuses(answers)).toEqual({ 200: 1, 400: 19 })
    expect((await user.send('GET', '/auth/sessions')).body).toHaveLength(2)
  })

  it('of a disabled account is refused', async () => {
    await sql('UPDATE users SET disabled_at_ms = 1 WHERE uuid = ?', holder.user.uuid)
    expect(await logInByPasskey(world.send, holder.authenticator)).toMatchObject(refuses)
  })

  it('of a frozen account works, but a refund does not', async () => {
    await sql('UPDATE users SET frozen_at_ms = 1 WHERE uuid = ?', holder.user.uuid)
    const { body } = await logInByPasskey(world.send, holder.authenticator)
    const send: Send = (method, path, options) =>
      world.send(method, path, { token: body.access_token, ...options })
    const headers = await confirmedByPasskey({ ...holder, user: { ...holder.user, send } })
    const refund = await send('POST', `/payments/${crypto.randomUUID()}/refunds`, {
      body: { amount: 100, reason: 'Paid twice' },
      headers,
    })
    expect(refund).toMatchObject({ status: 403, body: { code: 'wallet_frozen' } })
  })

  it('has options that name no account, and that differ only in the challenge', async () => {
    const request = () => world.send('POST', '/auth/passkey/options')
    const [one, other] = [await request(), await request()]
    expect(challengeOf(one)).not.toBe(challengeOf(other))
    expect({ ...one.body, challenge: '' }).toEqual({ ...other.body, challenge: '' })
    expect(one.body).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(one.body.allowCredentials ?? []).toEqual([])
  })

  it('is refused if the counter goes back, and the log names the passkey', async () => {
    const lines = linesOf('passkey_counter_reversed')
    expect((await logInByPasskey(world.send, holder.authenticator)).status).toBe(200)
    const { counter } = holder.authenticator
    for (const copied of [counter, counter - 1, 0])
      expect(
        await logInByPasskey(world.send, holder.authenticator, { counter: copied }),
      ).toMatchObject(refuses)
    expect(lines()).toHaveLength(3)
    expect(lines()[0]).toMatchObject({ user: holder.user.uuid, passkey: holder.passkey })
    expect((await logInByPasskey(world.send, holder.authenticator)).status).toBe(200)
  })
})

describe('a confirmation by passkey', () => {
  const optionsOf = async (user: Pick<TestUser, 'send'>) =>
    (await user.send('POST', '/users/me/confirmation/options')).body

  it('is required of an account with a passkey; the password alone is refused', async () => {
    const holder = await newHolder()
    const { user } = holder
    const options = await optionsOf(user)
    expect(options).toMatchObject({ methods: ['passkey'], options: { rpId: 'localhost' } })
    expect(options.options.allowCredentials).toHaveLength(1)
    const refused = await user.send('POST', '/users/me/confirmation', {
      body: { password: PASSWORD },
    })
    expect(refused).toMatchObject({ status: 403, body: { code: 'passkey_required' } })
    expect(refused.body.detail).toContain('passkey')
    expect(await confirmedByPasskey(holder)).toHaveProperty('Confirmation')
  })

  it('is not offered to an account without a passkey', async () => {
    const user = await newUser(world.send)
    expect(await optionsOf(user)).toEqual({ methods: ['password'] })
  })

  it("with another user's passkey is refused", async () => {
    const [holder, other] = [await newHolder(), await newHolder()]
    expect(await confirmByPasskey(holder.user, other.authenticator)).toMatchObject(refuses)
  })

  it.each<[string, Deviation]>([
    ['on another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['without user verification', { isVerified: false }],
  ])('%s is refused', async (_, deviation) => {
    const { user, authenticator } = await newHolder()
    expect(await confirmByPasskey(user, authenticator, deviation)).toMatchObject(refuses)
  })

  it('works once for its challenge', async () => {
    const authenticator = new SoftAuthenticator({ hasCounter: false })
    const { user } = await withPasskey(await newUser(world.send), authenticator)
    const { options } = await optionsOf(user)
    const body = { passkey: await authenticator.get(options) }
    const answers = await atOnce(5, () => user.send('POST', '/users/me/confirmation', { body }))
    expect(statuses(answers)).toEqual({ 200: 1, 400: 4 })
  })

  it.each<[string, (holder: KeyHolder) => Promise<object>]>([
    ['a log-in', async () => (await world.send('POST', '/auth/passkey/options')).body],
    [
      'a new passkey',
      async (holder) => {
        const headers = await confirmedByPasskey(holder)
        const { send } = holder.user
        return (await send('POST', '/users/me/passkey/options', { headers })).body
      },
    ],
    [
      'another session',
      async ({ user }) => (await optionsOf(await onAnotherDevice(world.send, user))).options,
    ],
    ['another user', async () => (await optionsOf((await newHolder()).user)).options],
  ])('with the challenge of %s is refused', async (_, issue) => {
    const holder = await newHolder()
    const { challenge } = (await issue(holder)) as { challenge: string }
    const { user, authenticator } = holder
    expect(await confirmByPasskey(user, authenticator, { challenge })).toMatchObject(refuses)
  })

  it('has a challenge that neither logs in nor adds a passkey', async () => {
    const holder = await newHolder()
    const { challenge } = (await optionsOf(holder.user)).options
    const { authenticator, user } = holder
    expect(await logInByPasskey(world.send, authenticator, { challenge })).toMatchObject(refuses)
    const headers = await confirmedByPasskey(holder)
    expect(await addPasskey(user, authenticator, headers, { challenge })).toMatchObject(refuses)
  })

  it('of a session that was revoked is refused', async () => {
    const holder = await newHolder()
    const elsewhere = await onAnotherDevice(world.send, holder.user)
    const { options } = await optionsOf(elsewhere)
    const body = { passkey: await holder.authenticator.get(options) }
    await holder.user.send('POST', '/auth/logout-all')
    expect((await elsewhere.send('POST', '/users/me/confirmation', { body })).status).toBe(401)
  })
})

describe('without a configured origin', () => {
  const unconfigured = mailWorld({ relyingParty: undefined })

  it.each([
    ['POST', '/auth/passkey/options', undefined],
    ['POST', '/users/me/passkey/options', undefined],
  ])('%s %s names the setting', async (method, path, body) => {
    const user = await newUser(unconfigured.send)
    const headers = await confirmed(user)
    const answer = await user.send(method, path, { headers, body })
    expect(answer).toMatchObject({ status: 503, body: { code: 'passkeys_not_configured' } })
    expect(answer.body.title).toContain('PASSKEY_ORIGINS')
  })

  it('a passkey neither logs in nor confirms', async () => {
    const { user, authenticator } = await newHolder()
    const { body: options } = await world.send('POST', '/auth/passkey/options')
    const body = { passkey: await authenticator.get(options) }
    const answer = await unconfigured.send('POST', '/auth/passkey', { body })
    expect(answer).toMatchObject({ status: 503, body: { code: 'passkeys_not_configured' } })
    const { token } = user
    const path = '/users/me/confirmation/options'
    expect((await unconfigured.send('POST', path, { token })).body).toEqual({ methods: [] })
  })
})
