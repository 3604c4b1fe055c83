/** The routes of endpoints, in the runtime: with sessions and keys, to a receiver that verifies. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Webhook as Receiver } from 'standardwebhooks'
import { Webhook as SvixReceiver } from 'svix'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { EVENT_TYPES } from '../../src/events/core/catalogue'
import { atOnce, newUser, send, statuses, type TestUser } from '../support/client'
import { START, useClock } from '../support/clock'
import { newKeyOf, revoke } from '../support/keys'
import { canaries, findLeak } from '../support/secrets'
import { eventId } from '../../src/outbox/event'

useClock()

const URL_A = 'https://hooks.example.com/in'

interface Sent {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

let sent: Sent[] = []
let respond: () => Response = () => new Response('thanks', { status: 200 })

beforeEach(() => {
  sent = []
  respond = () => new Response('thanks', { status: 200 })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const { url, headers } = request
    sent.push({ url, headers: Object.fromEntries(headers), body: await request.text() })
    return respond()
  })
})

const create = async (user: Pick<TestUser, 'send'>, values: object = {}) => {
  const created = await user.send('POST', '/endpoints', { body: { url: URL_A, ...values } })
  expect(created.status).toBe(201)
  canaries.add(created.body.secret)
  return created.body
}

/** Appends events to the user's stream, as wallets and D1's outbox do. */
const append = async (user: TestUser, ...causes: string[]) => {
  const before = sent.length
  await env.STREAM.getByName(`user/${user.uuid}`).append(
    causes.map((cause) => ({
      id: eventId(`${user.uuid}/${cause}`),
      type: 'call.ended',
      version: 1,
      atMs: Date.now(),
      data: { cause },
    })),
  )
  return before
}

const arrived = (count: number) => vi.waitFor(() => expect(sent).toHaveLength(count))

const errorsOf = (body: { errors: { pointer: string }[] }) =>
  body.errors.map(({ pointer }) => pointer)

describe('POST /endpoints', () => {
  it('creates an endpoint, and returns the secret once', async () => {
    const user = await newUser()
    const created = await user.send('POST', '/endpoints', {
      body: { url: 'HTTPS://Hooks.Example.com/in', description: ' Books ' },
    })
    canaries.add(created.body.secret)
    expect(created.status).toBe(201)
    expect(created.headers.get('Cache-Control')).toBe('no-store')
    const { secret, ...endpoint } = created.body
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
    expect(endpoint).toEqual({
      uuid: expect.any(String),
      url: URL_A,
      description: 'Books',
      types: null,
      include_phone: false,
      status: 'enabled',
      disabled_reason: null,
      after: 0,
      failures: 0,
      failing_since: null,
      next_attempt_at: null,
      previous_secret_until: null,
      created_at: new Date(START).toISOString(),
    })
    expect(created.headers.get('Location')).toBe(`/endpoints/${endpoint.uuid}`)
    expect((await user.send('GET', '/endpoints')).body).toEqual([endpoint])
    expect((await user.send('GET', `/endpoints/${endpoint.uuid}`)).body).toEqual(endpoint)
  })

  it('begins the stream of the user', async () => {
    const user = await newUser()
    expect((await user.send('GET', '/events')).body).toMatchObject({ code: 'no_stream' })
    await create(user)
    expect((await user.send('GET', '/events')).body).toEqual([])
  })

  it.each([
    ['https://127.0.0.2/', 'endpoint_address_refused'],
    ['https://10.0.0.1/', 'endpoint_address_refused'],
    ['https://metadata.google.internal/', 'endpoint_address_refused'],
    ['https://hooks.example.com/'.replace('//', '//user:pass@'), 'endpoint_address_refused'],
    ['http://hooks.example.com/', 'endpoint_address_refused'],
    ['not a url', 'endpoint_address_refused'],
    ['', 'validation_failed'],
    [`https://hooks.example.com/${'a'.repeat(2000)}`, 'validation_failed'],
  ])('refuses the address %s', async (url, code) => {
    const user = await newUser()
    const refused = await user.send('POST', '/endpoints', { body: { url } })
    expect(refused).toMatchObject({ status: 400, body: { code } })
  })

  it('accepts a loopback address, because this is a service in development', async () => {
    const user = await newUser()
    expect(await create(user, { url: 'http://localhost:4000/in' })).toMatchObject({
      url: 'http://localhost:4000/in',
    })
  })

  it('rejects unknown fields and types', async () => {
    const user = await newUser()
    const body = { url: URL_A, secret: 'mine', types: ['call.unknown'], after: -1 }
    const rejected = await user.send('POST', '/endpoints', { body })
    expect(rejected.status).toBe(400)
    expect(errorsOf(rejected.body).toSorted()).toEqual(['/after', '/secret', '/types/0'])
  })

  it('accepts ten endpoints of a user, also at once', async () => {
    const user = await newUser()
    const answers = await atOnce(12, () =>
      user.send('POST', '/endpoints', { body: { url: URL_A } }),
    )
    for (const { body } of answers) if (body.secret) canaries.add(body.secret)
    expect(statuses(answers)).toEqual({ 201: 10, 409: 2 })
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.body).toMatchObject({ code: 'too_many_endpoints' })
  })
})

