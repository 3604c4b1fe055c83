import { Webhook as Receiver } from 'standardwebhooks'
import { Webhook as SvixReceiver } from 'svix'
import { beforeEach, describe, expect, it } from 'vitest'
import { DISABLED_AFTER_MS, LEASE_MS, TIME_LIMIT_MS } from '../../../src/events/core/delivery'
import { pass, useClock } from '../../support/clock'
import { DAY_MS, EndpointWorld, HOUR_MS, neverResponds } from '../../support/endpoint-world'
import { eventOf, eventsOf } from '../../support/streams'
import { NO_FAULTS } from '../../verification/simulation/faults'

useClock()

const URL_A = 'https://hooks.example.com/a'
const URL_B = 'https://hooks.example.com/b'
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

let world: EndpointWorld

beforeEach(() => {
  world = new EndpointWorld()
})

const respond = (status: number, headers: Record<string, string> = {}) => {
  world.receivers.set(URL_A, () => new Response(null, { status, headers }))
}

const append = async (first: number, last: number, type?: string) => {
  ;(await world.object()).append(eventsOf(first, last, type))
  await world.flush()
}

const idOf = (sent: { headers: Record<string, string> } | undefined) => sent?.headers['webhook-id']

describe('a delivery', () => {
  it('is signed so that receivers accept it, and has the event', async () => {
    const { secret } = await world.create()
    await append(1, 1)
    const [sent] = world.sent
    const headers = sent?.headers ?? {}
    const timestamp = String(Math.floor(Date.now() / 1000))
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'AIleana-Webhooks/1',
      'webhook-id': eventOf(1).id,
      'webhook-timestamp': timestamp,
    })
    const event = {
      id: eventOf(1).id,
      type: 'call.ended',
      version: 1,
      sequence: 1,
      timestamp: new Date().toISOString(),
      data: { cause: '1' },
    }
    expect(new Receiver(secret).verify(sent?.body ?? '', headers)).toEqual(event)
    expect(() => new SvixReceiver(secret).verify(sent?.body ?? '', headers)).not.toThrow()
  })

  it('has all events in order, one at a time', async () => {
    await world.create()
    await append(1, 30)
    await append(31, 35)
    expect(world.sequencesAt(URL_A)).toEqual(from(1, 35))
  })

  it('continues by the alarm after forty events, so that no invocation sends too many', async () => {
    await world.create()
    await append(1, 100)
    expect(world.sequencesAt(URL_A)).toEqual(from(1, 40))
    await world.pass(5000)
    expect(world.sequencesAt(URL_A)).toEqual(from(1, 100))
  })

  it('begins after the newest event, or after the given number', async () => {
    await append(1, 5)
    await world.create(URL_A)
    await world.create(URL_B, { after: 2 })
    await append(6, 6)
    expect(world.sequencesAt(URL_A)).toEqual([6])
    expect(world.sequencesAt(URL_B)).toEqual([3, 4, 5, 6])
  })

  it('leaves other types out, and the cursor passes them', async () => {
    const { uuid } = await world.create(URL_A, { types: ['credit.low'] })
    await append(1, 3)
    expect(await world.find(uuid)).toMatchObject({ cursor: 3, nextAttemptAtMs: null })
    await append(4, 4, 'credit.low')
    await append(5, 6)
    expect(world.sequencesAt(URL_A)).toEqual([4])
    expect((await world.find(uuid)).cursor).toBe(6)
  })

  it('finds a type after many thousands of other events', async () => {
    await append(1, 12_000)
    await append(12_001, 12_001, 'credit.low')
    await world.create(URL_A, { types: ['credit.low'], after: 0 })
    await world.pass(60_000)
    expect(world.sequencesAt(URL_A)).toEqual([12_001])
  })

  it('is recorded as an attempt, with the start of the response', async () => {
    world.receivers.set(URL_A, () => new Response('thank\r\nyou', { status: 202 }))
    const { uuid } = await world.create()
    await append(1, 1)
    expect(await world.attempts(uuid)).toEqual([
      {
        seq: 1,
        endpointUuid: uuid,
        cause: 'delivery',
        eventId: eventOf(1).id,
        eventType: 'call.ended',
        sequence: 1,
        atMs: Date.now(),
        durationMs: 0,
        status: 202,
        fault: null,
        response: 'thank you',
      },
    ])
  })
})

