import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { decide } from '../../../src/rooms/core/decide'
import type { Outgoing } from '../../../src/rooms/core/outgoing'
import {
  admissionRefusal,
  isFinished,
  openRoom,
  type RoomState,
} from '../../../src/rooms/core/room'
import {
  answeredCall,
  ATTEMPT,
  endedCall,
  freshly,
  HORIZON_MS,
  type Occurrence,
  play,
  roomIn,
  says,
  silently,
} from '../../support/rooms'

const NOW_MS = 1000
const hangup = { type: 'hangup' } as const

/** Plays an event without fresh signs of life, except the given ones. */
const silent = (
  state: RoomState,
  nowMs: number,
  occurrence: Occurrence = { type: 'alarm' },
  lastSeenMs: Partial<Record<'caller' | 'callee', number>> = {},
) =>
  decide(
    state,
    { ...silently(occurrence), lastSeenMs: { caller: null, callee: null, ...lastSeenMs } },
    nowMs,
  )

const typesOf = (messages: readonly Outgoing[]): string[] =>
  messages.map((one) => `${one.seat} ${'close' in one ? one.close.code : one.message.type}`)

describe('a live call', () => {
  const live = roomIn('live')

  it.each([
    ['continues while both seats have pinged within 45 s', 2000, 2000, 46_999, null],
    ['is lost after 45 s without a sign of the caller', 2000, 40_000, 47_000, 2000],
    ['is lost after 45 s without a sign of the callee', 40_000, 3000, 48_000, 3000],
    ['ends at the earlier of two last signs', 3000, 2000, 90_000, 2000],
    ['ends at the last sign, however late the alarm rings', 2000, 40_000, 900_000, 2000],
  ])('%s', (_, callerMs, calleeMs, nowMs, endMs) => {
    const signs = { caller: callerMs, callee: calleeMs }
    const { state } = silent(live, nowMs, { type: 'alarm' }, signs)
    expect(state.end).toEqual(endMs === null ? null : { reason: 'lost', atMs: endMs })
    expect(state.phase).toBe(endMs === null ? 'live' : 'ending')
  })

  it('keeps a sign of life whose socket has closed', () => {
    const closed = silent(live, 30_000, { type: 'seat_closed', seat: 'caller' }, { caller: 30_000 })
    const { state } = silent(closed.state, 74_999, { type: 'alarm' }, { callee: 74_999 })
    expect(state.phase).toBe('live')
    expect(silent(state, 75_000).state.end).toEqual({ reason: 'lost', atMs: 30_000 })
  })

  it('whose sockets are lost with their pings gives both seats 45 s to return', () => {
    const lost = { type: 'sockets_lost', seats: ['caller', 'callee'] } as const
    const dropped = silent(live, 60_000, lost)
    expect(dropped.state.phase).toBe('live')
    const back = silent(dropped.state, 61_000, { type: 'seat_connected', seat: 'callee' }).state
    expect(silent(back, 104_999, { type: 'alarm' }, { callee: 104_999 }).state.phase).toBe('live')
    const { state } = silent(back, 105_000, { type: 'alarm' }, { callee: 105_000 })
    expect(state.end).toEqual({ reason: 'lost', atMs: NOW_MS })
  })

  it('does not count a sign in the future, or an older one', () => {
    const ahead = silent(live, 2000, { type: 'alarm' }, { caller: 90_000, callee: 2000 })
    expect(ahead.state.seats.caller.lastSeenMs).toBe(2000)
    expect(silent(ahead.state, 2000, { type: 'alarm' }, { caller: 10 }).state.seats.caller).toEqual(
      ahead.state.seats.caller,
    )
  })

  it.each([
    ['message', says('caller', { type: 'report' })],
    ['connection', { type: 'seat_connected', seat: 'caller' }],
  ] as const)('counts a %s as a sign of life', (_, occurrence) => {
    const { state } = silent(live, 50_000, occurrence, { callee: 50_000 })
    expect(state.phase).toBe('live')
    expect(state.seats.caller.lastSeenMs).toBe(50_000)
  })

  it('is lost at the last sign, also if the peer hangs up before the alarm', () => {
    const { state } = silent(live, 60_000, says('callee', hangup))
    expect(state.end).toEqual({ reason: 'lost', atMs: NOW_MS })
  })

  it('ends at the instant of the first hang-up', () => {
    const { state } = play(live, 5000, says('caller', hangup), says('callee', hangup))
    expect(play(state, 9000, says('callee', hangup)).state.end).toEqual({
      reason: 'hangup',
      atMs: 5000,
    })
  })

  it('uses the latest instant that the room has seen, if the clock goes back', () => {
    const later = play(live, 20_000, { type: 'alarm' }).state
    const { state } = silent(later, 3000, says('caller', hangup))
    expect(state.end).toEqual({ reason: 'hangup', atMs: 20_000 })
  })

  it('continues without the caller when the tokens are revoked', () => {
    const { state, messages } = play(live, NOW_MS, { type: 'tokens_revoked' })
    expect(typesOf(messages)).toEqual(['callee state', 'caller 1008'])
    expect(state.phase).toBe('live')
    expect(play(state, NOW_MS, { type: 'tokens_revoked' }).messages).toEqual([])
  })
})

