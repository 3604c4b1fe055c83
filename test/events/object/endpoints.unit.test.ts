import { Webhook as Receiver } from 'standardwebhooks'
import { beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import type { EndpointChange, NewEndpoint } from '../../../src/events/core/stream'
import { ATTEMPTS_KEPT } from '../../../src/events/object/attempt-table'
import { MAX_ENDPOINTS, MAX_ENDPOINTS_OF_STREAM } from '../../../src/events/object/endpoints'
import { ROTATION_MS } from '../../../src/events/object/secrets'
import { ok } from '../../../src/common/result'
import { createSeal } from '../../../src/common/tokens/seal'
import { KeyTable } from '../../../src/keys/object/key-table'
import { pass, START, useClock } from '../../support/clock'
import {
  DAY_MS,
  EndpointWorld,
  HOUR_MS,
  neverResponds,
  type Sent,
} from '../../support/endpoint-world'
import { eventOf, eventsOf } from '../../support/streams'

useClock()

const URL_A = 'https://hooks.example.com/a'
const URL_B = 'https://hooks.example.com/b'
const NOT_FOUND = { ok: false, refusal: { code: 'not_found' } }
const CONFLICT = { ok: false, refusal: { code: 'endpoint_state_conflict' } }

let world: EndpointWorld
let isKeyValid: MockInstance<KeyTable['isValid']>

beforeEach(() => {
  world = new EndpointWorld()
  isKeyValid = vi.spyOn(KeyTable.prototype, 'isValid').mockReturnValue(true)
})

const append = async (first: number, last: number) => {
  ;(await world.object()).append(eventsOf(first, last))
  await world.flush()
}

const change = async (uuid: string, changes: EndpointChange) => {
  const changed = (await world.object()).changeEndpoint(uuid, changes)
  await world.flush()
  return changed
}

const respond = (status: number) => world.receivers.set(URL_A, () => new Response(null, { status }))

const newEndpoint = (values: Partial<NewEndpoint> = {}): NewEndpoint => ({
  uuid: crypto.randomUUID(),
  keyUuid: null,
  url: URL_A,
  description: null,
  types: null,
  includePhone: false,
  after: null,
  ...values,
})

const codeOf = async (created: Promise<{ ok: boolean; refusal?: { code: string } }>) =>
  (await created).refusal?.code

const verifies = (secret: string, sent: Sent | undefined): boolean => {
  try {
    new Receiver(secret).verify(sent?.body ?? '', sent?.headers ?? {})
    return true
  } catch {
    return false
  }
}

describe('a new endpoint', () => {
  it('is enabled, has the address in ASCII, and begins after the newest event', async () => {
    await append(1, 3)
    const { uuid } = await world.create('https://BÜCHER.example/in', { description: 'Books' })
    expect(await world.find(uuid)).toEqual({
      uuid,
      keyUuid: null,
      url: 'https://xn--bcher-kva.example/in',
      description: 'Books',
      types: null,
      includePhone: false,
      status: 'enabled',
      disabledReason: null,
      cursor: 3,
      failures: 0,
      failingSinceMs: null,
      nextAttemptAtMs: null,
      previousSecretUntilMs: null,
      createdAtMs: START,
    })
    expect((await world.object()).listEndpoints()).toHaveLength(1)
  })

  it('begins no later than after the newest event', async () => {
    await append(1, 3)
    const { uuid } = await world.create(URL_A, { after: 1000 })
    expect((await world.find(uuid)).cursor).toBe(3)
  })

  it('needs an address that is allowed', async () => {
    const create = async (url: string) =>
      codeOf((await world.object()).createEndpoint(newEndpoint({ url })))
    expect(await create('https://127.0.0.1/')).toBe('endpoint_address_refused')
    expect(await create('http://localhost:8080/')).toBe('endpoint_address_refused')
    world.ports.allowsLoopback = true
    expect(await create('http://localhost:8080/')).toBeUndefined()
  })

  it('is not created by a key that was revoked meanwhile', async () => {
    const object = await world.object()
    const creating = object.createEndpoint(newEndpoint({ keyUuid: 'key-1', after: 0 }))
    isKeyValid.mockReturnValue(false)
    expect(await codeOf(creating)).toBe('unauthenticated')
    expect(object.listEndpoints()).toEqual([])
  })

  it('is one of ten of its key, and of ten of all sessions', async () => {
    const object = await world.object()
    const create = (keyUuid: string | null) =>
      codeOf(object.createEndpoint(newEndpoint({ keyUuid })))
    for (const keyUuid of ['key-1', 'key-2', null]) {
      for (let created = 0; created < MAX_ENDPOINTS; created++)
        expect(await create(keyUuid)).toBeUndefined()
      expect(await create(keyUuid)).toBe('too_many_endpoints')
    }
    const [first] = object.listEndpoints()
    object.removeEndpoint(first?.uuid ?? '')
    expect(await create(first?.keyUuid ?? null)).toBeUndefined()
  })

  it('is one of ten, also if many are created at once', async () => {
    const object = await world.object()
    const created = Array.from({ length: 30 }, () => codeOf(object.createEndpoint(newEndpoint())))
    const refused = (await Promise.all(created)).filter((code) => code === 'too_many_endpoints')
    expect(refused).toHaveLength(30 - MAX_ENDPOINTS)
    expect(object.listEndpoints()).toHaveLength(MAX_ENDPOINTS)
  })

  it('is one of a hundred of the stream, also of keys that were revoked', async () => {
    const object = await world.object()
    for (let created = 0; created < MAX_ENDPOINTS_OF_STREAM; created++)
      await object.createEndpoint(newEndpoint({ keyUuid: `key-${created}` }))
    const refused = await object.createEndpoint(newEndpoint({ keyUuid: 'one more' }))
    expect(refused).toMatchObject({ refusal: { limit: MAX_ENDPOINTS_OF_STREAM } })
  })

  it('is not created by a request that an erasure overtakes', async () => {
    const object = await world.object()
    const { seal } = world.ports
    let finish = () => {}
    world.ports.seal = {
      ...seal,
      seal: async (...sealed) => {
        await new Promise<void>((resolve) => (finish = resolve))
        return seal.seal(...sealed)
      },
    }
    const creating = object.createEndpoint(newEndpoint())
    object.erase()
    finish()
    expect(await creating).toEqual(NOT_FOUND)
    expect(world.stream.host.rows('SELECT * FROM endpoints')).toEqual([])
  })
})

describe('a secret', () => {
  it('is stored only sealed', async () => {
    world.ports.seal = createSeal('endpointSecret', ['a secret of the deployment'])
    const { uuid, secret } = await world.create()
    const rotated = await (await world.object()).rotateEndpointSecret(uuid)
    const shown = rotated.ok ? rotated.value.secret : ''
    expect(shown).toMatch(/^whsec_[\w+/]{43}=$/)
    const stored = world.dump()
    for (const one of [secret, shown]) {
      const bytes = Buffer.from(one.slice('whsec_'.length), 'base64')
      for (const encoding of ['base64', 'base64url', 'hex'] as const)
        expect(stored).not.toContain(bytes.toString(encoding))
    }
    expect(stored).not.toContain('whsec_')
    expect(JSON.stringify((await world.object()).listEndpoints())).not.toContain('1.')
  })

  it('that was rotated signs beside the new one for 24 hours', async () => {
    const { uuid, secret: first } = await world.create()
    const rotated = await (await world.object()).rotateEndpointSecret(uuid)
    const second = rotated.ok ? rotated.value.secret : ''
    expect((await world.find(uuid)).previousSecretUntilMs).toBe(START + ROTATION_MS)
    await append(1, 1)
    expect(world.sent[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    expect([first, second].map((secret) => verifies(secret, world.sent[0]))).toEqual([true, true])
    await world.pass(ROTATION_MS)
    await append(2, 2)
    expect([first, second].map((secret) => verifies(secret, world.sent[1]))).toEqual([false, true])
    expect((await world.find(uuid)).previousSecretUntilMs).toBeNull()
  })

  it('that replaces one that no key opens signs alone, at once', async () => {
    const { uuid } = await world.create()
    world.isSealLost = true
    await append(1, 1)
    expect(world.sent).toEqual([])
    world.isSealLost = false
    const { seal } = world.ports
    const [lost] = world.stream.host.rows('SELECT secret FROM endpoints')
    world.ports.seal = {
      seal: (secret, owner) => seal.seal(secret, owner),
      open: async (sealed, owner) =>
        sealed === lost?.['secret'] ? undefined : seal.open(sealed, owner),
    }
    const rotated = await (await world.object()).rotateEndpointSecret(uuid)
    if (!rotated.ok) throw new Error(rotated.refusal.code)
    await world.ring()
    expect(world.sent[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(1)
    expect(verifies(rotated.value.secret, world.sent[0])).toBe(true)
  })

  it('from before the previous one no longer signs', async () => {
    const { uuid, secret: first } = await world.create()
    const object = await world.object()
    await object.rotateEndpointSecret(uuid)
    await object.rotateEndpointSecret(uuid)
    await append(1, 1)
    expect(world.sent[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    expect(verifies(first, world.sent[0])).toBe(false)
    expect(await object.rotateEndpointSecret('unknown')).toEqual(NOT_FOUND)
  })

  const storedSecrets = () =>
    world.stream.host.rows('SELECT secret, previous_secret AS previous FROM endpoints')[0]

  it('is removed a day after it no longer signs', async () => {
    const { uuid } = await world.create()
    await (await world.object()).rotateEndpointSecret(uuid)
    await world.pass(3 * DAY_MS)
    expect(storedSecrets()).toMatchObject({ previous: null })
  })

  it('is sealed again once a day if an earlier key sealed it, and still signs', async () => {
    const { uuid, secret } = await world.create()
    await (await world.object()).rotateEndpointSecret(uuid)
    world.key = 'second'
    pass(HOUR_MS)
    await world.pass(23 * HOUR_MS - 1)
    expect(storedSecrets()).toMatchObject({ secret: expect.stringMatching(/^first\./) })
    await (await world.object()).rotateEndpointSecret(uuid)
    world.key = 'third'
    await world.pass(DAY_MS / 2)
    expect(storedSecrets()).toMatchObject({
      secret: expect.stringMatching(/^third\./),
      previous: expect.stringMatching(/^third\./),
    })
    expect(verifies(secret, world.sent[0])).toBe(false)
  })

  it('that cannot be opened stops no upkeep', async () => {
    await world.create()
    world.isSealLost = true
    await world.pass(3 * DAY_MS)
    expect(storedSecrets()).toMatchObject({ secret: expect.stringMatching(/^first\./) })
  })
})

describe('a paused endpoint', () => {
  it('gets nothing, and then everything in order', async () => {
    const { uuid } = await world.create()
    expect(await change(uuid, { status: 'paused' })).toMatchObject({ value: { status: 'paused' } })
    await append(1, 3)
    await world.pass(DAY_MS)
    expect(world.sent).toEqual([])
    await change(uuid, { status: 'enabled' })
    expect(world.sequencesAt(URL_A)).toEqual([1, 2, 3])
  })

  it('begins without failures when it is enabled', async () => {
    const { uuid } = await world.create()
    respond(500)
    await append(1, 1)
    await world.pass(60_000)
    await change(uuid, { status: 'paused' })
    expect((await world.find(uuid)).failures).toBeGreaterThan(2)
    respond(200)
    await change(uuid, { status: 'enabled' })
    expect(await world.find(uuid)).toMatchObject({ failures: 0, cursor: 1 })
  })

  it('that was paused during a delivery counts its success', async () => {
    let finish: (response: Response) => void = () => {}
    world.receivers.set(URL_A, () => new Promise((resolve) => (finish = resolve)))
    const { uuid } = await world.create()
    await append(1, 2)
    await change(uuid, { status: 'paused' })
    finish(new Response(null, { status: 200 }))
    await world.flush()
    expect(await world.find(uuid)).toMatchObject({
      status: 'paused',
      cursor: 1,
      nextAttemptAtMs: null,
    })
  })

  it('that was paused before the request left gets no request', async () => {
    const { seal } = world.ports
    const { uuid } = await world.create()
    let finish = () => {}
    world.ports.seal = {
      ...seal,
      open: async (...sealed) => {
        await new Promise<void>((resolve) => (finish = resolve))
        return seal.open(...sealed)
      },
    }
    await append(1, 1)
    await change(uuid, { status: 'paused' })
    finish()
    await world.flush()
    expect(world.sent).toEqual([])
    expect(await world.attempts(uuid)).toEqual([])
  })
})

describe('a disabled endpoint', () => {
  const disable = async () => {
    respond(410)
    const { uuid } = await world.create()
    await append(1, 1)
    return uuid
  }

  it('can be enabled, which also ends its notice', async () => {
    world.ports.informOwner = () => Promise.reject(new Error('no mail'))
    const uuid = await disable()
    expect(await change(uuid, { status: 'paused' })).toMatchObject(CONFLICT)
    respond(200)
    await change(uuid, { status: 'enabled' })
    expect(await world.find(uuid)).toMatchObject({ status: 'enabled', cursor: 1 })
    const informed = vi.fn<() => Promise<void>>(async () => {})
    world.ports.informOwner = informed
    await world.pass(DAY_MS)
    expect(informed).not.toHaveBeenCalled()
  })

  it('stays disabled if its key was revoked, without a notice', async () => {
    const { uuid } = await world.create(URL_A, { keyUuid: 'key-1' })
    const { uuid: other } = await world.create(URL_B, { keyUuid: 'key-2' })
    vi.spyOn(KeyTable.prototype, 'disable').mockReturnValue(ok(null))
    ;(await world.object()).disableKey('key-1')
    world.abort()
    expect(await world.find(uuid)).toMatchObject({ disabledReason: 'key_revoked' })
    expect(await change(uuid, { status: 'enabled' })).toMatchObject(CONFLICT)
    await append(1, 1)
    expect(world.sent.map(({ url }) => url)).toEqual([URL_B])
    expect(world.notices).toEqual([])
    await world.pass(31 * DAY_MS)
    expect((await world.object()).listEndpoints().map(({ uuid }) => uuid)).toEqual([other])
  })
})

describe('an endpoint that was disabled before its key was revoked', () => {
  it('causes no notice any more', async () => {
    respond(410)
    const informed = vi.fn<() => Promise<void>>().mockRejectedValue(new Error('no mail'))
    world.ports.informOwner = informed
    await world.create(URL_A, { keyUuid: 'key-1' })
    await append(1, 1)
    await world.ring()
    const before = informed.mock.calls.length
    vi.spyOn(KeyTable.prototype, 'disable').mockReturnValue(ok(null))
    ;(await world.object()).disableKey('key-1')
    await world.pass(DAY_MS)
    expect(informed).toHaveBeenCalledTimes(before)
  })
})

describe('an endpoint whose address a key changed', () => {
  const move = async (uuid: string, url: string, keyUuid: string | null) =>
    (await world.object()).changeEndpoint(uuid, { url }, keyUuid)
  const revoke = async (keyUuid: string) => {
    vi.spyOn(KeyTable.prototype, 'disable').mockReturnValue(ok(null))
    ;(await world.object()).disableKey(keyUuid)
  }

  it('is disabled with the key, so that a leaked key receives nothing later', async () => {
    const { uuid } = await world.create(URL_A)
    const { uuid: other } = await world.create(URL_B, { keyUuid: 'key-2' })
    for (const one of [uuid, other])
      expect(await move(one, 'https://evil.example/', 'key-1')).toMatchObject({ ok: true })
    await revoke('key-1')
    for (const one of [uuid, other])
      expect(await world.find(one)).toMatchObject({ disabledReason: 'key_revoked' })
  })

  it.each([
    ['to the same one', URL_A, 'key-1'],
    ['as a session', URL_B, null],
  ])('%s does not end with a key', async (_, url, keyUuid) => {
    const { uuid } = await world.create(URL_A)
    await move(uuid, url, keyUuid)
    await revoke('key-1')
    expect(await world.find(uuid)).toMatchObject({ status: 'enabled', url })
  })

  it('cannot be changed by a key that was revoked meanwhile', async () => {
    const { uuid } = await world.create(URL_A)
    isKeyValid.mockReturnValue(false)
    expect(await move(uuid, URL_B, 'key-1')).toMatchObject({
      refusal: { code: 'unauthenticated' },
    })
    expect(await world.find(uuid)).toMatchObject({ url: URL_A, keyUuid: null })
  })
})

describe('a change', () => {
  it('of the address begins at once, without the failures of the other receiver', async () => {
    respond(500)
    const { uuid } = await world.create()
    await append(1, 2)
    await world.pass(HOUR_MS)
    await change(uuid, { url: URL_B })
    expect(world.sequencesAt(URL_B)).toEqual([1, 2])
    expect(await change(uuid, { url: 'https://10.0.0.1/' })).toMatchObject({
      refusal: { code: 'endpoint_address_refused' },
    })
    expect(await world.find(uuid)).toMatchObject({ url: URL_B, failures: 0, failingSinceMs: null })
  })

  it('of the cursor passes an event that fails, or repeats events', async () => {
    world.receivers.set(URL_A, ({ body }) =>
      Response.json({}, { status: body.includes('"sequence":1,') ? 500 : 200 }),
    )
    const { uuid } = await world.create()
    await append(1, 3)
    await change(uuid, { after: 1 })
    expect(world.sequencesAt(URL_A)).toEqual([1, 2, 3])
    await change(uuid, { after: 2 })
    expect(world.sequencesAt(URL_A)).toEqual([1, 2, 3, 3])
    await change(uuid, { after: 99 })
    expect((await world.find(uuid)).cursor).toBe(3)
  })

  it('during a delivery is not undone by its outcome', async () => {
    let finish: (response: Response) => void = () => {}
    world.receivers.set(URL_A, () => new Promise((resolve) => (finish = resolve)))
    const { uuid } = await world.create()
    await append(1, 5)
    await change(uuid, { after: 3, url: URL_B })
    finish(new Response(null, { status: 410 }))
    await world.flush()
    await world.pass(60_000)
    expect(await world.find(uuid)).toMatchObject({ status: 'enabled', cursor: 5 })
    expect(world.sequencesAt(URL_B)).toEqual([4, 5])
    expect((await world.attempts(uuid)).at(-1)).toMatchObject({ sequence: 1, status: 410 })
  })

  it('of types and description keeps the rest', async () => {
    const { uuid } = await world.create()
    await change(uuid, { types: ['credit.low'], description: 'x', includePhone: true })
    expect(await world.find(uuid)).toMatchObject({
      url: URL_A,
      types: ['credit.low'],
      description: 'x',
      includePhone: true,
      cursor: 0,
    })
    expect(await change('unknown', {})).toEqual(NOT_FOUND)
  })
})

describe('a removed endpoint', () => {
  it('has no rows, and its delivery in progress has no effect', async () => {
    let finish: (response: Response) => void = () => {}
    world.receivers.set(URL_A, () => new Promise((resolve) => (finish = resolve)))
    const { uuid } = await world.create()
    await append(1, 2)
    const object = await world.object()
    expect(object.removeEndpoint(uuid)).toEqual({ ok: true, value: null })
    finish(new Response(null, { status: 200 }))
    await world.flush()
    for (const table of ['endpoints', 'attempts', 'replays'])
      expect(world.stream.host.rows(`SELECT * FROM ${table}`)).toEqual([])
    expect(object.removeEndpoint(uuid)).toEqual(NOT_FOUND)
    expect(object.findEndpoint(uuid)).toEqual(NOT_FOUND)
    expect(object.attempts(uuid, 10)).toEqual(NOT_FOUND)
    await world.pass(DAY_MS)
    expect(world.sent).toHaveLength(1)
  })
})

describe('a test', () => {
  const sample = eventOf('sample', 'endpoint.test')
  const test = async (uuid: string) => (await world.object()).testEndpoint(uuid, sample)

  it('is sent once, and its attempt is returned and recorded', async () => {
    respond(500)
    const { uuid, secret } = await world.create()
    const tested = await test(uuid)
    const attempt = { cause: 'test', eventType: 'endpoint.test', sequence: null, status: 500 }
    expect(tested).toMatchObject({ ok: true, value: attempt })
    expect(await world.attempts(uuid)).toEqual([tested.ok && tested.value])
    expect(verifies(secret, world.sent[0])).toBe(true)
    expect(await world.find(uuid)).toMatchObject({ failures: 0, nextAttemptAtMs: null })
    await world.pass(DAY_MS)
    expect(world.sent).toHaveLength(1)
  })

  it('with 410 disables nothing', async () => {
    respond(410)
    const { uuid } = await world.create()
    await test(uuid)
    expect((await world.find(uuid)).status).toBe('enabled')
  })

  it('works while the endpoint is paused or fails', async () => {
    const { uuid } = await world.create()
    await change(uuid, { status: 'paused' })
    expect(await test(uuid)).toMatchObject({ value: { status: 204 } })
  })

  it('reports what the service could not prepare', async () => {
    const { uuid } = await world.create()
    world.isSealLost = true
    expect(await test(uuid)).toMatchObject({ value: { status: null, fault: 'internal' } })
  })

  it('does not read the phone number of the call that a sample names', async () => {
    const { uuid } = await world.create(URL_A, { includePhone: true })
    const event = eventOf('sample', 'call.ended')
    await (await world.object()).testEndpoint(uuid, event)
    expect(JSON.parse(world.sent[0]?.body ?? '')).toMatchObject({
      sequence: null,
      data: { recipient_phone: null },
    })
  })

  it('is one at a time, and ends with its endpoint', async () => {
    world.receivers.set(URL_A, neverResponds)
    const { uuid } = await world.create()
    expect(await test('unknown')).toEqual(NOT_FOUND)
    const first = test(uuid)
    await world.flush()
    expect(await test(uuid)).toMatchObject(CONFLICT)
    ;(await world.object()).removeEndpoint(uuid)
    await world.expire()
    expect(await first).toEqual(NOT_FOUND)
    expect(world.stream.host.rows('SELECT * FROM attempts')).toEqual([])
  })
})

describe('the attempts of an endpoint', () => {
  it('are listed newest first, page by page', async () => {
    const { uuid } = await world.create()
    await append(1, 5)
    const object = await world.object()
    const seqs = (limit: number, beforeSeq?: number) => {
      const listed = object.attempts(uuid, limit, beforeSeq)
      return listed.ok ? listed.value.map(({ sequence }) => sequence) : []
    }
    expect(seqs(2)).toEqual([5, 4])
    expect(seqs(2, 4)).toEqual([3, 2])
    expect(seqs(9, 2)).toEqual([1])
  })

  it('are the last thousand, and for at most 30 days', async () => {
    const { uuid } = await world.create()
    const { uuid: other } = await world.create(URL_B)
    await append(1, 1250)
    await world.pass(HOUR_MS)
    const count = () =>
      world.stream.host.rows('SELECT * FROM attempts WHERE endpoint_uuid = ?', uuid).length
    expect(count()).toBeGreaterThanOrEqual(ATTEMPTS_KEPT)
    expect(count()).toBeLessThan(ATTEMPTS_KEPT + 100)
    await world.pass(2 * DAY_MS)
    expect(count()).toBe(ATTEMPTS_KEPT)
    expect(await world.attempts(other, 2000)).toHaveLength(ATTEMPTS_KEPT)
    expect((await world.attempts(uuid, 1))[0]).toMatchObject({ sequence: 1250 })
    await world.pass(31 * DAY_MS)
    expect(count()).toBe(0)
  })
})