describe('a failed delivery', () => {
  it('is repeated with the same ID and body, a new timestamp, and growing delays', async () => {
    respond(500)
    await world.create()
    await append(1, 3)
    await world.pass(60_000)
    expect(new Set(world.sequencesAt(URL_A))).toEqual(new Set([1]))
    expect(new Set(world.sent.map(idOf)).size).toBe(1)
    expect(new Set(world.sent.map(({ body }) => body)).size).toBe(1)
    const timestamps = world.sent.map(({ headers }) => headers['webhook-timestamp'])
    expect(new Set(timestamps).size).toBe(world.sent.length)
    const delays = world.sent.slice(1).map(({ atMs }, n) => atMs - (world.sent[n]?.atMs ?? 0))
    expect(delays.length).toBeGreaterThanOrEqual(3)
    for (const [n, delayMs] of delays.entries()) {
      expect(delayMs).toBeGreaterThanOrEqual(5000 * 2 ** n)
      expect(delayMs).toBeLessThanOrEqual(6000 * 2 ** n)
    }
  })

  it('holds back the events behind it, which then arrive in order', async () => {
    respond(503)
    const { uuid } = await world.create()
    await append(1, 5)
    await world.pass(10_000)
    respond(200)
    await world.pass(60_000)
    const sequences = world.sequencesAt(URL_A)
    expect(sequences.slice(sequences.lastIndexOf(1))).toEqual([1, 2, 3, 4, 5])
    expect(await world.find(uuid)).toMatchObject({ failures: 0, failingSinceMs: null, cursor: 5 })
  })

  it('is not repeated by new events before its time', async () => {
    respond(500)
    await world.create()
    await append(1, 1)
    await append(2, 9)
    expect(world.sequencesAt(URL_A)).toEqual([1])
  })

  it.each([
    ['7200', 2 * HOUR_MS],
    ['999999999', DAY_MS],
  ])('is repeated no earlier than by Retry-After: %s', async (header, delayMs) => {
    respond(429, { 'retry-after': header })
    const { uuid } = await world.create()
    await append(1, 1)
    expect((await world.find(uuid)).nextAttemptAtMs).toBe(Date.now() + delayMs)
    await world.pass(delayMs - 1)
    expect(world.sent).toHaveLength(1)
    await world.pass(1)
    expect(world.sent).toHaveLength(2)
  })

  it('is one that the receiver redirects, and the request does not follow it', async () => {
    const location = 'http://127.0.0.1:8080/admin'
    for (const status of [301, 302, 303, 307, 308]) {
      world = new EndpointWorld()
      world.receivers.set(URL_A, () => new Response(null, { status, headers: { location } }))
      const { uuid } = await world.create()
      await append(1, 1)
      expect(world.sent.map(({ url, redirect }) => [url, redirect])).toEqual([[URL_A, 'manual']])
      expect(await world.attempts(uuid)).toMatchObject([{ status, fault: 'redirect' }])
      expect(await world.find(uuid)).toMatchObject({ cursor: 0, failures: 1 })
    }
  })

  it('is one that cannot connect', async () => {
    world.receivers.set(URL_A, () => Promise.reject(new TypeError('refused')))
    const { uuid } = await world.create()
    await append(1, 1)
    expect(await world.attempts(uuid)).toMatchObject([{ status: null, fault: 'unreachable' }])
    expect(await world.find(uuid)).toMatchObject({ failures: 1 })
  })

  it('is one without a response after 15 seconds', async () => {
    world.receivers.set(URL_A, neverResponds)
    const { uuid } = await world.create()
    await append(1, 1)
    expect([...world.timers.values()]).toEqual([TIME_LIMIT_MS])
    await world.expire()
    expect(await world.attempts(uuid)).toMatchObject([{ status: null, fault: 'timeout' }])
    expect(await world.find(uuid)).toMatchObject({ cursor: 0, failures: 1 })
  })
})

