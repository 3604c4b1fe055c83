import { expect, it } from 'vitest'
import { nextStreamAlarmMs, type StreamAlarmFacts } from '../../../src/events/core/stream-alarm'

const NOW = 1_000_000

const facts = (
  endpointsDueAtMs?: number,
  upkeepAtMs: number | null = null,
  retryAtMs?: number,
): StreamAlarmFacts => ({ endpointsDueAtMs, upkeepAtMs, retryAtMs })

it.each<[string, StreamAlarmFacts, number | null, number | undefined]>([
  ['nothing is due', facts(), null, undefined],
  ['nothing is due and an alarm is set', facts(), NOW + 5, undefined],
  ['an endpoint is due later', facts(NOW + 10), null, NOW + 10],
  ['an endpoint is overdue', facts(NOW - 10), null, NOW],
  ['upkeep is due later', facts(undefined, NOW + 20), null, NOW + 20],
  ['an endpoint is due before upkeep', facts(NOW + 10, NOW + 20), null, NOW + 10],
  ['upkeep is due before an endpoint', facts(NOW + 30, NOW + 20), null, NOW + 20],
  ['the alarm is set for an earlier time', facts(NOW + 10), NOW + 5, undefined],
  ['the alarm is set for the same time', facts(NOW + 10), NOW + 10, undefined],
  ['the alarm is set for a later time', facts(NOW + 10), NOW + 11, NOW + 10],
  ['the alarm is a minute overdue', facts(NOW + 10), NOW - 60_000, undefined],
  ['the alarm is more than a minute overdue', facts(NOW + 10), NOW - 60_001, NOW + 10],
  ['a lost alarm has no successor', facts(), NOW - 60_001, undefined],
  ['deliveries are to begin again later', facts(NOW, null, NOW + 40), null, NOW + 40],
  ['upkeep is due before deliveries begin again', facts(NOW, NOW + 20, NOW + 40), null, NOW + 20],
  ['deliveries failed, but nothing is due', facts(undefined, null, NOW + 40), null, undefined],
])('the alarm if %s', (_, due, alarmAtMs, expected) => {
  expect(nextStreamAlarmMs(due, alarmAtMs, NOW)).toBe(expected)
})

it.each([
  [NOW - 10, NOW + 1000],
  [NOW + 999, NOW + 1000],
  [NOW + 1001, NOW + 1001],
])('an alarm sets the next one, due at %i, after at least a second', (dueAtMs, expected) => {
  expect(nextStreamAlarmMs(facts(dueAtMs), null, NOW, NOW + 1000)).toBe(expected)
})
