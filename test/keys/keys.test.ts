/** API keys of users: create, list, revoke; their limits, and what is stored and logged. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { logError } from '../../src/common/log'
import { keyHashOf, newKey } from '../../src/keys/key'
import { MAX_KEYS } from '../../src/keys/object/key-table'
import { USER_SCOPES } from '../../src/keys/scopes'
import { linesOf } from '../support/accounts'
import { atOnce, newUser, send, statuses, type TestUser } from '../support/client'
import { pass, START, useClock } from '../support/clock'
import { worldWith } from '../support/gateway'
import { newKeyOf, revoke } from '../support/keys'
import { findLeak } from '../support/secrets'

useClock()

const streamOf = (owner: string) => env.STREAM.getByName(`user/${owner}`)

const tablesOf = (owner: string): Promise<string[]> =>
  runInDurableObject(streamOf(owner), (_, { storage }) =>
    storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'",
      )
      .toArray()
      .map(({ name }) => name),
  )

const rowsOf = (owner: string) =>
  runInDurableObject(streamOf(owner), (_, { storage }) =>
    storage.sql.exec('SELECT * FROM keys').toArray(),
  )

const create = (user: TestUser, body: object) => user.send('POST', '/keys', { body })

describe('a new key', () => {
  it('is returned once, with no-store, and listed without the key', async () => {
    const user = await newUser()
    const created = await create(user, {
      name: ' Accounting ',
      scopes: ['calls:read', 'calls:read'],
    })
    expect(created.status).toBe(201)
    expect(created.headers.get('Cache-Control')).toBe('no-store')
    const { key, ...listed } = created.body
    expect(listed).toEqual({
      uuid: expect.any(String),
      name: 'Accounting',
      scopes: ['calls:read'],
      created_at: new Date(START).toISOString(),
      last_used_at: null,
    })
    expect(created.headers.get('Location')).toBe(`/keys/${listed.uuid}`)
    const list = await user.send('GET', '/keys')
    expect(list.body).toEqual([listed])
    expect(list.text).not.toContain(key)
  })

  it('is stored as a hash only, and is in no log', async () => {
    const lines: string[] = []
    for (const method of ['log', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line) => lines.push(String(line)))
    const user = await newUser()
    const key = await newKeyOf(user)
    for (const path of ['/calls', '/payments', '/users/me', `/keys/${key.token}`])
      await key.send('GET', path)
    await send('GET', `/calls/${key.token}`, { token: key.token })
    await revoke(user, key.uuid)
    await key.send('POST', '/calls', { body: {} })
    expect(await findLeak(lines)).toBeUndefined()
    const stored = await newKeyOf(user)
    const rows = JSON.stringify(await rowsOf(user.uuid))
    expect(rows).not.toContain('aik_')
    expect(rows).toContain(keyHashOf(stored.token))
  })

  it('is redacted in the log of an error that contains it', () => {
    const errors = vi.spyOn(console, 'error').mockReturnValue()
    const key = newKey(crypto.randomUUID())
    logError('any_error', new Error(`no row for ${key}, or "${key}"`))
    const text = String(errors.mock.calls[0]?.[0])
    expect(text).not.toContain(key.slice(0, 20))
    expect(text).toContain('no row for [key], or')
  })

  it('and its end are logged with their UUIDs', async () => {
    const [created, revoked] = [linesOf('key_created'), linesOf('key_revoked')]
    const user = await newUser()
    const { uuid } = await newKeyOf(user)
    await revoke(user, uuid)
    expect(created()).toMatchObject([{ user: user.uuid, key: uuid }])
    expect(revoked()).toMatchObject([{ user: user.uuid, key: uuid }])
  })

  it.each([
    [{}, '/name'],
    [{ name: 'x' }, '/scopes'],
    [{ name: 'x', scopes: [] }, '/scopes'],
    [{ name: 'x', scopes: ['operators:act'] }, '/scopes/0'],
    [{ name: 'x', scopes: 'calls:read' }, '/scopes'],
    [{ name: '', scopes: ['calls:read'] }, '/name'],
    [{ name: '\u2800', scopes: ['calls:read'] }, '/name'],
    [{ name: 'x'.repeat(101), scopes: ['calls:read'] }, '/name'],
    [{ name: 'x', scopes: ['calls:read'], uuid: 'y' }, '/uuid'],
  ])('is refused for the body %j', async (body, pointer) => {
    const { status, body: problem } = await create(await newUser(), body)
    expect(status).toBe(400)
    expect(problem.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
  })

  it('is refused while the wallets are frozen', async () => {
    const user = await newUser()
    await env.DB.prepare('UPDATE users SET frozen_at_ms = 1 WHERE uuid = ?').bind(user.uuid).run()
    const body = { name: 'x', scopes: ['calls:read'] }
    expect(await create(user, body)).toMatchObject({ status: 403, body: { code: 'wallet_frozen' } })
  })
})

describe('keys', () => {
  it('are at most 20, also if they are created at once; a revoked key makes room', async () => {
    const user = await newUser()
    const answers = await atOnce(25, () => create(user, { name: 'x', scopes: ['calls:read'] }))
    expect(statuses(answers)).toEqual({ 201: MAX_KEYS, 409: 5 })
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.body).toMatchObject({ code: 'too_many_keys' })
    const { body: listed } = await user.send('GET', '/keys')
    expect(listed).toHaveLength(MAX_KEYS)
    await revoke(user, listed[0].uuid)
    expect((await create(user, { name: 'x', scopes: ['calls:read'] })).status).toBe(201)
  })

  it('are at most 30 an hour', async () => {
    const user = await newUser()
    const codes: (string | undefined)[] = []
    for (let count = 0; count < 31; count += 1) {
      const { body } = await create(user, { name: 'x', scopes: ['calls:read'] })
      codes.push(body.code)
      if (body.uuid) await revoke(user, body.uuid)
    }
    expect(codes.filter((code) => code !== undefined)).toEqual(['rate_limited'])
    pass(3_600_000)
  })

  it('of another user are not found, and are not revoked', async () => {
    const [user, other] = [await newUser(), await newUser()]
    const { uuid, send: asKey } = await newKeyOf(user)
    for (const each of [uuid, crypto.randomUUID()])
      expect((await other.send('DELETE', `/keys/${each}`)).status).toBe(404)
    expect((await asKey('GET', '/calls')).status).toBe(200)
  })

  it('record their last use to the minute', async () => {
    const user = await newUser()
    const key = await newKeyOf(user)
    const lastUsed = async () => (await user.send('GET', '/keys')).body[0].last_used_at
    const at = (ms: number) => new Date(START + ms).toISOString()
    const used: string[] = []
    for (const ms of [0, 59_999, 1, 60_000]) {
      pass(ms)
      await key.send('GET', '/calls')
      used.push(await lastUsed())
    }
    expect(used).toEqual([at(0), at(0), at(60_000), at(120_000)])
  })

  it('begin the stream of their owner only with a scope that needs it', async () => {
    const opened: string[] = []
    const openStream = async (owner: string) => {
      opened.push(owner)
      return { ok: true, value: null } as const
    }
    const world = worldWith({ openStream })
    const user = await newUser(world.send)
    for (const scope of USER_SCOPES) await newKeyOf(user, [scope], world.send)
    expect(opened).toEqual([user.uuid, user.uuid])
  })
})

describe('the revocation of a key', () => {
  it('can be repeated after the wallets failed, and the key is dead meanwhile', async () => {
    const state = { fails: true }
    const { deps } = worldWith()
    const world = worldWith({
      revokeTokens: (userUuid, refusal) => {
        if (state.fails) throw new Error('the wallets are away')
        return deps.revokeTokens(userUuid, refusal)
      },
    })
    vi.spyOn(console, 'error').mockReturnValue()
    const user = await newUser(world.send)
    const key = await newKeyOf(user, USER_SCOPES, world.send)
    expect((await user.send('DELETE', `/keys/${key.uuid}`)).status).toBe(500)
    expect((await key.send('GET', '/calls')).status).toBe(401)
    expect((await user.send('GET', '/keys')).body).toHaveLength(1)
    state.fails = false
    await revoke(user, key.uuid)
    expect((await user.send('GET', '/keys')).body).toEqual([])
    expect((await user.send('DELETE', `/keys/${key.uuid}`)).status).toBe(404)
  })
})

describe('a forged key with a right checksum', () => {
  it('is rejected and stores nothing, neither in its object nor anywhere else', async () => {
    const owner = crypto.randomUUID()
    const forged = newKey(owner)
    for (const path of ['/calls', '/payments', '/wallets'])
      expect((await send('GET', path, { token: forged })).status).toBe(401)
    expect(await tablesOf(owner)).toEqual([])
  })

  it('of a user who has keys is rejected', async () => {
    const user = await newUser()
    const key = await newKeyOf(user)
    const rows = await rowsOf(user.uuid)
    expect((await send('GET', '/calls', { token: newKey(user.uuid) })).status).toBe(401)
    expect(await rowsOf(user.uuid)).toEqual(rows)
    expect((await key.send('GET', '/calls')).status).toBe(200)
  })
})