describe('the response of a receiver', () => {
  /** @returns how many bytes the service has read, and whether it cancelled the rest */
  const endless = (chunk: Uint8Array) => {
    const read = { bytes: 0, isCancelled: false }
    world.receivers.set(URL_A, () => {
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            read.bytes += chunk.length
            controller.enqueue(chunk)
          },
          cancel: () => void (read.isCancelled = true),
        },
        { highWaterMark: 0 },
      )
      return new Response(body)
    })
    return read
  }

  it('is read up to 1,024 bytes and then cancelled', async () => {
    const read = endless(new Uint8Array(100).fill(0x61))
    const { uuid } = await world.create()
    await append(1, 1)
    expect(read).toEqual({ bytes: 1100, isCancelled: true })
    expect(await world.attempts(uuid)).toMatchObject([{ status: 200, response: 'a'.repeat(1024) }])
  })

  it('is shortened to 1,024 bytes if one part is longer', async () => {
    endless(new Uint8Array(100_000).fill(0x61))
    const { uuid } = await world.create()
    await append(1, 1)
    const [attempt] = await world.attempts(uuid)
    expect(attempt?.response).toBe('a'.repeat(1024))
  })

  it('counts by its status if its body does not end in time', async () => {
    world.receivers.set(URL_A, () => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array([0x61])),
      })
      return new Response(body, { status: 201 })
    })
    const { uuid } = await world.create()
    await append(1, 1)
    await world.expire()
    expect(await world.attempts(uuid)).toMatchObject([{ status: 201, fault: null, response: 'a' }])
    expect((await world.find(uuid)).cursor).toBe(1)
  })
})

describe('an endpoint that does not respond', () => {
  it('delays no other endpoint, no append and no alarm', async () => {
    world.receivers.set(URL_A, neverResponds)
    await world.create(URL_A)
    await world.create(URL_B)
    await append(1, 5)
    await append(6, 10)
    await world.ring()
    expect(world.sequencesAt(URL_A)).toEqual([1])
    expect(world.sequencesAt(URL_B)).toEqual(from(1, 10))
  })

  it('gets no second request while the first is in progress, whatever rings', async () => {
    world.receivers.set(URL_A, neverResponds)
    await world.create(URL_A)
    await append(1, 2)
    for (let ring = 0; ring < 5; ring++) await world.ring()
    pass(10 * LEASE_MS)
    await append(3, 3)
    expect(world.sequencesAt(URL_A)).toEqual([1])
  })
})

describe('an object that is lost', () => {
  it('has stored the next attempt before the request leaves, and sends the event again', async () => {
    let storedAtMs: unknown
    world.receivers.set(URL_A, () => {
      const [row] = world.stream.host.rows('SELECT next_attempt_at_ms AS at FROM endpoints')
      storedAtMs = row?.['at']
      return neverResponds()
    })
    await world.create()
    await append(1, 2)
    expect(storedAtMs).toBe(Date.now() + LEASE_MS)
    world.abort()
    world.receivers.delete(URL_A)
    await world.pass(LEASE_MS)
    expect(world.sequencesAt(URL_A)).toEqual([1, 1, 2])
    expect(idOf(world.sent[0])).toBe(idOf(world.sent[1]))
  })

  it('between the response and its commit, sends the event again', async () => {
    await world.create()
    world.receivers.set(URL_A, () => {
      world.abort()
      return new Response(null, { status: 200 })
    })
    await append(1, 2)
    world.receivers.delete(URL_A)
    expect(world.sequencesAt(URL_A)).toEqual([1])
    await world.pass(LEASE_MS)
    expect(world.sequencesAt(URL_A)).toEqual([1, 1, 2])
    expect(idOf(world.sent[0])).toBe(idOf(world.sent[1]))
  })

  it('while it prepares the event, sends it later', async () => {
    const { seal } = world.ports
    await world.create()
    world.ports.seal = { ...seal, open: () => new Promise(() => {}) }
    await append(1, 1)
    expect(world.sent).toEqual([])
    world.abort()
    world.ports.seal = seal
    await world.pass(LEASE_MS)
    expect(world.sequencesAt(URL_A)).toEqual([1])
  })

  it('at any storage call, delivers every event at least once and in order', async () => {
    let calls = 0
    for (let abortAt = 0; abortAt <= calls; abortAt++) {
      world = new EndpointWorld()
      await world.create(URL_A, { types: ['call.ended'] })
      await append(1, 1, 'credit.low')
      const plan = abortAt === 0 ? NO_FAULTS : { abortAtStorageCall: abortAt }
      world.stream.faults.begin(plan)
      for (let attempt = 0; attempt < 2; attempt++) {
        try {
          const { losses } = world.stream.host
          ;(await world.object()).append(eventsOf(2, 5))
          if (world.stream.host.losses === losses) break
        } catch {
          world.abort()
        }
      }
      await world.flush()
      if (abortAt === 0) calls = world.stream.faults.storageCalls
      world.stream.faults.begin(NO_FAULTS)
      await world.pass(DAY_MS / 2)
      const sequences = world.sequencesAt(URL_A)
      const firsts = [...new Set(sequences)]
      expect(firsts, `aborted at storage call ${abortAt}`).toEqual([2, 3, 4, 5])
      expect(sequences.toSorted((a, b) => a - b)).toEqual(sequences)
      world.stream.host.close()
    }
    expect(calls).toBeGreaterThan(10)
  })
})

