/** D1's outbox of events: what is stored, and how it reaches the streams. */
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { beforeEach, describe, expect, it } from 'vitest'
import { deliverDueEvents, deliverEventsOf } from '../../src/outbox/deliver'
import { DEPLOYMENT, eventId, type NewEvent } from '../../src/outbox/event'
import { createEventOutbox, insertEventIf, removeStreamOf } from '../../src/outbox/store'
import { pass, useClock } from '../support/clock'
import { eventWorld, storedEvents } from '../support/event-world'

useClock()

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const db = drizzle(env.DB)
const outbox = createEventOutbox(db)

beforeEach(async () => {
  await env.DB.batch([
    env.DB.prepare('DELETE FROM event_outbox'),
    env.DB.prepare('DELETE FROM streams'),
  ])
})

const eventOf = (cause: string): NewEvent => ({
  id: eventId(cause),
  type: 'payment.completed',
  version: 1,
  atMs: Date.now(),
  data: { cause, amount: 12.5, is_new: true, nothing: null },
})

const insert = (userUuid: string, cause: string, rest: { on?: boolean; if?: boolean } = {}) =>
  insertEventIf(db, eventOf(cause), rest.if === false ? sql`FALSE` : sql`TRUE`, {
    userUuid,
    hasDeploymentEvents: rest.on ?? false,
  })

/** A user with a stream and events. */
async function userWith(...causes: string[]): Promise<string> {
  const userUuid = crypto.randomUUID()
  await outbox.openStream(userUuid, Date.now())
  for (const cause of causes) await insert(userUuid, `${userUuid}/${cause}`)
  return userUuid
}

const causesOf = (events: readonly NewEvent[]) =>
  events.map(({ data }) => String(data['cause']).split('/').at(-1))

const count = async () =>
  (await env.DB.prepare('SELECT COUNT(*) AS n FROM event_outbox').first<{ n: number }>())?.n

describe('an event', () => {
  it.each([
    [false, false, []],
    [true, false, ['user']],
    [false, true, [DEPLOYMENT]],
    [true, true, ['user', DEPLOYMENT]],
  ])('has a row for each stream: user %s, deployment %s', async (hasStream, on, owners) => {
    const userUuid = crypto.randomUUID()
    if (hasStream) await outbox.openStream(userUuid, 1)
    const inserted = await insert(userUuid, 'a', { on })
    expect(inserted.meta.changes).toBe(owners.length)
    const { results } = await env.DB.prepare('SELECT owner FROM event_outbox').all()
    const stored = results.map(({ owner }) => (owner === userUuid ? 'user' : owner))
    expect(new Set(stored)).toEqual(new Set(owners))
  })

  it('is stored once, and only if its condition is true', async () => {
    const userUuid = await userWith()
    await insert(userUuid, 'a', { if: false, on: true })
    expect(await count()).toBe(0)
    await insert(userUuid, 'a')
    await insert(userUuid, 'a', { on: true })
    await insert(userUuid, 'a', { on: true })
    expect(await storedEvents(userUuid)).toHaveLength(1)
    expect(await storedEvents(DEPLOYMENT)).toHaveLength(1)
  })

  it('is not stored for the stream of another user', async () => {
    await userWith()
    await insert(crypto.randomUUID(), 'a')
    expect(await count()).toBe(0)
  })

  it('reaches the stream as it was stored', async () => {
    const world = eventWorld()
    const userUuid = await userWith()
    const event = eventOf('a')
    await insert(userUuid, 'a')
    pass(1)
    await world.deliver()
    expect(world.streams.events(userUuid)).toEqual([event])
    expect(await count()).toBe(0)
  })
})

describe('a stream', () => {
  it('that was opened twice exists once, until it is removed', async () => {
    const userUuid = crypto.randomUUID()
    expect(await outbox.hasStream(userUuid)).toBe(false)
    await outbox.openStream(userUuid, 1)
    await outbox.openStream(userUuid, 2)
    expect(await outbox.hasStream(userUuid)).toBe(true)
    await insert(userUuid, 'a', { on: true })
    const other = await userWith('b')
    await db.batch(removeStreamOf(db, userUuid))
    await db.batch(removeStreamOf(db, userUuid))
    expect(await outbox.hasStream(userUuid)).toBe(false)
    expect(await storedEvents(userUuid)).toEqual([])
    expect([await storedEvents(DEPLOYMENT), await storedEvents(other)]).toMatchObject([[{}], [{}]])
  })
})