describe('a call that was answered', () => {
  const answeredAt = (startedAtMs: number, nowMs: number) => {
    const call = answeredCall(3, startedAtMs)
    return play(roomIn('answering'), nowMs, { type: 'answered', attempt: ATTEMPT, call }).state
  }

  it('fails if both seats are not connected 15 s after the answer', () => {
    const connecting = play(
      roomIn('connecting'),
      NOW_MS,
      says('caller', { type: 'connected', epoch: 1 }),
    )
    expect(play(connecting.state, 15_999, { type: 'alarm' }).state.phase).toBe('connecting')
    const late = play(connecting.state, 20_000, says('callee', { type: 'connected', epoch: 1 }))
    expect(late.state.end).toEqual({ reason: 'failed', atMs: 16_000 })
  })

  it.each([
    ['at once, has 15 s', 5000, 5000, 20_000],
    ['6 s later, has 9 s', 5000, 11_000, 20_000],
    ['before the room by its clock, has 15 s', 7000, 5000, 20_000],
  ])('and whose answer is known %s to connect', (_, startedAtMs, nowMs, connectByMs) => {
    expect(answeredAt(startedAtMs, nowMs)).toMatchObject({ phase: 'connecting', connectByMs })
  })

  it('fails if the room learns of the answer 15 s later', () => {
    expect(answeredAt(5000, 20_000)).toMatchObject({
      phase: 'ending',
      end: { reason: 'failed', atMs: 20_000 },
    })
  })

  it('is not connected by one seat alone, or by repeated reports', () => {
    const report = says('caller', { type: 'connected', epoch: 1 })
    expect(play(roomIn('connecting'), NOW_MS, report, report).state.phase).toBe('connecting')
  })

  it('under another attempt does not connect', () => {
    const call = answeredCall(3, NOW_MS)
    const { state } = play(roomIn('answering'), NOW_MS, {
      type: 'answered',
      attempt: 'other',
      call,
    })
    expect(state.phase).toBe('answering')
  })

  it('does not connect if the news of its end overtook the answer', () => {
    const call = answeredCall(3, NOW_MS)
    const { state } = play(
      roomIn('answering'),
      NOW_MS,
      { type: 'call_viewed', call: endedCall(call, NOW_MS) },
      { type: 'answered', attempt: ATTEMPT, call },
    )
    expect(state.phase).toBe('ended')
  })

  it('keeps the newer view if its news overtook the response', () => {
    const call = answeredCall(3, NOW_MS)
    const news = { ...call, revision: 5, mustEndByMs: 77_000 }
    const { state } = play(
      roomIn('answering'),
      NOW_MS,
      { type: 'call_viewed', call: news },
      { type: 'answered', attempt: ATTEMPT, call },
    )
    expect(state).toMatchObject({ phase: 'connecting', call: news })
  })
})

