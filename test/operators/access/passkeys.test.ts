/** Log-in of operators by passkey. */
import { base64url } from 'jose'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { atOnce, newUser, statuses } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { logInByDeskPasskey, withDeskPasskey } from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { logInByPasskey, withPasskey } from '../../support/passkeys'

useClock()

const world = worldWith()
const refused = { status: 400, body: { code: 'invalid_passkey' } }

const optionsOf = async (path: string) =>
  (await world.send('POST', path, path.startsWith('/operator') ? { body: {} } : {})).body

const answerTo = (response: object) =>
  world.send('POST', '/operator/session/passkey', { body: { response, as: 'token' } })

describe('a log-in by passkey', () => {
  it('begins a session, and needs no e-mail address', async () => {
    const { uuid, authenticator } = await withDeskPasskey('finance', world.send)
    const { options } = await optionsOf('/operator/session/passkey/options')
    expect(options).toMatchObject({ allowCredentials: [], userVerification: 'required' })
    const { status, body } = await logInByDeskPasskey(world.send, authenticator)
    expect(status).toBe(200)
    expect(body.operator).toMatchObject({ uuid, role: 'finance' })
    expect((await world.send('GET', '/operator/session', { token: body.token })).status).toBe(200)
  })

  it.each([
    ['of an unknown credential', { credentialId: base64url.encode('unknown') }],
    ['of another user handle', { userHandle: base64url.encode(crypto.randomUUID()) }],
    ['without verification of the person', { isVerified: false }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['with another type', { type: 'webauthn.create' }],
  ])('%s is refused', async (_, deviation) => {
    const { authenticator } = await withDeskPasskey('viewer', world.send)
    expect(await logInByDeskPasskey(world.send, authenticator, deviation)).toMatchObject(refused)
    expect((await logInByDeskPasskey(world.send, authenticator)).status).toBe(200)
  })

  it('with a counter that does not rise is refused', async () => {
    const { authenticator } = await withDeskPasskey('viewer', world.send)
    expect((await logInByDeskPasskey(world.send, authenticator)).status).toBe(200)
    const { counter } = authenticator
    expect(await logInByDeskPasskey(world.send, authenticator, { counter })).toMatchObject(refused)
  })

  it('uses a challenge once, even for requests at once', async () => {
    const { authenticator } = await withDeskPasskey('viewer', world.send)
    const { options } = await optionsOf('/operator/session/passkey/options')
    const responses = [await authenticator.get(options), await authenticator.get(options)]
    const answers = await atOnce(2, (index) => answerTo(responses[index] ?? {}))
    expect(statuses(answers)).toEqual({ 200: 1, 400: 1 })
  })

  it('with an expired challenge is refused', async () => {
    const { authenticator } = await withDeskPasskey('viewer', world.send)
    const { options } = await optionsOf('/operator/session/passkey/options')
    pass(5 * 60_000)
    expect(await answerTo(await authenticator.get(options))).toMatchObject(refused)
  })

  it('of a disabled operator is refused', async () => {
    const { uuid, authenticator } = await withDeskPasskey('viewer', world.send)
    await env.DB.prepare('UPDATE operators SET disabled_at_ms = 1 WHERE uuid = ?').bind(uuid).run()
    expect(await logInByDeskPasskey(world.send, authenticator)).toMatchObject(refused)
  })
})

describe('challenges of operators and of customers', () => {
  it('are not accepted for each other', async () => {
    const { authenticator } = await withDeskPasskey('viewer', world.send)
    const forUsers = await optionsOf('/auth/passkey/options')
    expect(await answerTo(await authenticator.get(forUsers))).toMatchObject(refused)

    const holder = await withPasskey(await newUser(world.send))
    const { options } = await optionsOf('/operator/session/passkey/options')
    const passkey = await holder.authenticator.get(options)
    expect(await world.send('POST', '/auth/passkey', { body: { passkey } })).toMatchObject(refused)
  })

  it('do not let a passkey of a customer log in to the back office, or the reverse', async () => {
    const holder = await withPasskey(await newUser(world.send))
    expect(await logInByDeskPasskey(world.send, holder.authenticator)).toMatchObject(refused)
    const { authenticator } = await withDeskPasskey('viewer', world.send)
    expect(await logInByPasskey(world.send, authenticator)).toMatchObject(refused)
  })
})
