/** Costs of a stream, by the runtime's own counters. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventId, type NewEvent } from '../../../src/outbox/event'
import { START, useClock } from '../../support/clock'
import { costOf, installCounters } from '../../support/counts'

useClock()
beforeAll(installCounters)

const eventsOf = (prefix: string, count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: eventId(`${prefix}/${index}`),
    type: 'call.ended',
    version: 1,
    atMs: START,
    data: { index },
  }))

describe('an append', () => {
  it('writes two rows an event, and none for an event that the stream has', async () => {
    const stream = env.STREAM.getByName(`user/${crypto.randomUUID()}`)
    await stream.open()
    /** The first one of a day also schedules the upkeep. */
    await stream.append(eventsOf('first', 1))
    for (const count of [1, 10]) {
      const events = eventsOf(`of ${count}`, count)
      const once = await costOf(() => stream.append(events))
      expect(once.rowsWritten).toBe(2 * count)
      const again = await costOf(() => stream.append(events))
      expect(again.rowsWritten).toBe(0)
    }
  })

  it('reads as many rows in a long log as in a short one', async () => {
    const stream = env.STREAM.getByName(`user/${crypto.randomUUID()}`)
    await stream.append(eventsOf('first', 1))
    const short = await costOf(() => stream.append(eventsOf('short', 1)))
    await stream.append(eventsOf('many', 5000))
    const long = await costOf(() => stream.append(eventsOf('long', 1)))
    expect(long.rowsRead).toBe(short.rowsRead)
  })
})

it('a page reads only its own rows', async () => {
  const stream = env.STREAM.getByName(`user/${crypto.randomUUID()}`)
  await stream.open()
  await stream.append(eventsOf('many', 5000))
  const costs = await costOf(() => stream.read({ after: 2000, limit: 100, waitMs: 0 }))
  expect(costs.rowsWritten).toBe(0)
  expect(costs.rowsRead).toBeLessThanOrEqual(101)
})