describe('an answer', () => {
  const answering = roomIn('answering')

  it('keeps the attempt of the first accept', () => {
    const again = says('callee', { type: 'accept', attempt: 'second' })
    expect(play(answering, NOW_MS, again).state.attempt).toBe(ATTEMPT)
  })

  it('that the wallet refuses ends the call, and notifies both seats of the code', () => {
    const { state, messages } = play(answering, NOW_MS, {
      type: 'answer_refused',
      attempt: ATTEMPT,
      code: 'too_many_lost_calls',
      status: null,
      retryAtMs: 99_000,
    })
    const message = { type: 'answer_failed', code: 'too_many_lost_calls', retryAtMs: 99_000 }
    expect(messages).toContainEqual({ seat: 'caller', message })
    expect(messages).toContainEqual({ seat: 'callee', message })
    expect(state.end).toEqual({ reason: 'failed', atMs: NOW_MS })
  })

  it('that is refused under another attempt changes nothing', () => {
    const refused = { code: 'x', status: null, retryAtMs: null }
    const event = { type: 'answer_refused', attempt: 'other', ...refused } as const
    expect(play(answering, NOW_MS, event)).toEqual({ state: answering, messages: [] })
  })

  it('without a response is reported to the callee only', () => {
    const { messages } = play(answering, NOW_MS, { type: 'work_failed', key: 'answer' })
    expect(typesOf(messages)).toEqual(['callee answer_failed'])
  })

  it('by a client closes the seat of the callee, and keeps that of the caller', () => {
    const call = answeredCall(4, NOW_MS)
    const { state, messages } = play(roomIn('ringing'), NOW_MS, { type: 'call_viewed', call })
    expect(typesOf(messages)).toEqual(['caller state', 'callee 1008'])
    expect(admissionRefusal(state, 'callee')).toBe('no_media')
    expect(admissionRefusal(state, 'caller')).toBeUndefined()
    const opened = openRoom(
      { callUuid: 'call-1', relayMode: 'relay', lostAfterMs: 45_000, call },
      NOW_MS,
    )
    expect(opened.phase).toBe('no_media')
  })
})

describe('an end', () => {
  const live = roomIn('live')

  it('is sent to both seats as soon as it is intended', () => {
    const { messages } = play(live, 5000, says('caller', hangup))
    expect(typesOf(messages)).toEqual(['caller state', 'callee state'])
    for (const one of messages)
      expect(one).toMatchObject({
        message: { view: { phase: 'ending', end: { reason: 'hangup', atMs: 5000 } } },
      })
  })

  it('that the wallet commits closes both seats, and only the caller receives the charge', () => {
    const { state, messages } = play(live, 5000, {
      type: 'call_viewed',
      call: { ...endedCall(live.call, 5000), endReason: 'credit_exhausted' },
    })
    const reason = 'credit_exhausted'
    const instants = { startedAtMs: live.call.startedAtMs, endedAtMs: 5000 }
    expect(messages.flatMap((one) => ('message' in one ? [one] : []))).toEqual([
      { seat: 'caller', message: { type: 'ended', reason, chargeKobo: kobo(100), ...instants } },
      { seat: 'callee', message: { type: 'ended', reason, chargeKobo: null, ...instants } },
    ])
    expect(typesOf(messages)).toEqual([
      'caller ended',
      'caller 1000',
      'callee ended',
      'callee 1000',
    ])
    expect(state.seats.caller.isPresent || state.seats.callee.isPresent).toBe(false)
    expect(admissionRefusal(state, 'caller')).toBe('ended')
  })

  it('that the wallet refuses to commit has no charge', () => {
    const ending = play(live, 5000, says('callee', hangup)).state
    const { messages } = play(ending, 5000, { type: 'end_refused', call: null })
    expect(messages[0]).toMatchObject({
      seat: 'caller',
      message: { type: 'ended', reason: 'hangup', chargeKobo: null, endedAtMs: null },
    })
  })

  it('that the wallet refuses because a client has answered leaves the call to that client', () => {
    const declined = play(roomIn('ringing'), NOW_MS, says('callee', { type: 'decline' })).state
    const call = answeredCall(2, NOW_MS)
    const { state, messages } = play(declined, 5000, { type: 'end_refused', call })
    expect(state).toMatchObject({ phase: 'no_media', end: null, call: { status: 'answered' } })
    expect(typesOf(messages)).toEqual(['caller state', 'callee 1008'])
    const unmetered = play(live, 5000, says('callee', hangup)).state
    const ended = play(unmetered, 5000, { type: 'end_refused', call: unmetered.call })
    expect(ended.state.phase).toBe('ended')
  })

  it('finishes the room once no credential remains', () => {
    const ended = play(live, 5000, { type: 'call_viewed', call: endedCall(live.call, 5000) }).state
    expect(isFinished(ended)).toBe(false)
    expect(isFinished(play(ended, HORIZON_MS + 10_000, { type: 'alarm' }).state)).toBe(true)
    expect(isFinished(live)).toBe(false)
  })

  it('sends its farewell to a seat that connects too late', () => {
    const ended = play(live, 5000, { type: 'call_viewed', call: endedCall(live.call, 5000) }).state
    const { state, messages } = play(ended, 6000, { type: 'seat_connected', seat: 'caller' })
    expect(typesOf(messages)).toEqual(['caller ended', 'caller 1000'])
    expect(state.seats.caller.isPresent).toBe(false)
  })
})

