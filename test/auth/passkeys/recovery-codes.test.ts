import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { SoftAuthenticator } from '../../support/authenticator'
import { atOnce, newUser, PASSWORD, statuses, type TestUser } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { confirmed } from '../../support/confirmation'
import { changeAddress, confirm, forgot, mailWorld, reset, undo } from '../../support/mail'
import {
  addPasskey,
  confirmedByPasskey,
  logInByPasskey,
  newCodes,
  tokenVersionOf,
  withPasskey,
} from '../../support/passkeys'
import { canaries } from '../../support/secrets'

useClock()

const world = mailWorld()
const NEW_PASSWORD = 'another horse entirely'

const newHolder = async () => withPasskey(await newUser(world.send))

const confirmWith = (user: Pick<TestUser, 'send'>, recovery_code: string, password = PASSWORD) =>
  user.send('POST', '/users/me/confirmation', { body: { password, recovery_code } })

const invalid = { status: 400, body: { code: 'invalid_recovery_code' } }

describe('a recovery code', () => {
  it('confirms once, with the password, and its owner is notified', async () => {
    const holder = await newHolder()
    const { user } = holder
    const codes = await newCodes(holder)
    const [code = ''] = codes
    expect(new Set(codes).size).toBe(10)
    for (const each of codes)
      expect(each).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    const { body } = await user.send('POST', '/users/me/confirmation/options')
    expect(body.methods).toEqual(['passkey', 'recovery_code'])
    expect(await confirmWith(user, code, 'a wrong horse')).toMatchObject({
      status: 400,
      body: { code: 'wrong_password' },
    })
    const { status, body: proof } = await confirmWith(user, code)
    expect(status).toBe(200)
    const headers = { Confirmation: proof.confirmation }
    const path = '/users/me/passkey/options'
    expect((await user.send('POST', path, { headers })).status).toBe(200)
    expect(await confirmWith(user, code)).toMatchObject(invalid)
    expect((await user.send('GET', '/users/me/passkeys')).body.recovery_codes_left).toBe(9)
    await world.deliver()
    const used = world.provider.to(user.email).filter(({ subject }) => /code/.test(subject))
    expect(used).toHaveLength(1)
  })

  it('confirms once if twenty requests use it at once', async () => {
    const holder = await newHolder()
    const [code = ''] = await newCodes(holder)
    const answers = await atOnce(20, () => confirmWith(holder.user, code))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = statuses(answers)
    expect((refused[400] ?? 0) + (refused[429] ?? 0)).toBe(19)
  })

  it.each([
    ['in small letters', (code: string) => code.toLowerCase()],
    ['without hyphens', (code: string) => code.replaceAll('-', '')],
    ['with spaces', (code: string) => ` ${code.replaceAll('-', ' ')} `],
  ])('can be typed %s', async (_, typed) => {
    const holder = await newHolder()
    const [code = ''] = await newCodes(holder)
    expect((await confirmWith(holder.user, typed(code))).status).toBe(200)
  })

  it('of another user, or of earlier codes, is refused', async () => {
    const holder = await newHolder()
    const [earlier = ''] = await newCodes(holder)
    const [code = ''] = await newCodes(holder)
    expect(await confirmWith(holder.user, earlier)).toMatchObject(invalid)
    const other = await newHolder()
    expect(await confirmWith(other.user, code)).toMatchObject(invalid)
    expect((await confirmWith(holder.user, code)).status).toBe(200)
  })

  it('is not replaced by a session that a recovery has ended', async () => {
    const holder = await newHolder()
    const { user } = holder
    const codes = await newCodes(holder)
    const tokenVersion = await tokenVersionOf(world.deps, user)
    const ended = { userUuid: user.uuid, tokenVersion: tokenVersion - 1 }
    const { passkeyStore } = world.deps
    expect(await passkeyStore.replaceCodes(ended, ['0'.repeat(64)], Date.now())).toBe(false)
    expect((await confirmWith(user, codes[0] ?? '')).status).toBe(200)
    expect((await user.send('GET', '/users/me/passkeys')).body.recovery_codes_left).toBe(9)
  })

  it('is stored as a hash only', async () => {
    const holder = await newHolder()
    for (const code of await newCodes(holder)) {
      canaries.add(code)
      canaries.add(code.replaceAll('-', ''))
    }
    const { results } = await env.DB.prepare('SELECT * FROM recovery_codes WHERE user_uuid = ?')
      .bind(holder.user.uuid)
      .all<{ code_hash: string }>()
    for (const { code_hash } of results) expect(code_hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('needs a confirmation and a passkey, and is removed with the last passkey', async () => {
    const user = await newUser(world.send)
    const path = '/users/me/recovery-codes'
    expect((await user.send('POST', path)).body.code).toBe('confirmation_required')
    const headers = await confirmed(user)
    expect(await user.send('POST', path, { headers })).toMatchObject({
      status: 409,
      body: { code: 'no_passkey' },
    })
    const holder = await withPasskey(user)
    await newCodes(holder)
    const removal = { headers: await confirmedByPasskey(holder) }
    await user.send('DELETE', `/users/me/passkeys/${holder.passkey}`, removal)
    expect((await user.send('GET', '/users/me/passkeys')).body).toEqual({
      passkeys: [],
      recovery_codes_left: 0,
    })
    expect(await confirmed(user)).toHaveProperty('Confirmation')
  })
})

describe('a new password by a link', () => {
  async function recovered(isVerified: boolean) {
    const holder = await newHolder()
    await newCodes(holder)
    const { user } = holder
    if (isVerified) await confirm(world, await world.linkTo(user.email, /Confirm your e-mail/))
    await forgot(world, user.email)
    const token = await world.linkTo(user.email, /Set a new password/)
    expect((await reset(world, token, NEW_PASSWORD)).status).toBe(204)
    const { body } = await world.send('POST', '/auth/login', {
      body: { email: user.email, password: NEW_PASSWORD },
    })
    const send: TestUser['send'] = (method, path, options) =>
      world.send(method, path, { token: body.access_token, ...options })
    return { ...holder, user: { ...user, send } }
  }

  it('removes the passkeys and codes of an address that was never verified', async () => {
    const holder = await recovered(false)
    expect((await holder.user.send('GET', '/users/me/passkeys')).body).toEqual({
      passkeys: [],
      recovery_codes_left: 0,
    })
    expect((await logInByPasskey(world.send, holder.authenticator)).status).toBe(400)
  })

  it('keeps those of a verified address, which still confirm', async () => {
    const holder = await recovered(true)
    const { body } = await holder.user.send('GET', '/users/me/passkeys')
    expect(body).toMatchObject({ passkeys: [{ name: 'Phone' }], recovery_codes_left: 10 })
    const alone = { body: { password: NEW_PASSWORD } }
    expect((await holder.user.send('POST', '/users/me/confirmation', alone)).status).toBe(403)
    expect(await confirmedByPasskey(holder)).toHaveProperty('Confirmation')
  })

  it('that is not valid removes nothing', async () => {
    const holder = await newHolder()
    expect((await reset(world, 'invented', NEW_PASSWORD)).status).toBe(400)
    expect((await holder.user.send('GET', '/users/me/passkeys')).body.passkeys).toHaveLength(1)
  })
})

it('the return to an earlier address removes the passkeys that were added since, or shortly before', async () => {
  const holder = await newHolder()
  const { user, authenticator: own } = holder
  await env.DB.prepare('UPDATE passkeys SET created_at_ms = created_at_ms - ?')
    .bind(72 * 3_600_000 + 1)
    .run()
  const [before, since] = [new SoftAuthenticator(), new SoftAuthenticator()]
  expect((await addPasskey(user, before, await confirmedByPasskey(holder))).status).toBe(201)
  pass(1000)
  const to = `moved-${crypto.randomUUID()}@example.com`
  await changeAddress(user, to, PASSWORD)
  await confirm(world, await world.linkTo(to, /new e-mail address/))
  pass(1000)
  expect((await addPasskey(user, since, await confirmedByPasskey(holder))).status).toBe(201)
  expect((await undo(world, await world.linkTo(user.email, /was changed/))).status).toBe(204)
  for (const thiefs of [before, since])
    expect((await logInByPasskey(world.send, thiefs)).status).toBe(400)
  expect((await logInByPasskey(world.send, own)).status).toBe(200)
})