describe('a delivery', () => {
  it('arrives signed, and is listed as an attempt', async () => {
    const user = await newUser()
    const { uuid, secret } = await create(user, { types: [...EVENT_TYPES] })
    await append(user, 'a')
    await arrived(1)
    const [one] = sent
    const event = new Receiver(secret).verify(one?.body ?? '', one?.headers ?? {}) as object
    new SvixReceiver(secret).verify(one?.body ?? '', one?.headers ?? {})
    await vi.waitFor(async () =>
      expect((await user.send('GET', `/endpoints/${uuid}`)).body.after).toBe(1),
    )
    expect((await user.send('GET', '/events')).body).toEqual([event])
    const { body } = await user.send('GET', `/endpoints/${uuid}/attempts`)
    expect(body).toEqual([
      {
        cause: 'delivery',
        event: one?.headers['webhook-id'],
        type: 'call.ended',
        sequence: 1,
        at: new Date(START).toISOString(),
        duration_ms: expect.any(Number),
        status: 200,
        fault: null,
        response: 'thanks',
      },
    ])
  })

  it('that fails has its next attempt, and the alarm of the object is set', async () => {
    respond = () => new Response('broken', { status: 503, headers: { 'retry-after': '600' } })
    const user = await newUser()
    const { uuid } = await create(user)
    await append(user, 'a')
    await arrived(1)
    const find = async () => (await user.send('GET', `/endpoints/${uuid}`)).body
    await vi.waitFor(async () => expect(await find()).toMatchObject({ failures: 1 }))
    const { failing_since, next_attempt_at } = await find()
    const nextAtMs = Date.parse(next_attempt_at)
    expect(nextAtMs - Date.parse(failing_since)).toBe(600_000)
    const alarmAtMs = await runInDurableObject(
      env.STREAM.getByName(`user/${user.uuid}`),
      (_, { storage }) => storage.getAlarm(),
    )
    expect(alarmAtMs).toBeLessThanOrEqual(nextAtMs)
  })
})

describe('PATCH /endpoints/{uuid}', () => {
  it('changes only what it names', async () => {
    const user = await newUser()
    const { secret: _, ...endpoint } = await create(user, { description: 'Books', after: 0 })
    const path = `/endpoints/${endpoint.uuid}`
    const change = async (body: object) => (await user.send('PATCH', path, { body })).body
    expect(await change({})).toEqual(endpoint)
    expect(await change({ status: 'paused', types: ['credit.low'] })).toEqual({
      ...endpoint,
      status: 'paused',
      types: ['credit.low'],
    })
    expect(await change({ description: null, types: null, include_phone: true })).toEqual({
      ...endpoint,
      status: 'paused',
      description: null,
      include_phone: true,
    })
    expect(await change({ url: 'https://192.168.0.1/' })).toMatchObject({
      code: 'endpoint_address_refused',
    })
    expect(await change({ status: 'disabled' })).toMatchObject({ code: 'validation_failed' })
  })
})

