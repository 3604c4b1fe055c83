import { describe, expect, it } from 'vitest'
import { CATALOGUE, EVENT_TYPES, isEventType } from '../../../src/events/core/catalogue'
import { deliveredSchema, EVENT_SCHEMAS, prefixOf } from '../../../src/events/data-schemas'
import { eventSchema, presentEvent } from '../../../src/events/schemas'
import { eventId } from '../../../src/outbox/event'

const eventOf = (type: (typeof EVENT_TYPES)[number]) => ({
  id: eventId(type),
  type,
  version: CATALOGUE[type].version,
  atMs: 0,
  data: CATALOGUE[type].sample,
})

describe('the catalogue', () => {
  it.each(EVENT_TYPES)('describes %s by a sentence, a version and data of its schema', (type) => {
    const { summary, version } = CATALOGUE[type]
    expect(summary).toMatch(/^[A-Z].+\.$/)
    expect(version).toBeGreaterThan(0)
    const { sequence: _, ...event } = presentEvent({ ...eventOf(type), sequence: 1 })
    const schema = deliveredSchema(prefixOf(type))
    for (const sequence of [42, null])
      expect(schema.safeParse({ ...event, sequence }).error?.issues).toBeUndefined()
  })

  it('has no phone number, no name and no e-mail address in its samples', () => {
    const samples = JSON.stringify(Object.values(CATALOGUE))
    expect(samples).not.toMatch(/\+\d{6,}|@|_name|phone/)
  })

  it('has a schema for each group of types', () => {
    expect([...new Set(EVENT_TYPES.map(prefixOf))].toSorted()).toEqual(
      Object.keys(EVENT_SCHEMAS).toSorted(),
    )
  })

  it.each([
    ['payment.completed', true],
    ['endpoint.test', true],
    ['payment', false],
    ['payment.Completed', false],
    ['', false],
    ['constructor', false],
    ['__proto__', false],
  ])('has %j: %s', (type, expected) => expect(isEventType(type)).toBe(expected))
})

it('an event of a later release is presented as it is stored', () => {
  const stored = {
    id: eventId('later'),
    type: 'invoice.drafted',
    version: 7,
    atMs: Date.UTC(2026, 2, 14, 10, 16, 31),
    sequence: 42,
    data: { total: 1.5, is_paid: false, note: null },
  }
  const presented = presentEvent(stored)
  expect(presented).toEqual({
    id: stored.id,
    type: 'invoice.drafted',
    version: 7,
    sequence: 42,
    timestamp: '2026-03-14T10:16:31.000Z',
    data: stored.data,
  })
  expect(eventSchema.safeParse(presented).success).toBe(true)
})
