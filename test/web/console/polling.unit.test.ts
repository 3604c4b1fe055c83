import { describe, expect, it } from 'vitest'
import { nextReloadMs, type Situation } from '../../../web/console/polling'

const calm: Situation = {
  isHidden: false,
  isOffline: false,
  failures: 0,
  isAwaiting: false,
  idleMs: 0,
}
const MINUTE_MS = 60_000

describe('the next reload of the console', () => {
  it.each<[string, Partial<Situation>, number | undefined]>([
    ['is slow without anything to await', {}, 15_000],
    ['is quick while a payment is unsettled', { isAwaiting: true }, 2000],
    ['is slower before an idle user', { idleMs: 5 * MINUTE_MS }, 60_000],
    ['is quick for an idle user with an unsettled payment', awaiting(5), 2000],
    ['does not happen an hour after the last action', { idleMs: 60 * MINUTE_MS }, undefined],
    ['does not happen an hour after the last action for a payment', awaiting(60), undefined],
    ['does not happen on a hidden page', { isHidden: true, isAwaiting: true }, undefined],
    ['does not happen without a network', { isOffline: true, isAwaiting: true }, undefined],
    ['waits longer after a failure', { failures: 1 }, 4000],
    ['waits longer after each failure', { failures: 3, isAwaiting: true }, 16_000],
    ['waits at most a minute after failures', { failures: 50 }, 60_000],
  ])('%s', (_, situation, expected) => {
    expect(nextReloadMs({ ...calm, ...situation })).toBe(expected)
  })
})

function awaiting(idleMinutes: number): Partial<Situation> {
  return { isAwaiting: true, idleMs: idleMinutes * MINUTE_MS }
}