describe('a receiver that is dead', () => {
  it('for three days, then gets everything in order', async () => {
    world.receivers.set(URL_A, () => Promise.reject(new TypeError('down')))
    const { uuid } = await world.create()
    for (let hour = 0; hour < 72; hour++) {
      await append(hour + 1, hour + 1)
      await world.pass(HOUR_MS)
    }
    const attempts = world.sent.length
    expect(attempts).toBeGreaterThan(60)
    expect(attempts).toBeLessThan(100)
    expect(new Set(world.sequencesAt(URL_A))).toEqual(new Set([1]))
    world.receivers.delete(URL_A)
    await world.pass(2 * HOUR_MS)
    expect(world.sequencesAt(URL_A).slice(attempts)).toEqual(from(1, 72))
    expect(await world.find(uuid)).toMatchObject({ status: 'enabled', failures: 0, cursor: 72 })
    expect(world.notices).toEqual([])
  })

  it('for five days is disabled, and its owner is informed once', async () => {
    respond(500)
    const { uuid } = await world.create()
    await append(1, 1)
    const sinceMs = Date.now()
    await world.pass(DISABLED_AFTER_MS - 1)
    expect((await world.find(uuid)).status).toBe('enabled')
    await world.pass(2 * HOUR_MS)
    const attempts = world.sent.length
    expect(await world.find(uuid)).toMatchObject({
      status: 'disabled',
      disabledReason: 'failing',
      failingSinceMs: sinceMs,
      nextAttemptAtMs: null,
    })
    await append(2, 2)
    await world.pass(10 * DAY_MS)
    expect(world.sent).toHaveLength(attempts)
    expect(world.notices).toMatchObject([
      { endpoint: { uuid, url: URL_A, disabledReason: 'failing' } },
    ])
  })

  it('and responds 410 is disabled at once, and its owner is informed', async () => {
    respond(410)
    const { uuid } = await world.create()
    await append(1, 2)
    await world.pass(DAY_MS)
    expect(world.sequencesAt(URL_A)).toEqual([1])
    expect(await world.find(uuid)).toMatchObject({ status: 'disabled', disabledReason: 'gone' })
    expect(world.notices).toMatchObject([{ endpoint: { uuid, disabledReason: 'gone' } }])
  })

  it('is reported again until the owner is informed, with the same time', async () => {
    respond(410)
    const informed: number[] = []
    world.ports.informOwner = async ({ atMs }) => {
      informed.push(atMs)
      if (informed.length < 4) throw new Error('no mail today')
    }
    await world.create()
    await append(1, 1)
    const disabledAtMs = Date.now()
    await world.pass(DAY_MS)
    expect(informed).toEqual([disabledAtMs, disabledAtMs, disabledAtMs, disabledAtMs])
  })

  it('is reported again if the object is lost meanwhile', async () => {
    respond(410)
    world.ports.informOwner = () => new Promise(() => {})
    await world.create()
    await append(1, 1)
    await world.ring()
    world.abort()
    const informed: string[] = []
    world.ports.informOwner = async ({ endpoint }) => void informed.push(endpoint.uuid)
    await world.pass(HOUR_MS)
    expect(informed).toHaveLength(1)
  })
})