describe('the delivery of events', () => {
  it('keeps their order, in one append of each owner', async () => {
    const world = eventWorld()
    const users = [await userWith('z', 'a', 'm', 'b'), await userWith('c', 'y', 'd')]
    await world.deliver()
    expect(users.map((user) => causesOf(world.streams.events(user)))).toEqual([
      ['z', 'a', 'm', 'b'],
      ['c', 'y', 'd'],
    ])
    expect(world.streams.appends).toHaveLength(2)
  })

  it('continues over many batches', async () => {
    const world = eventWorld()
    const causes = Array.from({ length: 120 }, (_, index) => `${index}`)
    const user = await userWith(...causes)
    await world.deliverOf(user)
    expect(causesOf(world.streams.events(user))).toEqual(causes)
    expect(world.streams.appends.map(({ ids }) => ids.length)).toEqual([50, 50, 20])
  })

  it('is bounded in one run, and the next one continues', async () => {
    const world = eventWorld()
    const user = await userWith('first')
    const seqs = `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1500)`
    await env.DB.prepare(
      `${seqs} INSERT INTO event_outbox (owner, id, type, version, at_ms, data, next_attempt_at_ms)
        SELECT ?, 'evt_' || i, 't', 1, 0, '{}', 0 FROM n`,
    )
      .bind(user)
      .run()
    await world.deliverOf(user)
    expect(world.streams.events(user)).toHaveLength(1000)
    await world.deliverOf(user)
    expect(world.streams.events(user)).toHaveLength(1501)
    expect(world.streams.events(user).at(-1)?.id).toBe('evt_1500')
  })

  it('sends the same events once if ten runs begin at the same time', async () => {
    const world = eventWorld()
    const user = await userWith('a', 'b')
    await Promise.all(
      Array.from({ length: 10 }, (_, run) => (run % 2 ? world.deliver() : world.deliverOf(user))),
    )
    expect(world.streams.appends).toHaveLength(1)
    expect(await count()).toBe(0)
  })

  it('includes events that were stored while their run found the first one owned', async () => {
    const world = eventWorld()
    const user = await userWith('a')
    let isFirst = true
    world.streams.before = async () => {
      if (!isFirst) return
      isFirst = false
      await insert(user, `${user}/b`)
      await world.deliverOf(user)
      expect(world.streams.events(user)).toEqual([])
    }
    await world.deliverOf(user)
    expect(causesOf(world.streams.events(user))).toEqual(['a', 'b'])
    expect(await count()).toBe(0)
  })

  it('is repeated after a failure, later and later, and never abandoned', async () => {
    const world = eventWorld()
    const user = await userWith('a', 'b')
    world.streams.failing.set(user, 5)
    const waits: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      await world.deliver()
      const [first] = await storedEvents(user)
      expect(first).toMatchObject({ failures: attempt + 1 })
      const waitMs = (first?.next_attempt_at_ms ?? 0) - Date.now()
      waits.push(waitMs)
      pass(waitMs - 1)
      await world.deliver()
      await insert(user, `${user}/later${attempt}`)
      await world.deliverOf(user)
      expect(world.streams.appends).toHaveLength(attempt + 1)
      pass(1)
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8].map((minutes) => minutes * MINUTE_MS))
    await world.deliver()
    const later = [0, 1, 2, 3, 4].map((attempt) => `later${attempt}`)
    expect(causesOf(world.streams.events(user))).toEqual(['a', 'b', ...later])
    expect(await count()).toBe(0)
  })

  it('waits at most an hour, also after a thousand failures', async () => {
    const world = eventWorld()
    const user = await userWith('a')
    await env.DB.prepare('UPDATE event_outbox SET failures = 1000').run()
    world.streams.failing.set(user, 1)
    await world.deliver()
    expect(await storedEvents(user)).toMatchObject([
      { failures: 1001, next_attempt_at_ms: Date.now() + HOUR_MS },
    ])
    pass(HOUR_MS)
    await world.deliver()
    expect(await count()).toBe(0)
  })

  it('of a failing stream delays no other', async () => {
    const world = eventWorld()
    const failing = [await userWith('a'), await userWith('a'), await userWith('a')]
    for (const user of failing) world.streams.failing.set(user, 1000)
    const users = [await userWith('b'), await userWith('c')]
    await world.deliver()
    expect(users.map((user) => causesOf(world.streams.events(user)))).toEqual([['b'], ['c']])
    for (const user of failing) expect(await storedEvents(user)).toHaveLength(1)
  })

  it('repeats an append whose response was lost, under the same IDs', async () => {
    const world = eventWorld()
    const user = await userWith('a', 'b')
    world.streams.isResponseLost = true
    await world.deliver()
    expect(await storedEvents(user)).toHaveLength(2)
    world.streams.isResponseLost = false
    pass(MINUTE_MS)
    await world.deliver()
    expect(causesOf(world.streams.events(user))).toEqual(['a', 'b'])
    const [first, second] = world.streams.appends
    expect(first).toEqual(second)
    expect(await count()).toBe(0)
  })

  it('does not remove a later event that has the number of a delivered one', async () => {
    const world = eventWorld()
    const user = await userWith('a')
    const [delivered] = await storedEvents(user)
    let isFirst = true
    world.streams.before = async () => {
      if (!isFirst) return
      isFirst = false
      /** Another run, after this one's attempt has ended. */
      pass(MINUTE_MS)
      await world.deliverOf(user)
      await insert(user, `${user}/b`)
      expect(await storedEvents(user)).toMatchObject([{ seq: delivered?.seq }])
    }
    await world.deliverOf(user)
    expect(causesOf(world.streams.events(user))).toEqual(['a', 'b'])
  })

  it('ends without an error if D1 fails, so that the other jobs run', async () => {
    const fail = () => Promise.reject(new Error('D1 is down'))
    const eventOutbox = { ...outbox, listDue: fail, firstOf: fail }
    const deps = { eventOutbox, streamOf: eventWorld().streams.of, now: () => Date.now() }
    await expect(deliverDueEvents(deps)).resolves.toBeUndefined()
    await expect(deliverEventsOf(deps, 'a user')).resolves.toBeUndefined()
  })
})
