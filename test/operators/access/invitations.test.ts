/** Invitations of operators. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { SoftAuthenticator } from '../../support/authenticator'
import { atOnce, statuses } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import {
  acceptByPasskey,
  acceptByPassword,
  codeOf,
  DESK_PASSWORD,
  invited,
  logIn,
  logInByDeskPasskey,
  secretOf,
  tokenOf,
  withDeskPasskey,
  withPassword,
} from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'

useClock()

const world = worldWith()
const HOUR_MS = 3_600_000
const invalid = { status: 400, body: { code: 'invalid_link' } }

const read = (token: string) =>
  world.send('POST', '/operator/invitations/read', { body: { token } })

const inviteAgain = async (uuid: string) => {
  const admin = await newOperator('admin', world.send)
  const body = { action: 'invite_again', reason: 'Lost the phone' }
  const answer = await admin.send('POST', `/operator/operators/${uuid}`, { body })
  return tokenOf(answer.body.invitation)
}

describe('an invitation', () => {
  it('has the account, and a secret for an authenticator app', async () => {
    const { token, email } = await invited('support', await newOperator('admin', world.send))
    const { status, body } = await read(token)
    expect(status).toBe(200)
    expect(body).toMatchObject({ email, role: 'support', has_passkeys: true })
    expect(body.totp.secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(body.totp.uri).toContain(`secret=${body.totp.secret}`)
    expect((await read(token)).body).toEqual(body)
  })

  it('begins a session, and works once', async () => {
    const { token, uuid } = await invited('support', await newOperator('admin', world.send))
    const { answer } = await acceptByPassword(world.send, token)
    expect(answer).toMatchObject({ status: 200, body: { operator: { uuid, role: 'support' } } })
    expect(await read(token)).toMatchObject(invalid)
  })

  it('is accepted by one of several requests at once', async () => {
    const { token, uuid } = await invited('support', await newOperator('admin', world.send))
    const secret = await secretOf(world.send, token)
    const body = { token, password: DESK_PASSWORD, code: codeOf(secret) }
    const answers = await atOnce(4, () =>
      world.send('POST', '/operator/invitations/accept', { body }),
    )
    expect(statuses(answers)).toEqual({ 200: 1, 400: 3 })
    expect(await world.deps.operatorSessions.list(uuid)).toHaveLength(1)
  })

  it('expires after 72 hours', async () => {
    const { token } = await invited('support', await newOperator('admin', world.send))
    pass(72 * HOUR_MS - 1)
    expect((await read(token)).status).toBe(200)
    pass(1)
    expect(await read(token)).toMatchObject(invalid)
  })

  it('replaces the earlier ones of the operator', async () => {
    const { token, uuid } = await invited('support', await newOperator('admin', world.send))
    const later = await inviteAgain(uuid)
    expect(await read(token)).toMatchObject(invalid)
    expect((await read(later)).status).toBe(200)
  })

  it('of a disabled operator is invalid', async () => {
    const { token, uuid } = await invited('support', await newOperator('admin', world.send))
    await env.DB.prepare('UPDATE operators SET disabled_at_ms = 1 WHERE uuid = ?').bind(uuid).run()
    expect(await read(token)).toMatchObject(invalid)
  })

  it('with a wrong code is not used up', async () => {
    const { token } = await invited('support', await newOperator('admin', world.send))
    const secret = await secretOf(world.send, token)
    const body = { token, password: DESK_PASSWORD, code: codeOf(secret, 5) }
    expect(await world.send('POST', '/operator/invitations/accept', { body })).toMatchObject({
      status: 400,
      body: { code: 'invalid_code' },
    })
    expect((await acceptByPassword(world.send, token)).answer.status).toBe(200)
  })

  it.each([
    ['11 characters', 'short horse'],
    ['257 characters', 'horse'.padEnd(257, '.')],
  ])('with a password of %s is not accepted', async (_, password) => {
    const { token } = await invited('support', await newOperator('admin', world.send))
    const { answer } = await acceptByPassword(world.send, token, password)
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
  })

  it('has a password of 12 characters or more', async () => {
    const { token, email } = await invited('support', await newOperator('admin', world.send))
    const { answer, secret } = await acceptByPassword(world.send, token, 'twelve horse')
    expect(answer.status).toBe(200)
    pass(30_000)
    expect((await logIn(world.send, email, 'twelve horse', codeOf(secret))).status).toBe(200)
  })

  it('that is unknown is invalid', async () => {
    expect(await read('opi_unknown')).toMatchObject(invalid)
  })
})

describe('an invitation that is accepted by passkey', () => {
  it('begins a session, and the passkey logs in', async () => {
    const { uuid, authenticator } = await withDeskPasskey('viewer', world.send)
    const [session] = await world.deps.operatorSessions.list(uuid)
    expect(session).toMatchObject({ kind: 'session', endedAtMs: null })
    expect((await logInByDeskPasskey(world.send, authenticator)).status).toBe(200)
  })

  it.each([
    ['from another origin', { origin: 'https://evil.example' }],
    ['without verification of the person', { isVerified: false }],
  ])('%s is refused, and not used up', async (_, deviation) => {
    const { token } = await invited('viewer', await newOperator('admin', world.send))
    const authenticator = new SoftAuthenticator()
    expect(await acceptByPasskey(world.send, token, authenticator, deviation)).toMatchObject({
      status: 400,
      body: { code: 'invalid_passkey' },
    })
    expect((await acceptByPasskey(world.send, token, authenticator)).status).toBe(200)
  })

  it('accepts no challenge of another invitation', async () => {
    const admin = await newOperator('admin', world.send)
    const [mine, other] = [await invited('viewer', admin), await invited('viewer', admin)]
    const path = '/operator/invitations/passkey-options'
    const { body } = await world.send('POST', path, { body: { token: other.token } })
    const response = await new SoftAuthenticator().create(body.options)
    const answer = await world.send('POST', '/operator/invitations/accept', {
      body: { token: mine.token, response },
    })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_passkey' } })
  })

  it('accepts no challenge of an earlier invitation of the operator', async () => {
    const { token, uuid } = await invited('viewer', await newOperator('admin', world.send))
    const path = '/operator/invitations/passkey-options'
    const { body } = await world.send('POST', path, { body: { token } })
    const response = await new SoftAuthenticator().create(body.options)
    const later = await inviteAgain(uuid)
    const answer = await world.send('POST', '/operator/invitations/accept', {
      body: { token: later, response },
    })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_passkey' } })
  })

  it('accepts no credential of another operator', async () => {
    const admin = await newOperator('admin', world.send)
    const { authenticator, uuid } = await withDeskPasskey('viewer', world.send)
    const row = await env.DB.prepare(
      'SELECT credential_id AS id FROM operator_passkeys WHERE operator_uuid = ?',
    )
      .bind(uuid)
      .first<{ id: string }>()
    const { token } = await invited('viewer', admin)
    const credentialId = row?.id ?? ''
    expect(await acceptByPasskey(world.send, token, authenticator, { credentialId })).toMatchObject(
      { status: 409, body: { code: 'passkey_taken' } },
    )
  })
})

describe('a second invitation', () => {
  it('replaces password, code and passkeys, and ends sessions and keys', async () => {
    const { uuid, email, secret, send } = await withPassword('viewer', world.send)
    const created = await send('POST', '/operator/keys', { body: { name: 'Laptop', days: 1 } })
    const { key } = created.body
    const later = await inviteAgain(uuid)
    expect((await send('GET', '/operator/session')).status).toBe(200)
    const authenticator = new SoftAuthenticator()
    expect((await acceptByPasskey(world.send, later, authenticator)).status).toBe(200)
    expect((await send('GET', '/operator/session')).status).toBe(401)
    expect((await world.send('GET', '/operator/session', { token: key })).status).toBe(401)
    pass(30_000)
    expect((await logIn(world.send, email, DESK_PASSWORD, codeOf(secret))).status).toBe(401)

    const third = await inviteAgain(uuid)
    const { answer } = await acceptByPassword(world.send, third, 'another long horse')
    expect(answer.status).toBe(200)
    expect((await logInByDeskPasskey(world.send, authenticator)).status).toBe(400)
  })
})
