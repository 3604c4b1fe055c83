/** The liveness judge: a table of wake-ups, each with its expected finding. */
import { expect, test } from 'vitest'
import { LivenessJudge, OUTAGE_LIMITS, QUIET_LIMITS, type WakeUp } from './auditor/liveness'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const poll = (atMs: number, more: Partial<WakeUp> = {}): WakeUp => ({
  kind: 'poller alarm',
  name: 'payment',
  atMs,
  hasWork: true,
  hasFailed: false,
  nextAlarmAtMs: atMs + HOUR_MS,
  dueAtMs: atMs + HOUR_MS,
  ...more,
})

const failed = (atMs: number, gapMs: number, more: Partial<WakeUp> = {}): WakeUp => ({
  kind: 'wallet alarm',
  name: 'wallet',
  atMs,
  hasWork: true,
  hasFailed: true,
  nextAlarmAtMs: atMs + gapMs,
  ...more,
})

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Consecutive failures with these delays. */
function failures(gapsMs: readonly number[]): WakeUp[] {
  let atMs = 0
  return gapsMs.map((gapMs) => {
    const wakeUp = failed(atMs, gapMs)
    atMs += gapMs
    return wakeUp
  })
}

const cases: readonly [title: string, wakeUps: readonly WakeUp[], finding: string | undefined][] = [
  ['40 polls of a payment are allowed', times(40, (n) => poll(n * HOUR_MS)), undefined],
  ['the 41st poll is one too many', times(41, (n) => poll(n * HOUR_MS)), 'more than 40 wake-ups'],
  [
    'queries of the sweep count with the polls',
    times(41, (n) => poll(n * HOUR_MS, { kind: n % 2 === 0 ? 'sweep query' : 'poller alarm' })),
    'more than 40 wake-ups',
  ],
  [
    'polls of two payments are counted apart',
    times(60, (n) => poll(n * HOUR_MS, { name: `payment ${n % 2}` })),
    undefined,
  ],
  [
    'a poll that leaves its payment due in the past is a finding',
    [poll(HOUR_MS, { dueAtMs: HOUR_MS - 1000 })],
    'due 1 s ago',
  ],
  ['so is one that leaves it due now', [poll(HOUR_MS, { dueAtMs: HOUR_MS })], 'due 0 s ago'],
  [
    'a poll that ends all polls is none',
    [poll(1, { dueAtMs: null, nextAlarmAtMs: null })],
    undefined,
  ],
  [
    'a wallet without work is not woken up',
    [failed(0, HOUR_MS, { hasWork: false, hasFailed: false })],
    'has no work',
  ],
  ['a failed alarm may wait for 30 s', failures([30_000]), undefined],
  ['a failed alarm may not be set in the past', failures([-59_000]), 'set again after -59 s'],
  ['a failed alarm may not be set to now', failures([0]), 'set again after 0 s'],
  [
    'a call that ends soon may ring sooner than a retry',
    [failed(0, 5000, { nextEndAtMs: 5000 })],
    undefined,
  ],
  [
    'a call that should have ended is a retry',
    [failed(9000, 5000, { nextEndAtMs: 1000 })],
    'set again after 5 s',
  ],
  [
    'a poll that failed may wait for 5 s',
    [poll(0, { hasFailed: true, nextAlarmAtMs: 5000 })],
    undefined,
  ],
  [
    'a poll that failed may not wait for less',
    [poll(0, { hasFailed: true, nextAlarmAtMs: 4999 })],
    'set again after 4.999 s',
  ],
  ['ten retries at one pace are a finding', failures(times(10, () => 30_000)), 'failed 10 times'],
  ['ten retries that slow down are none', failures(times(10, (n) => 30_000 * 2 ** n)), undefined],
  [
    'retries begin anew after a success',
    times(20, (n) => failed(n * 30_000, 30_000, { hasFailed: n % 5 !== 0 })),
    undefined,
  ],
]

test.each(cases)('%s', (_title, wakeUps, finding) => {
  const judge = new LivenessJudge(QUIET_LIMITS)
  for (const wakeUp of wakeUps) judge.wakeUp(wakeUp)
  if (finding) expect(judge.findings.join('\n')).toContain(finding)
  else expect(judge.findings).toEqual([])
})

test('during an outage a wallet has at most 120 wake-ups', () => {
  const judge = new LivenessJudge(OUTAGE_LIMITS)
  for (const wakeUp of failures(times(120, (n) => HOUR_MS + n))) judge.wakeUp(wakeUp)
  expect(judge.findings).toEqual([])
  judge.wakeUp(failed(1e9, HOUR_MS))
  expect(judge.findings).toEqual(['wallet wallet has more than 120 wake-ups'])
  expect(judge.most).toEqual({ payment: 0, wallet: 121 })
})

const overdue = (userUuid: string, reference: string) => ({ userUuid, reference })

test('a sweep may skip a user once, but not twice in a row', () => {
  const waiting = [overdue('many', 'a'), overdue('many', 'b'), overdue('one', 'c')]
  const judge = new LivenessJudge(QUIET_LIMITS)
  judge.sweep(waiting, new Set(['a']))
  judge.sweep(waiting, new Set(['c']))
  judge.sweep(waiting, new Set(['a', 'b']))
  expect(judge.findings).toEqual([])
  judge.sweep(waiting, new Set(['a', 'b']))
  expect(judge.findings).toEqual(['2 sweeps passed over the overdue payments of one'])
})
