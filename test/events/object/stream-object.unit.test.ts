import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Endpoints } from '../../../src/events/object/endpoints'
import type { StreamObject } from '../../../src/events/object/stream-object'
import { streamName } from '../../../src/outbox/event'
import { STREAM_STEPS } from '../../../src/events/object/tables'
import { MAX_WAITERS } from '../../../src/events/object/waiters'
import { DEPLOYMENT } from '../../../src/outbox/event'
import { pass, useClock } from '../../support/clock'
import { eventOf, eventsOf, hostStream, type StreamHost, USER } from '../../support/streams'

useClock()

const DAY_MS = 86_400_000
const REFUSED = { ok: false, refusal: { code: 'no_stream' } }

let stream: StreamHost

beforeEach(() => {
  stream = hostStream()
  vi.spyOn(console, 'log').mockReturnValue(undefined)
  vi.spyOn(console, 'error').mockReturnValue(undefined)
})

const query = (after = 0, waitMs = 0, types?: readonly string[]) => ({
  after,
  limit: 100,
  types,
  waitMs,
})

const read = async (...asked: Parameters<typeof query>) =>
  (await stream.wake()).read(query(...asked))

const page = (numbers: readonly number[], next: number) => ({
  ok: true,
  value: { events: numbers.map((sequence) => expect.objectContaining({ sequence })), next },
})

type Command = (object: StreamObject) => unknown

const count = (table: string) =>
  Number(stream.host.rows(`SELECT COUNT(*) AS n FROM ${table}`)[0]?.['n'])

