import { describe, expect, it } from 'vitest'
import { nextAlarmMs } from '../../../src/rooms/core/alarm'
import type { RoomState } from '../../../src/rooms/core/room'
import { startWork, WORK_TIMEOUT_MS, workKey, workOf } from '../../../src/rooms/core/work'
import {
  answeredCall,
  ATTEMPT,
  endedCall,
  HORIZON_MS,
  issued,
  play,
  RING_DEADLINE_MS,
  roomIn,
  says,
} from '../../support/rooms'

const NOW_MS = 1000
const keys = (state: RoomState, nowMs: number) => workOf(state, nowMs).map(workKey)

const live = roomIn('live')
const ending = play(live, 5000, says('caller', { type: 'hangup' })).state
const ended = play(ending, 5000, { type: 'call_viewed', call: endedCall(live.call, 5000) }).state
const withoutMedia = play(roomIn('ringing'), NOW_MS, {
  type: 'call_viewed',
  call: answeredCall(4, NOW_MS),
}).state
const revocations = live.credentials.map(({ username }) => `revoke/${username}`)

describe('the work of a room', () => {
  it.each([
    ['open', roomIn('open'), NOW_MS, []],
    ['open, at the ring deadline', roomIn('open'), RING_DEADLINE_MS, ['read']],
    ['ringing', roomIn('ringing'), NOW_MS, ['ring']],
    ['answering', roomIn('answering'), NOW_MS, ['answer']],
    ['answering, at the ring deadline', roomIn('answering'), RING_DEADLINE_MS, ['answer', 'read']],
    ['answered', roomIn('answered'), NOW_MS, ['issue/1/caller', 'issue/1/callee']],
    ['connecting', roomIn('connecting'), NOW_MS, []],
    ['live', live, HORIZON_MS, []],
    ['live, after the horizon', live, HORIZON_MS + 1, ['read']],
    ['no_media', withoutMedia, NOW_MS, []],
    ['no_media, after the horizon', withoutMedia, HORIZON_MS + 1, ['read']],
    ['ending', ending, HORIZON_MS + 1, ['end', ...revocations]],
    ['ended', ended, 5000, revocations],
  ])('while %s is as expected', (_, state, nowMs, expected) => {
    expect(keys(state, nowMs)).toEqual(expected)
  })

  it('names the attempt, and the reason and instant of an end', () => {
    expect(workOf(roomIn('answering'), NOW_MS)).toEqual([
      { kind: 'answer', callUuid: 'call-1', attempt: ATTEMPT },
    ])
    expect(workOf(ending, 5000)[0]).toEqual({
      kind: 'end',
      callUuid: 'call-1',
      reason: 'hangup',
      atMs: 5000,
    })
  })

  it('does not ring again once the wallet has seen it', () => {
    const ringing = roomIn('ringing')
    const call = { ...ringing.call, revision: 2, status: 'ringing' as const }
    expect(keys(play(ringing, NOW_MS, { type: 'call_viewed', call }).state, NOW_MS)).toEqual([])
  })
})

describe('the attempts at work', () => {
  it('are not due again while one is in progress, for 5 s', () => {
    const { state, work } = startWork(ending, 5000)
    expect(work.map(workKey)).toEqual(['end', ...revocations])
    expect(keys(state, 5000 + WORK_TIMEOUT_MS - 1)).toEqual([])
    expect(keys(state, 5000 + WORK_TIMEOUT_MS)).toEqual(['end', ...revocations])
    expect(nextAlarmMs(state, 5000)).toBe(5000 + WORK_TIMEOUT_MS)
  })

  it('follow a failure after 1, 2, 4 s and so on, at most a minute', () => {
    let state = ending
    let nowMs = 5000
    const delaysMs: number[] = []
    for (let failures = 0; failures < 9; failures++) {
      state = startWork(state, nowMs).state
      state = play(state, nowMs, { type: 'work_failed', key: 'end' }).state
      const nextAtMs = state.tries['end']?.nextAtMs ?? NaN
      delaysMs.push(nextAtMs - nowMs)
      nowMs = nextAtMs
    }
    expect(delaysMs).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
  })

  it.each([
    ['at the wallet stop after a day', 'end', 1440, null],
    ['at the relay continue until the credential expires', revocations[0] ?? '', 1440, 65_000],
  ])('%s', (_, key, count, nextAtMs) => {
    const tried = { ...ending, tries: { [key]: { count: count - 1, nextAtMs: 0 } } }
    const { state } = startWork(tried, 5000)
    expect(state.tries[key]).toEqual({ count, nextAtMs })
    if (nextAtMs === null) expect(keys(state, 10 ** 12)).not.toContain(key)
  })

  it('are forgotten once the work is done', () => {
    const started = startWork(roomIn('answered'), NOW_MS).state
    const { state } = play(started, NOW_MS, ...issued(roomIn('answered'), NOW_MS))
    expect(state.tries).toEqual({})
  })

  it('that failed and are no longer pending change nothing', () => {
    expect(play(live, NOW_MS, { type: 'work_failed', key: 'answer' })).toEqual({
      state: live,
      messages: [],
    })
  })
})

describe("a room's alarm", () => {
  const started = (state: RoomState, nowMs: number) => startWork(state, nowMs).state
  const left = play(live, 10_000, { type: 'alarm' }, { type: 'seat_closed', seat: 'caller' }).state
  const hour = play(roomIn('answered'), NOW_MS, {
    type: 'call_viewed',
    call: { ...answeredCall(9, NOW_MS), mustEndByMs: 10_000_000 },
  }).state
  const renewed = play(
    play(hour, NOW_MS, ...issued(hour, NOW_MS)).state,
    NOW_MS,
    says('caller', { type: 'connected', epoch: 1 }),
    says('callee', { type: 'connected', epoch: 1 }),
  ).state
  const renewalMs = NOW_MS + 3_300_000
  const checked = { ...renewed, checkedAtMs: renewalMs - 10 }

  it.each([
    ['nothing but the ring deadline is ahead', roomIn('open'), NOW_MS, RING_DEADLINE_MS],
    ['work is due', roomIn('ringing'), NOW_MS, NOW_MS],
    ['work is in progress', started(roomIn('ringing'), NOW_MS), NOW_MS, NOW_MS + 5000],
    ['both seats must connect', roomIn('connecting'), NOW_MS, NOW_MS + 15_000],
    ['the call is live', live, NOW_MS, NOW_MS + 60_000],
    ['a seat of a live call has no socket', left, 10_000, 55_000],
    ['the check is overdue', live, 70_000, 70_000],
    ['a renewal is ahead', checked, renewalMs - 1, renewalMs],
    ['the call has no media', withoutMedia, NOW_MS, HORIZON_MS - 60_000],
    ['the last notice was sent', withoutMedia, HORIZON_MS - 10_000, HORIZON_MS + 1],
    ['a revocation is in progress', started(ended, 5000), 5000, 10_000],
    [
      'a credential expires before the next attempt',
      {
        ...ended,
        tries: Object.fromEntries(
          revocations.map((key) => [key, { count: 9, nextAtMs: HORIZON_MS + 50_000 }]),
        ),
      },
      HORIZON_MS,
      HORIZON_MS + 10_000,
    ],
    ['the room is finished', { ...ended, credentials: [] }, 5000, null],
    [
      'the wallet did not respond for a day',
      { ...ending, credentials: [], tries: { end: { count: 1440, nextAtMs: null } } },
      5000,
      null,
    ],
  ] as const)('is set as expected when %s', (_, state, nowMs, expected) => {
    expect(nextAlarmMs(state, nowMs)).toBe(expected)
  })
})
