import { beforeEach, describe, expect, it } from 'vitest'
import { MAX_REPLAY_FAILURES, MAX_REPLAYS } from '../../../src/events/object/replays'
import { useClock } from '../../support/clock'
import { DAY_MS, EndpointWorld, HOUR_MS, neverResponds } from '../../support/endpoint-world'
import { eventsOf } from '../../support/streams'

useClock()

const URL = 'https://hooks.example.com/a'

let world: EndpointWorld

beforeEach(() => {
  world = new EndpointWorld()
})

const append = async (first: number, last: number, type?: string) => {
  ;(await world.object()).append(eventsOf(first, last, type))
  await world.flush()
}

const replay = async (uuid: string, from: number, to: number) => {
  const replayed = (await world.object()).replay(uuid, { from, to })
  await world.flush()
  return replayed.ok ? replayed.value : replayed.refusal.code
}

const openReplays = () => world.stream.host.rows('SELECT * FROM replays').length

describe('a replay', () => {
  it('sends a range again, in order, with the same IDs, and leaves the cursor', async () => {
    const { uuid } = await world.create()
    await append(1, 6)
    expect(await replay(uuid, 2, 4)).toBe(3)
    expect(world.sequencesAt(URL)).toEqual([1, 2, 3, 4, 5, 6, 2, 3, 4])
    const ids = world.sent.map(({ headers }) => headers['webhook-id'])
    expect(ids.slice(6)).toEqual(ids.slice(1, 4))
    expect(await world.find(uuid)).toMatchObject({ cursor: 6, nextAttemptAtMs: null })
    expect((await world.attempts(uuid)).map(({ cause }) => cause).slice(0, 4)).toEqual([
      'replay',
      'replay',
      'replay',
      'delivery',
    ])
    expect(openReplays()).toBe(0)
  })

  it('sends one event again', async () => {
    const { uuid } = await world.create()
    await append(1, 3)
    const id = world.sent[1]?.headers['webhook-id'] ?? ''
    expect((await world.object()).replayEvent(uuid, id)).toEqual({ ok: true, value: 1 })
    await world.flush()
    expect(world.sequencesAt(URL)).toEqual([1, 2, 3, 2])
  })

  it('begins and ends within the stream', async () => {
    const { uuid } = await world.create()
    expect(await replay(uuid, 1, 9)).toBe('not_found')
    await append(1, 4)
    expect(await replay(uuid, 3, 1_000_000)).toBe(2)
    expect(await replay(uuid, 5, 9)).toBe('not_found')
    expect(await replay(uuid, 3, 2)).toBe('not_found')
    expect(await replay('unknown', 1, 2)).toBe('not_found')
    expect((await world.object()).replayEvent(uuid, 'evt_unknown').ok).toBe(false)
    expect(world.sequencesAt(URL)).toEqual([1, 2, 3, 4, 3, 4])
  })

  it('leaves out types that the endpoint does not receive', async () => {
    const { uuid } = await world.create(URL, { types: ['credit.low'] })
    await append(1, 3)
    await append(4, 4, 'credit.low')
    await append(5, 6)
    expect(await replay(uuid, 1, 6)).toBe(6)
    expect(await replay(uuid, 1, 3)).toBe(3)
    await world.pass(60_000)
    expect(world.sequencesAt(URL)).toEqual([4, 4])
    expect(openReplays()).toBe(0)
  })

  it('and new events take turns, so that neither delays the other', async () => {
    const { uuid } = await world.create()
    await append(1, 10)
    world.receivers.set(URL, neverResponds)
    await replay(uuid, 1, 5)
    await append(11, 14)
    world.receivers.delete(URL)
    await world.expire()
    await world.pass(60_000)
    expect(world.sequencesAt(URL).slice(10)).toEqual([1, 11, 1, 12, 2, 13, 3, 14, 4, 5])
  })

  it('goes on after the object is lost', async () => {
    const { uuid } = await world.create()
    await append(1, 5)
    world.receivers.set(URL, ({ body }) => (body.includes('"sequence":3') ? neverResponds() : ok()))
    await replay(uuid, 1, 5)
    world.abort()
    world.receivers.delete(URL)
    await world.pass(60_000)
    expect(world.sequencesAt(URL).slice(5)).toEqual([1, 2, 3, 3, 4, 5])
  })

  it('leaves out an event that fails ten times, and does not stop new ones', async () => {
    const { uuid } = await world.create()
    await append(1, 5)
    world.receivers.set(URL, ({ body }) => (body.includes('"sequence":3') ? failed() : ok()))
    await replay(uuid, 2, 4)
    await append(6, 7)
    await world.pass(DAY_MS)
    const sequences = world.sequencesAt(URL).slice(5)
    expect(sequences.filter((sequence) => sequence === 3)).toHaveLength(MAX_REPLAY_FAILURES)
    expect(sequences.filter((sequence) => sequence !== 3)).toEqual(
      expect.arrayContaining([2, 4, 6, 7]),
    )
    expect(openReplays()).toBe(0)
    expect(await world.find(uuid)).toMatchObject({ status: 'enabled', cursor: 7 })
  })

  it('is one of at most ten', async () => {
    const { uuid } = await world.create()
    await append(1, 5)
    world.receivers.set(URL, failed)
    for (let open = 0; open < MAX_REPLAYS; open++) expect(await replay(uuid, 1, 5)).toBe(5)
    expect(await replay(uuid, 1, 5)).toBe('endpoint_state_conflict')
    expect(openReplays()).toBe(MAX_REPLAYS)
  })

  it('needs an enabled endpoint', async () => {
    const { uuid } = await world.create()
    await append(1, 5)
    ;(await world.object()).changeEndpoint(uuid, { status: 'paused' })
    expect(await replay(uuid, 1, 5)).toBe('endpoint_state_conflict')
  })

  it.each([
    ['the cursor moves', { after: 5 }],
    ['the endpoint is removed', undefined],
  ])('ends when %s', async (_, change) => {
    const { uuid } = await world.create()
    await append(1, 5)
    world.receivers.set(URL, failed)
    await replay(uuid, 1, 5)
    expect(openReplays()).toBe(1)
    const object = await world.object()
    if (change) object.changeEndpoint(uuid, change)
    else object.removeEndpoint(uuid)
    await world.flush()
    expect(openReplays()).toBe(0)
    const { length } = world.sent
    await world.pass(HOUR_MS)
    expect(world.sent).toHaveLength(length)
  })

  it('ends when the endpoint is disabled', async () => {
    const { uuid } = await world.create()
    await append(1, 5)
    world.receivers.set(URL, () => new Response(null, { status: 410 }))
    await replay(uuid, 1, 5)
    expect(openReplays()).toBe(0)
    expect((await world.find(uuid)).status).toBe('disabled')
  })
})

const ok = () => new Response(null, { status: 200 })
const failed = () => new Response(null, { status: 500 })