describe('the messages of a room', () => {
  it('show rate and cost to the caller only, and the peer and the horizon to both', () => {
    const { messages } = play(roomIn('open'), NOW_MS, { type: 'seat_connected', seat: 'callee' })
    expect(messages).toMatchObject([
      {
        seat: 'caller',
        message: {
          type: 'state',
          atMs: NOW_MS,
          view: { seat: 'caller', phase: 'ringing', isPeerPresent: true, costKobo: 1000 },
        },
      },
      {
        seat: 'callee',
        message: {
          type: 'state',
          view: { seat: 'callee', isPeerPresent: true, rate: null, costKobo: null },
        },
      },
      { seat: 'callee', message: { type: 'offer' } },
      { seat: 'callee', message: { type: 'candidate' } },
    ])
  })

  it('do not go to a seat without a socket', () => {
    const left = play(roomIn('live'), NOW_MS, { type: 'seat_closed', seat: 'caller' }).state
    const { messages } = play(left, NOW_MS, {
      type: 'call_viewed',
      call: endedCall(left.call, NOW_MS),
    })
    expect(typesOf(messages)).toEqual(['callee ended', 'callee 1000'])
  })

  it('report a moved horizon to both seats', () => {
    const live = roomIn('live')
    const call = { ...live.call, revision: 9, mustEndByMs: 500_000 }
    const { messages } = play(live, NOW_MS, { type: 'call_viewed', call })
    expect(typesOf(messages)).toEqual(['caller horizon_moved', 'callee horizon_moved'])
  })

  it.each([60, 30, 10])('report low credit %i s before its end, once', (seconds) => {
    const atMs = HORIZON_MS - seconds * 1000
    const before = play(roomIn('live'), atMs - 1, { type: 'alarm' }).state
    const { state, messages } = play(before, atMs, { type: 'alarm' })
    expect(typesOf(messages)).toEqual(['caller low_credit', 'callee low_credit'])
    expect(play(state, atMs, { type: 'alarm' }).messages).toEqual([])
  })

  it('have no notice of low credit once an end is intended', () => {
    const ending = play(roomIn('live'), NOW_MS, says('caller', hangup)).state
    const { messages } = decide(ending, freshly({ type: 'alarm' }, HORIZON_MS - 1), HORIZON_MS - 1)
    expect(messages).toEqual([])
  })
})