describe('POST /endpoints/{uuid}/secret', () => {
  it('returns a new secret, and both sign for a day', async () => {
    const user = await newUser()
    const { uuid, secret } = await create(user)
    const rotated = await user.send('POST', `/endpoints/${uuid}/secret`)
    canaries.add(rotated.body.secret)
    expect(rotated.status).toBe(200)
    expect(rotated.headers.get('Cache-Control')).toBe('no-store')
    const previous_until = new Date(START + 24 * 3_600_000).toISOString()
    expect(rotated.body).toEqual({ secret: expect.stringMatching(/^whsec_/), previous_until })
    await append(user, 'a')
    await arrived(1)
    for (const one of [secret, rotated.body.secret])
      expect(new Receiver(one).verify(sent[0]?.body ?? '', sent[0]?.headers ?? {})).toBeTruthy()
  })
})

describe('POST /endpoints/{uuid}/test', () => {
  it('sends a sample of any type, and returns the attempt', async () => {
    respond = () => new Response('no', { status: 500 })
    const user = await newUser()
    const { uuid, secret } = await create(user)
    for (const type of EVENT_TYPES) {
      const tested = await user.send('POST', `/endpoints/${uuid}/test`, { body: { type } })
      const attempt = { cause: 'test', type, sequence: null, status: 500, response: 'no' }
      expect(tested).toMatchObject({ status: 200, body: attempt })
      const last = sent.at(-1)
      expect(new Receiver(secret).verify(last?.body ?? '', last?.headers ?? {})).toMatchObject({
        type,
        sequence: null,
      })
    }
    const byDefault = await user.send('POST', `/endpoints/${uuid}/test`, { body: {} })
    expect(byDefault.body.type).toBe('endpoint.test')
    expect((await user.send('GET', `/endpoints/${uuid}`)).body.failures).toBe(0)
  })

  it('is limited, because it sends to an address that the user chose', async () => {
    const user = await newUser()
    const { uuid } = await create(user)
    const test = () => user.send('POST', `/endpoints/${uuid}/test`, { body: {} })
    for (let count = 1; count < 60; count++) await test()
    expect(await test()).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(sent).toHaveLength(59)
  })
})

describe('GET /endpoints/{uuid}/attempts', () => {
  it('has pages, newest first', async () => {
    const user = await newUser()
    const { uuid } = await create(user)
    await append(user, 'a', 'b', 'c')
    await arrived(3)
    await vi.waitFor(async () =>
      expect((await user.send('GET', `/endpoints/${uuid}`)).body.after).toBe(3),
    )
    const first = await user.send('GET', `/endpoints/${uuid}/attempts?limit=2`)
    const next = /<(.+)>/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
    const second = await user.send('GET', next)
    const sequences = [first, second].map(({ body }) =>
      body.map(({ sequence }: { sequence: number }) => sequence),
    )
    expect(sequences).toEqual([[3, 2], [1]])
    expect(second.headers.get('Link')).toBeNull()
    const invalid = await user.send('GET', `/endpoints/${uuid}/attempts?cursor=abc`)
    expect(invalid.body.code).toBe('invalid_cursor')
  })
})

describe('POST /endpoints/{uuid}/replay', () => {
  it('sends a range or one event again', async () => {
    const user = await newUser()
    const { uuid } = await create(user)
    await append(user, 'a', 'b', 'c')
    await arrived(3)
    const replay = (body: object) => user.send('POST', `/endpoints/${uuid}/replay`, { body })
    expect(await replay({ from: 1, to: 2 })).toMatchObject({ status: 202, body: { events: 2 } })
    await arrived(5)
    const event = sent[2]?.headers['webhook-id']
    expect(await replay({ event })).toMatchObject({ status: 202, body: { events: 1 } })
    await arrived(6)
    const ids = sent.map(({ headers }) => headers['webhook-id'])
    expect(ids.slice(3)).toEqual([ids[0], ids[1], ids[2]])
    expect((await replay({ from: 7, to: 9 })).body.code).toBe('not_found')
    for (const body of [{}, { event, from: 1 }, { from: 1 }, { to: 1 }, { from: 0, to: 1 }])
      expect((await replay(body)).body.code).toBe('validation_failed')
    await user.send('PATCH', `/endpoints/${uuid}`, { body: { status: 'paused' } })
    expect((await replay({ from: 1, to: 2 })).body.code).toBe('endpoint_state_conflict')
  })
})