describe('the address of an endpoint', () => {
  it('is checked again before each attempt', async () => {
    const loopback = 'http://127.0.0.1:8080/in'
    world.ports.allowsLoopback = true
    const { uuid } = await world.create(loopback)
    await append(1, 1)
    expect(world.sequencesAt(loopback)).toEqual([1])
    world.ports.allowsLoopback = false
    await append(2, 2)
    expect(world.sequencesAt(loopback)).toEqual([1])
    const [attempt] = await world.attempts(uuid)
    expect(attempt).toMatchObject({ status: null, fault: 'address_refused' })
    expect(await world.find(uuid)).toMatchObject({ cursor: 1, failures: 1 })
  })
})

describe('an endpoint with phone numbers', () => {
  const call = { user_uuid: 'u', call_uuid: 'c', status: 'completed' }
  const appendCall = async () => {
    ;(await world.object()).append([{ ...eventOf('call'), data: call }])
    await world.flush()
  }
  const dataOf = (index: number) =>
    (JSON.parse(world.sent[index]?.body ?? '') as { data: object }).data

  it('gets the recipient of a call, which no other endpoint gets and no table has', async () => {
    await world.create(URL_A, { includePhone: true })
    await world.create(URL_B)
    await appendCall()
    const [a, b] = [URL_A, URL_B].map((url) => world.sent.findIndex((sent) => sent.url === url))
    expect(dataOf(a ?? -1)).toEqual({ ...call, recipient_phone: '+2348012345678' })
    expect(dataOf(b ?? -1)).toEqual(call)
    expect(world.dump()).not.toContain('2348012345678')
  })

  it('gets null after the erasure of the number, and nothing in events of other kinds', async () => {
    world.ports.recipientOf = async () => null
    await world.create(URL_A, { includePhone: true })
    await appendCall()
    await append(1, 1, 'credit.low')
    expect(dataOf(0)).toEqual({ ...call, recipient_phone: null })
    expect(dataOf(1)).toEqual({ cause: '1' })
  })

  it('waits for the wallet without a failure of the receiver', async () => {
    let reads = 0
    world.ports.recipientOf = async () => {
      reads += 1
      if (reads < 4) throw new Error('the wallet is unreachable')
      return '+2348012345678'
    }
    const { uuid } = await world.create(URL_A, { includePhone: true })
    await appendCall()
    expect(world.sent).toEqual([])
    expect(await world.attempts(uuid)).toMatchObject([{ status: null, fault: 'internal' }])
    expect(await world.find(uuid)).toMatchObject({ failures: 0, failingSinceMs: null, cursor: 0 })
    await world.pass(60_000)
    expect(world.sequencesAt(URL_A)).toEqual([1])
    expect(reads).toBe(4)
  })

  it('waits for a wallet that does not respond for ten seconds at a time', async () => {
    world.ports.recipientOf = () => new Promise(() => {})
    const { uuid } = await world.create(URL_A, { includePhone: true })
    await appendCall()
    await world.expire()
    expect(await world.attempts(uuid)).toMatchObject([{ fault: 'internal' }])
  })

  it('is not disabled while its secret cannot be opened', async () => {
    const { uuid } = await world.create()
    world.isSealLost = true
    await append(1, 1)
    await world.pass(7 * DAY_MS)
    expect(world.sent).toEqual([])
    expect(await world.find(uuid)).toMatchObject({ status: 'enabled', failures: 0 })
    world.isSealLost = false
    await world.pass(2 * HOUR_MS)
    expect(world.sequencesAt(URL_A)).toEqual([1])
  })
})