/** Lets everything that is due now happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a stream', () => {
  it.each([
    [USER, `user/${USER}`],
    [DEPLOYMENT, 'deployment'],
  ])('of %s has the name %s', (owner, name) => expect(streamName(owner)).toBe(name))

  it('that is not open refuses reads, and keeps events that arrive early', async () => {
    expect(await read()).toEqual(REFUSED)
    const object = await stream.wake()
    object.append([eventOf('early')])
    expect(await read()).toEqual(REFUSED)
    object.open()
    object.open()
    expect(await read()).toEqual(page([1], 1))
  })

  it('of the deployment is open from its first event on', async () => {
    stream = hostStream('deployment')
    expect(await read()).toEqual(REFUSED)
    ;(await stream.wake()).append([eventOf('a')])
    expect(await read()).toEqual(page([1], 1))
  })

  it('stores nothing when a forged key names it, or a read', async () => {
    const object = await stream.wake()
    expect(object.useKey('a hash')).toBeNull()
    expect(await read()).toEqual(REFUSED)
    await object.alarm()
    expect(stream.host.rows('SELECT name FROM sqlite_master')).toEqual([])
    expect(stream.host.alarmAtMs).toBeNull()
  })
})

describe('a read that waits', () => {
  beforeEach(async () => {
    ;(await stream.wake()).open()
  })

  it('returns at once if there is an event', async () => {
    ;(await stream.wake()).append([eventOf('a')])
    expect(await read(0, 25_000)).toEqual(page([1], 1))
    expect(stream.waits.lengths).toEqual([])
  })

  it('returns when an event arrives, before its time is over', async () => {
    const reading = read(0, 25_000)
    await settle()
    ;(await stream.wake()).append([eventOf('a'), eventOf('b')])
    expect(await reading).toEqual(page([1, 2], 2))
    expect(stream.waits.lengths).toEqual([25_000])
    expect(stream.waits.open).toBe(0)
  })

  it('returns an empty page when its time is over', async () => {
    const reading = read(7, 9000)
    await settle()
    stream.waits.endAll()
    expect(await reading).toEqual(page([], 7))
  })

  it('waits for at most 25 seconds', async () => {
    const reading = read(0, 3_600_000)
    await settle()
    expect(stream.waits.lengths).toEqual([25_000])
    stream.waits.endAll()
    await reading
  })

  it('goes on waiting after events of other types, and passes them', async () => {
    const reading = read(0, 25_000, ['wanted'])
    await settle()
    const object = await stream.wake()
    object.append(eventsOf(1, 3, 'other'))
    await settle()
    expect(stream.waits.open).toBe(1)
    object.append([eventOf('it', 'wanted')])
    expect(await reading).toEqual(page([4], 4))
  })

  it('returns how far it has read if only events of other types arrived', async () => {
    const reading = read(0, 25_000, ['wanted'])
    await settle()
    ;(await stream.wake()).append(eventsOf(1, 3, 'other'))
    await settle()
    stream.waits.endAll()
    expect(await reading).toEqual(page([], 3))
  })

  it('is not woken by an event that the stream has already', async () => {
    const object = await stream.wake()
    object.append([eventOf('a')])
    const reading = read(1, 25_000)
    await settle()
    object.append([eventOf('a')])
    await settle()
    expect(stream.waits.open).toBe(1)
    stream.waits.endAll()
    expect(await reading).toEqual(page([], 1))
  })

  it('returns an empty page at once if more rows follow those that it may read', async () => {
    ;(await stream.wake()).append(eventsOf(1, 1200, 'other'))
    expect(await read(0, 25_000, ['wanted'])).toEqual(page([], 1000))
    expect(stream.waits.lengths).toEqual([])
  })

  it(`is refused while ${MAX_WAITERS} others wait, and allowed when one has returned`, async () => {
    const readings = Array.from({ length: MAX_WAITERS }, () => read(0, 25_000))
    await settle()
    const refused = { ok: false, refusal: { code: 'too_many_polls', limit: MAX_WAITERS } }
    expect(await read(0, 25_000)).toEqual(refused)
    expect(await read(0, 0)).toEqual(page([], 0))
    ;(await stream.wake()).append([eventOf('a')])
    for (const reading of readings) expect(await reading).toEqual(page([1], 1))
    const next = read(1, 25_000)
    await settle()
    expect(stream.waits.open).toBe(1)
    stream.waits.endAll()
    expect(await next).toEqual(page([], 1))
  })

  it('is refused when its key is revoked meanwhile, and returns no event', async () => {
    const object = await stream.wake()
    const key = { name: 'Poller', scopes: ['events:read'], tokenVersion: 1 }
    for (const uuid of ['revoked', 'other']) object.createKey({ ...key, uuid, hash: uuid })
    const [revoked, other] = ['revoked', 'other'].map((keyUuid) =>
      object.read({ ...query(0, 25_000), keyUuid }),
    )
    await settle()
    object.disableKey('revoked')
    expect(await revoked).toMatchObject({ ok: false, refusal: { code: 'unauthenticated' } })
    object.append([eventOf('a')])
    expect(await other).toEqual(page([1], 1))
    expect(stream.waits.open).toBe(0)
  })

  it('is refused at once when the sessions of the user end, and its key with them', async () => {
    const object = await stream.wake()
    const key = { uuid: 'ended', hash: 'a hash', name: 'Poller', scopes: ['events:read'] }
    object.createKey({ ...key, tokenVersion: 1 })
    const reading = object.read({ ...query(0, 25_000), keyUuid: 'ended' })
    await settle()
    object.endKeys(2)
    expect(await reading).toMatchObject({ ok: false, refusal: { code: 'unauthenticated' } })
  })

  it('is refused when the stream is erased meanwhile', async () => {
    const reading = read(0, 25_000)
    await settle()
    ;(await stream.wake()).erase()
    expect(await reading).toEqual(REFUSED)
    expect(stream.waits.open).toBe(0)
  })
})

describe('an erased stream', () => {
  const TABLES = [...STREAM_STEPS.join('\n').matchAll(/CREATE TABLE (\w+)/g)].map(
    ([, name = '']) => name,
  )
  const KEPT = new Set(['stream'])

  it('has no row but its tombstone', async () => {
    const object = await stream.wake()
    object.open()
    object.append(eventsOf(1, 5))
    const { database } = stream.host
    for (const table of TABLES.filter((name) => !KEPT.has(name) && name !== 'events')) {
      const columns = database.prepare(`PRAGMA table_info(${table})`).all()
      const values = columns.map(({ type }) => (type === 'INTEGER' ? 1 : "'a'")).join(', ')
      database.exec(`INSERT INTO ${table} VALUES (${values})`)
      expect(count(table), table).toBe(1)
    }
    object.erase()
    for (const table of TABLES) expect(count(table), table).toBe(KEPT.has(table) ? 1 : 0)
  })

  it('ignores appends, refuses the rest, and stays erased', async () => {
    const object = await stream.wake()
    object.open()
    object.append([eventOf('a')])
    object.erase()
    for (const name of ['the same instance', 'a new instance']) {
      const now = await stream.wake()
      expect(now.append([eventOf('b')]), name).toBeUndefined()
      expect(now.open()).toEqual(REFUSED)
      expect(await read()).toEqual(REFUSED)
      expect(now.createKey({} as never)).toEqual(REFUSED)
      expect(await now.createEndpoint({} as never)).toEqual(REFUSED)
      expect(count('events')).toBe(0)
      now.erase()
      await now.alarm()
      stream.host.abort()
    }
    expect(stream.host.rows('SELECT erased_at_ms, upkeep_at_ms FROM stream')).toEqual([
      { erased_at_ms: Date.now(), upkeep_at_ms: null },
    ])
  })

  it('can be erased before it was opened, so that late events are ignored', async () => {
    const object = await stream.wake()
    object.erase()
    object.append([eventOf('late')])
    expect(count('events')).toBe(0)
  })
})

describe('the alarm of a stream', () => {
  const failingUpkeep = () =>
    vi.spyOn(Endpoints.prototype, 'upkeep').mockRejectedValue(new Error('upkeep failed'))

  async function ring(): Promise<void> {
    const { host } = stream
    pass(Math.max(0, (host.alarmAtMs ?? Date.now()) - Date.now()))
    const object = await stream.wake()
    host.alarmAtMs = null
    await object.alarm()
  }

  it('is set once a day, whatever is appended', async () => {
    const object = await stream.wake()
    object.append([eventOf('a')])
    const atMs = Date.now() + DAY_MS
    expect(stream.host.alarmAtMs).toBe(atMs)
    pass(1000)
    object.append([eventOf('b')])
    expect(stream.host.alarmAtMs).toBe(atMs)
    await ring()
    expect(stream.host.alarmAtMs).toBe(atMs + DAY_MS)
  })

  it('repeats a failed upkeep later and later, at most once an hour, and does not throw', async () => {
    const object = await stream.wake()
    object.append(eventsOf(1, 2))
    const upkeep = failingUpkeep()
    const delays: number[] = []
    for (let failure = 0; failure < 9; failure++) {
      await ring()
      delays.push(((stream.host.alarmAtMs ?? 0) - Date.now()) / 1000)
      stream.host.abort()
    }
    expect(delays).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    upkeep.mockRestore()
    await ring()
    expect(stream.host.alarmAtMs).toBe(Date.now() + DAY_MS)
  })

  it('rings later and later while the storage is full, and does not throw', async () => {
    const object = await stream.wake()
    object.append(eventsOf(1, 2))
    stream.faults.begin({ fullStorageOf: stream.host.name })
    const delays: number[] = []
    for (let failure = 0; failure < 3; failure++) {
      await ring()
      delays.push(((stream.host.alarmAtMs ?? 0) - Date.now()) / 1000)
    }
    expect(delays).toEqual([30, 60, 120])
    stream.faults.begin({})
    await ring()
    expect(stream.host.alarmAtMs).toBe(Date.now() + DAY_MS)
  })

  it('does not wait for deliveries', async () => {
    const object = await stream.wake()
    object.append([eventOf('a')])
    const run = vi.spyOn(Endpoints.prototype, 'run').mockImplementation(() => {
      void new Promise(() => {})
    })
    await ring()
    expect(run).toHaveBeenCalledOnce()
  })

  it('repeats deliveries that could not begin later and later, and appends all the same', async () => {
    vi.spyOn(Endpoints.prototype, 'dueAtMs', 'get').mockImplementation(() => Date.now() - 5000)
    const run = vi.spyOn(Endpoints.prototype, 'run').mockImplementation(() => {
      throw new Error('not begun')
    })
    const object = await stream.wake()
    object.append([eventOf('a')])
    expect(count('events')).toBe(1)
    const delays: number[] = []
    for (let failure = 0; failure < 3; failure++) {
      delays.push(((stream.host.alarmAtMs ?? 0) - Date.now()) / 1000)
      await ring()
    }
    expect(delays).toEqual([30, 60, 120])
    run.mockReturnValue(undefined)
    await ring()
    expect(stream.host.alarmAtMs).toBe(Date.now() + 1000)
  })

  it.each([
    ['an append', (object: StreamObject) => object.append([eventOf('b')])],
    ['a read', (object: StreamObject) => object.read(query())],
    ['an open', (object: StreamObject) => object.open()],
  ])('is set again by %s if it is more than a minute overdue', async (_, command: Command) => {
    const object = await stream.wake()
    object.open()
    object.append([eventOf('a')])
    pass(DAY_MS + 60_001)
    stream.host.alarmAtMs = null
    await command(object)
    expect(stream.host.alarmAtMs).toBe(Date.now())
  })

  it('survives an eviction', async () => {
    ;(await stream.wake()).append([eventOf('a')])
    const { alarmAtMs } = stream.host
    stream.host.abort()
    pass(5000)
    ;(await stream.wake()).append([eventOf('b')])
    expect(stream.host.alarmAtMs).toBe(alarmAtMs)
  })
})