describe('an endpoint of another user', () => {
  it('does not exist, on any route', async () => {
    const [owner, other] = [await newUser(), await newUser()]
    const { uuid } = await create(owner)
    const requests: [string, string, object?][] = [
      ['GET', ''],
      ['PATCH', '', { description: 'Books' }],
      ['DELETE', ''],
      ['POST', '/secret'],
      ['POST', '/test', {}],
      ['GET', '/attempts'],
      ['POST', '/replay', { from: 1, to: 1 }],
    ]
    for (const [method, path, body] of requests) {
      const options = body === undefined ? {} : { body }
      const answer = await other.send(method, `/endpoints/${uuid}${path}`, options)
      expect(answer, `${method} ${path}`).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
      expect((await send(method, `/endpoints/${uuid}${path}`, options)).status).toBe(401)
    }
    expect((await owner.send('DELETE', `/endpoints/${uuid}`)).status).toBe(204)
    expect((await owner.send('GET', '/endpoints')).body).toEqual([])
  })
})

describe('an API key', () => {
  it('manages endpoints with its scope only', async () => {
    const user = await newUser()
    const without = await newKeyOf(user, ['events:read'])
    expect(await without.send('POST', '/endpoints', { body: { url: URL_A } })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    })
    const key = await newKeyOf(user, ['endpoints:write'])
    const { uuid } = await create(key)
    expect((await user.send('GET', '/endpoints')).body).toMatchObject([{ uuid }])
  })

  it('has its own ten endpoints', async () => {
    const user = await newUser()
    for (const holder of [user, await newKeyOf(user, ['endpoints:write'])]) {
      for (let count = 0; count < 10; count++) await create(holder)
      const refused = await holder.send('POST', '/endpoints', { body: { url: URL_A } })
      expect(refused.body.code).toBe('too_many_endpoints')
    }
  })

  it('that is revoked disables the endpoints of others to which it gave an address', async () => {
    const user = await newUser()
    const key = await newKeyOf(user, ['endpoints:write'])
    const { uuid } = await create(user)
    const path = `/endpoints/${uuid}`
    const body = { url: 'https://hooks.example.com/other' }
    expect((await key.send('PATCH', path, { body })).status).toBe(200)
    await revoke(user, key.uuid)
    expect((await user.send('GET', path)).body).toMatchObject({ disabled_reason: 'key_revoked' })
  })

  it('that is revoked disables its endpoints, for good', async () => {
    const user = await newUser()
    const key = await newKeyOf(user, ['endpoints:write'])
    const { uuid } = await create(key)
    await create(user, { url: 'https://hooks.example.com/other' })
    await revoke(user, key.uuid)
    expect((await key.send('GET', '/endpoints')).status).toBe(401)
    const path = `/endpoints/${uuid}`
    expect((await user.send('GET', path)).body).toMatchObject({
      status: 'disabled',
      disabled_reason: 'key_revoked',
    })
    const enabled = await user.send('PATCH', path, { body: { status: 'enabled' } })
    expect(enabled.body.code).toBe('endpoint_state_conflict')
    await append(user, 'a')
    await arrived(1)
    expect(sent.map(({ url }) => url)).toEqual(['https://hooks.example.com/other'])
  })
})

describe('a secret', () => {
  it('is in no log, not in D1, and only sealed in the object', async () => {
    const lines: string[] = []
    for (const method of ['log', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line) => lines.push(String(line)))
    respond = () => new Response(null, { status: 500 })
    const user = await newUser()
    const { uuid, secret } = await create(user)
    const rotated = await user.send('POST', `/endpoints/${uuid}/secret`)
    canaries.add(rotated.body.secret)
    await append(user, 'a')
    await arrived(1)
    await user.send('POST', `/endpoints/${uuid}/test`, { body: {} })
    expect(await findLeak(lines)).toBeUndefined()
    expect(lines.join('\n')).not.toContain('hooks.example.com')
    const stored = await runInDurableObject(
      env.STREAM.getByName(`user/${user.uuid}`),
      (_, { storage }) => JSON.stringify(storage.sql.exec('SELECT * FROM endpoints').toArray()),
    )
    for (const one of [secret, rotated.body.secret]) {
      expect(stored).not.toContain(one)
      expect(stored).not.toContain(one.slice('whsec_'.length, -1))
    }
    expect(stored).toMatch(/"secret":"1\./)
  })
})
