import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../src/events/core/stream'
import { EVENTS_KEPT_MS } from '../../../src/events/object/stream-object'
import { pass, useClock } from '../../support/clock'
import { valueOf } from '../../support/result'
import { eventOf, eventsOf, hostStream, type StreamHost } from '../../support/streams'

useClock()

const DAY_MS = 86_400_000

let stream: StreamHost

beforeEach(async () => {
  stream = hostStream()
  const object = await stream.wake()
  object.open()
})

const append = async (...events: Parameters<typeof eventOf>[]) =>
  (await stream.wake()).append(events.map((event) => eventOf(...event)))

async function read(after = 0, limit = 500, types?: readonly string[]) {
  return valueOf(await (await stream.wake()).read({ after, limit, types, waitMs: 0 }))
}

const numbers = (events: readonly StoredEvent[]) => events.map(({ sequence }) => sequence)
const causes = (events: readonly StoredEvent[]) => events.map(({ data }) => data['cause'])

describe('an append', () => {
  it('numbers events from 1', async () => {
    await append(['a'], ['b'])
    await append(['c'])
    const { events, next } = await read()
    expect(numbers(events)).toEqual([1, 2, 3])
    expect(causes(events)).toEqual(['a', 'b', 'c'])
    expect(next).toBe(3)
  })

  it.each([
    [
      'in a later batch',
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['a', 'b', 'c'],
    ],
    ['in the same batch', [['a', 'a', 'b', 'a']], ['a', 'b']],
    ['of a whole batch', [['a', 'b'], ['a', 'b'], ['c']], ['a', 'b', 'c']],
    [
      'in another order',
      [
        ['a', 'b'],
        ['b', 'a', 'c'],
      ],
      ['a', 'b', 'c'],
    ],
  ])('ignores an ID that is repeated %s, without a gap', async (_, batches, expected) => {
    for (const batch of batches) await append(...batch.map((cause) => [cause] as [string]))
    const { events } = await read()
    expect(causes(events)).toEqual(expected)
    expect(numbers(events)).toEqual(expected.map((_cause, index) => index + 1))
  })

  it('keeps the first form of an event', async () => {
    const first = eventOf('a')
    const object = await stream.wake()
    object.append([first])
    object.append([{ ...first, type: 'call.initiated', data: { changed: true } }])
    expect((await read()).events).toEqual([{ ...first, sequence: 1 }])
  })

  it('keeps types and versions that this release does not know', async () => {
    const unknown = {
      ...eventOf('a', 'invoice.drafted'),
      version: 7,
      data: { total: 1.5, note: null },
    }
    ;(await stream.wake()).append([unknown])
    expect((await read()).events).toEqual([{ ...unknown, sequence: 1 }])
  })

  it('leaves no gap in a thousand appends, half of them repeated', async () => {
    for (let at = 1; at <= 1000; at++) await append([at], [Math.ceil(at / 2)])
    const { events } = await read(0, 500)
    const rest = await read(500, 500)
    expect(numbers([...events, ...rest.events])).toEqual(
      Array.from({ length: 1000 }, (_, at) => at + 1),
    )
    expect((await read(1000)).events).toEqual([])
  })

  it('stores the same events once if several run at once', async () => {
    const batches = [eventsOf(1, 20), eventsOf(10, 30), eventsOf(1, 30), eventsOf(25, 40)]
    await Promise.all(batches.map(async (batch) => (await stream.wake()).append(batch)))
    const { events } = await read()
    expect(numbers(events)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
    expect(new Set(events.map(({ id }) => id)).size).toBe(40)
  })
})

describe('a page', () => {
  it.each([
    [0, 2, undefined, [1, 2], 2],
    [2, 2, undefined, [3, 4], 4],
    [5, 2, undefined, [6], 6],
    [6, 2, undefined, [], 6],
    [9, 2, undefined, [], 9],
    [0, 2, ['b'], [2, 4], 4],
    [0, 9, ['b'], [2, 4, 6], 6],
    [0, 9, ['unknown'], [], 6],
    [0, 9, [], [], 6],
  ])('after %i of at most %i with types %j has %j and continues after %i', async (...row) => {
    const [after, limit, types, expected, next] = row
    await append([1, 'a'], [2, 'b'], [3, 'a'], [4, 'b'], [5, 'a'], [6, 'b'])
    const page = await read(after, limit, types)
    expect(numbers(page.events)).toEqual(expected)
    expect(page.next).toBe(next)
  })

  it('ends after 1,000 rows that its types leave out, and the next one continues there', async () => {
    const object = await stream.wake()
    object.append(eventsOf(1, 1500, 'a'))
    object.append([eventOf('wanted', 'b')])
    expect(await read(0, 10, ['b'])).toEqual({ events: [], next: 1000 })
    expect(numbers((await read(1000, 10, ['b'])).events)).toEqual([1501])
  })
})

describe('the daily upkeep', () => {
  /** Rings the alarm each time it is due, for some days. */
  async function live(days: number): Promise<number> {
    const endMs = Date.now() + days * DAY_MS
    let rings = 0
    for (; rings < 1000; rings++) {
      const { alarmAtMs } = stream.host
      if (alarmAtMs === null || alarmAtMs > endMs) break
      pass(Math.max(0, alarmAtMs - Date.now()))
      const object = await stream.wake()
      stream.host.alarmAtMs = null
      await object.alarm()
    }
    pass(endMs - Date.now())
    return rings
  }

  it('removes events after 30 days, and keeps younger ones', async () => {
    await append(['old'], ['older'])
    await live(20)
    await append(['young'])
    await live(12)
    expect(causes((await read()).events)).toEqual(['young'])
  })

  it('keeps the newest event, so that no number is used again', async () => {
    await append(['a'], ['b'], ['c'])
    await live(400)
    expect(numbers((await read()).events)).toEqual([3])
    stream.host.abort()
    await append(['d'])
    expect(numbers((await read()).events)).toEqual([3, 4])
  })

  it('sets no alarm when only the newest event is left', async () => {
    await append(['a'], ['b'])
    expect(await live(40)).toBeLessThan(40)
    expect(await live(400)).toBe(0)
    await append(['c'])
    expect(stream.host.alarmAtMs).toBe(Date.now() + DAY_MS)
  })

  it('removes many events in bounded steps', async () => {
    const object = await stream.wake()
    object.append(eventsOf(1, 12_000))
    pass(EVENTS_KEPT_MS - DAY_MS)
    await append(['young'])
    pass(2 * DAY_MS)
    const left: number[] = []
    for (let step = 0; step < 3; step++) {
      await object.alarm()
      left.push(Number(stream.host.rows('SELECT COUNT(*) AS n FROM events')[0]?.['n']))
      pass(1000)
    }
    expect(left).toEqual([7001, 2001, 1])
  })

  it('keeps an event that was received later than its successor, until both are old', async () => {
    await append(['a'])
    pass(-5000)
    await append(['b'])
    pass(5000)
    await append(['c'])
    await live(32)
    expect(causes((await read()).events)).toEqual(['c'])
  })
})
