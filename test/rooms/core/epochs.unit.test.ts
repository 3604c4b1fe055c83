import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/rooms/core/decide'
import { MAX_CREDENTIALS } from '../../../src/rooms/core/epochs'
import type { RoomMessage } from '../../../src/rooms/core/outgoing'
import type { RoomState, SeatName } from '../../../src/rooms/core/room'
import { pendingWork, workOf } from '../../../src/rooms/core/work'
import { nextAlarmMs } from '../../../src/rooms/core/alarm'
import {
  ANSWER,
  CANDIDATE,
  freshly,
  HORIZON_MS,
  issued,
  OFFER,
  play,
  roomIn,
  says,
} from '../../support/rooms'

const NOW_MS = 1000

const withHorizon = (state: RoomState, mustEndByMs: number, nowMs = NOW_MS): RoomState => {
  const call = { ...state.call, revision: state.call.revision + 1, mustEndByMs }
  return play(state, nowMs, { type: 'call_viewed', call }).state
}

const switched = (state: RoomState, nowMs: number): RoomState =>
  play(state, nowMs, ...issued(state, nowMs)).state

const connected = (state: RoomState, nowMs: number, ...seats: readonly SeatName[]): RoomState => {
  const { number: epoch } = state.epoch
  return play(state, nowMs, ...seats.map((seat) => says(seat, { type: 'connected', epoch }))).state
}

const issues = (state: RoomState, nowMs: number) =>
  workOf(state, nowMs).filter((work) => work.kind === 'issue')

const revocations = (state: RoomState, nowMs: number): string[] =>
  pendingWork(state, nowMs).flatMap((work) => (work.kind === 'revoke' ? work.username : []))

const usernames = ({ credentials }: RoomState, epoch: number): string[] =>
  credentials.filter((one) => one.epoch === epoch).map(({ username }) => username)

const to = (seat: SeatName, messages: ReturnType<typeof play>['messages']): RoomMessage[] =>
  messages.flatMap((one) => (one.seat === seat && 'message' in one ? one.message : []))

describe('the first credentials', () => {
  it.each(['open', 'ringing', 'answering'] as const)('are not issued while %s', (phase) => {
    expect(issues(roomIn(phase), NOW_MS)).toEqual([])
  })

  it('are issued for both seats once the wallet has committed the answer, until 10 s after the horizon', () => {
    const ttlSeconds = (HORIZON_MS + 10_000 - NOW_MS) / 1000
    const work = { kind: 'issue', callUuid: 'call-1', epoch: 1, ttlSeconds, horizonMs: HORIZON_MS }
    expect(issues(roomIn('answered'), NOW_MS)).toEqual([
      { ...work, seat: 'caller', isCapped: false },
      { ...work, seat: 'callee', isCapped: false },
    ])
  })

  it('are sent when both are stored, and precede the description of the callee', () => {
    const answered = roomIn('answered')
    const [first, second] = issued(answered, NOW_MS)
    if (!first || !second) throw new Error('no work')
    const withheld = play(
      answered,
      NOW_MS,
      says('callee', ANSWER),
      says('callee', { type: 'candidate', ...CANDIDATE }),
      first,
    )
    expect(to('caller', withheld.messages)).toEqual([])
    const { state, messages } = play(withheld.state, NOW_MS, second)
    expect(to('caller', messages).map(({ type }) => type)).toEqual(['relay', 'answer', 'candidate'])
    expect(to('callee', messages).map(({ type }) => type)).toEqual(['relay'])
    const [stored] = state.credentials
    expect(to('caller', messages)[0]).toEqual({
      type: 'relay',
      epoch: 1,
      iceServers: stored?.iceServers,
      untilMs: stored?.expiresAtMs,
    })
  })

  it('are sent only to the seats that have a socket', () => {
    const left = play(roomIn('answered'), NOW_MS, { type: 'seat_closed', seat: 'caller' }).state
    const { messages } = play(left, NOW_MS, ...issued(left, NOW_MS))
    expect(messages).toMatchObject([{ seat: 'callee', message: { type: 'relay' } }])
  })

  it('are stored once, however often they are issued', () => {
    const answered = roomIn('answered')
    const [first] = issued(answered, NOW_MS)
    if (!first) throw new Error('no work')
    const { state, messages } = play(answered, NOW_MS, first, first)
    expect(state.credentials).toHaveLength(1)
    expect(messages).toEqual([])
    expect(issues(state, NOW_MS).map(({ seat }) => seat)).toEqual(['callee'])
  })

  it.each(['ending', 'ended'])('that arrive after the end are neither stored nor sent', (phase) => {
    const answered = roomIn('answered')
    const late = issued(answered, NOW_MS)
    const ended =
      phase === 'ending'
        ? play(answered, NOW_MS, says('caller', { type: 'hangup' })).state
        : withHorizonEnded(answered)
    expect(ended.phase).toBe(phase)
    const { state, messages } = play(ended, NOW_MS, ...late)
    expect([state.credentials, messages]).toEqual([[], []])
  })

  it('are not needed without a relay: the clients receive an epoch without servers', () => {
    const answering = roomIn('answering', 'direct')
    const call = roomIn('answered').call
    const attempt = answering.attempt ?? ''
    const { state, messages } = play(answering, NOW_MS, { type: 'answered', attempt, call })
    const relay = { type: 'relay', epoch: 1, iceServers: [], untilMs: null }
    expect(to('caller', messages)).toContainEqual(relay)
    expect(to('callee', messages)).toContainEqual(relay)
    expect(pendingWork(state, NOW_MS)).toEqual([])
    expect(pendingWork(withHorizon(roomIn('live', 'direct'), 500_000), NOW_MS)).toEqual([])
  })
})

function withHorizonEnded(state: RoomState): RoomState {
  const call = { ...state.call, revision: 9, status: 'completed' as const, endedAtMs: NOW_MS }
  return play(state, NOW_MS, { type: 'call_viewed', call }).state
}

describe('a new epoch', () => {
  it.each([
    ['later', 2_000_000],
    ['earlier', 500_000],
  ])('begins when the horizon moves %s', (_, horizonMs) => {
    const moved = withHorizon(roomIn('live'), horizonMs)
    const ttlSeconds = (horizonMs + 10_000 - NOW_MS) / 1000
    expect(issues(moved, NOW_MS)).toMatchObject([
      { epoch: 2, seat: 'caller', ttlSeconds, horizonMs },
      { epoch: 2, seat: 'callee', ttlSeconds, horizonMs },
    ])
    const { state, messages } = play(moved, NOW_MS, ...issued(moved, NOW_MS))
    for (const seat of ['caller', 'callee'] as const)
      expect(to(seat, messages)).toMatchObject([{ type: 'relay', epoch: 2 }])
    expect(issues(state, NOW_MS)).toEqual([])
  })

  it('waits until the call is live', () => {
    const moved = withHorizon(roomIn('connecting'), 500_000)
    expect(issues(moved, NOW_MS)).toEqual([])
    expect(issues(connected(moved, NOW_MS, 'caller', 'callee'), NOW_MS)).toHaveLength(2)
  })

  it('waits until both seats use the current one, at most 30 s', () => {
    const second = switched(withHorizon(roomIn('live'), 500_000), NOW_MS)
    const moved = withHorizon(connected(second, NOW_MS, 'caller'), 600_000)
    expect(issues(moved, NOW_MS + 29_999)).toEqual([])
    expect(issues(moved, NOW_MS + 30_000)).toHaveLength(2)
    expect(issues(connected(moved, NOW_MS, 'callee'), NOW_MS)).toHaveLength(2)
  })

  it('follows if the horizon moves between its two credentials', () => {
    const moved = withHorizon(roomIn('live'), 500_000)
    const [first] = issued(moved, NOW_MS)
    if (!first) throw new Error('no work')
    const again = withHorizon(play(moved, NOW_MS, first).state, 600_000)
    const second = connected(switched(again, NOW_MS), NOW_MS, 'caller', 'callee')
    expect(second.epoch).toMatchObject({ number: 2, horizonMs: 500_000 })
    expect(issues(second, NOW_MS)).toMatchObject([{ epoch: 3 }, { epoch: 3 }])
  })

  it('renews credentials of an hour five minutes before they expire', () => {
    const long = withHorizon(roomIn('answered'), 10_000_000)
    expect(issues(long, NOW_MS)).toMatchObject([{ ttlSeconds: 3600, isCapped: true }, {}])
    const live = connected(switched(long, NOW_MS), NOW_MS, 'caller', 'callee')
    const renewAtMs = NOW_MS + 3_600_000 - 300_000
    expect(live.epoch.renewAtMs).toBe(renewAtMs)
    expect(issues(live, renewAtMs - 1)).toEqual([])
    expect(issues(live, renewAtMs)).toHaveLength(2)
  })

  it('is not issued after the horizon', () => {
    const moved = withHorizon(roomIn('live'), 500_000)
    expect(issues(moved, 499_999)).toHaveLength(2)
    expect(issues(moved, 500_000)).toEqual([])
  })

  it(`does not begin while the relay has failed to revoke ${MAX_CREDENTIALS - 2} credentials`, () => {
    let state = roomIn('live')
    for (let epoch = 2; epoch < 20; epoch++) {
      const nowMs = NOW_MS + epoch
      const moved = withHorizon(state, 500_000 + epoch * 1000, nowMs)
      state = connected(switched(moved, nowMs), nowMs, 'caller', 'callee')
    }
    expect(state.credentials).toHaveLength(MAX_CREDENTIALS)
    const [oldest = ''] = revocations(state, NOW_MS + 20)
    const fewer = play(
      state,
      NOW_MS + 20,
      { type: 'credential_revoked', username: oldest },
      { type: 'credential_revoked', username: revocations(state, NOW_MS + 20)[1] ?? '' },
    ).state
    expect(issues(state, NOW_MS + 20)).toEqual([])
    expect(issues(fewer, NOW_MS + 20)).toHaveLength(2)
  })

  it('counts the candidates of each seat from zero', () => {
    const candidate = says('caller', { type: 'candidate', ...CANDIDATE })
    const { state } = play(roomIn('live'), NOW_MS, candidate)
    expect(state.seats.caller.candidateCount).toBe(1)
    expect(switched(withHorizon(state, 500_000), NOW_MS).seats.caller.candidateCount).toBe(0)
  })
})

describe('the old credentials', () => {
  const second = switched(withHorizon(roomIn('live'), 500_000), NOW_MS)
  const old = usernames(second, 1)

  it('work until both seats are connected in the new epoch, at most 30 s', () => {
    expect(revocations(second, NOW_MS)).toEqual([])
    expect(revocations(connected(second, NOW_MS, 'caller'), NOW_MS)).toEqual([])
    expect(revocations(connected(second, NOW_MS, 'caller', 'callee'), NOW_MS)).toEqual(old)
    expect(revocations(second, NOW_MS + 29_999)).toEqual([])
    expect(revocations(second, NOW_MS + 30_000)).toEqual(old)
    expect(nextAlarmMs(second, NOW_MS)).toBe(NOW_MS + 30_000)
  })

  it('are to be revoked after both reports, also if one of the old epoch arrives last', () => {
    const used = connected(second, NOW_MS, 'caller', 'callee')
    const late = play(used, NOW_MS, says('caller', { type: 'connected', epoch: 1 })).state
    expect(revocations(late, NOW_MS)).toEqual(old)
  })

  it('are not stored again when their results are repeated', () => {
    const answered = roomIn('answered')
    const results = issued(answered, NOW_MS)
    const revoked = old.map((username) => ({ type: 'credential_revoked', username }) as const)
    const { state } = play(connected(second, NOW_MS, 'caller', 'callee'), NOW_MS, ...revoked)
    expect(play(state, NOW_MS, ...results)).toEqual({ state, messages: [] })
  })

  it('are not revoked because of a late report of the old epoch', () => {
    const late = play(second, NOW_MS, says('caller', { type: 'connected', epoch: 1 })).state
    expect(revocations(connected(late, NOW_MS, 'callee'), NOW_MS)).toEqual([])
  })
})

describe('all credentials', () => {
  const ending = play(roomIn('live'), NOW_MS, says('callee', { type: 'hangup' })).state

  it('are to be revoked as soon as an end is intended, and lose their secrets', () => {
    expect(revocations(ending, NOW_MS)).toEqual(usernames(ending, 1))
    expect(revocations(ending, NOW_MS)).toHaveLength(2)
    expect(JSON.stringify(ending)).not.toContain('secret')
  })

  it('are revoked without the descriptions of a call that is over', () => {
    const { state } = play(roomIn('connecting'), NOW_MS, says('caller', OFFER))
    expect(JSON.stringify(state)).toContain(OFFER.sdp)
    const over = play(state, NOW_MS, says('caller', { type: 'hangup' })).state
    expect(JSON.stringify(over)).not.toContain(OFFER.sdp)
  })

  it('are to be revoked until they are revoked or expire', () => {
    const ended = withHorizonEnded(ending)
    const [first = '', second] = revocations(ended, NOW_MS)
    const { state } = play(ended, NOW_MS, { type: 'credential_revoked', username: first })
    const expiresAtMs = state.credentials[0]?.expiresAtMs ?? 0
    expect(revocations(state, expiresAtMs - 1)).toEqual([second])
    expect(revocations(state, expiresAtMs)).toEqual([])
    expect(play(state, expiresAtMs - 1, { type: 'alarm' }).state.credentials).toHaveLength(1)
    expect(play(state, expiresAtMs, { type: 'alarm' }).state.credentials).toEqual([])
  })
})

describe('a seat that connects again', () => {
  it('receives its credentials, and what the other has sent before the call is live', () => {
    const { state } = play(roomIn('connecting'), NOW_MS, says('callee', ANSWER))
    const { messages } = play(state, NOW_MS, { type: 'seat_connected', seat: 'caller' })
    expect(to('caller', messages).map(({ type }) => type)).toEqual(['state', 'relay', 'answer'])
  })

  it('receives its credentials of the current epoch in a live call, and nothing stored', () => {
    const second = switched(withHorizon(roomIn('live'), 500_000), NOW_MS)
    const { messages } = play(second, NOW_MS, { type: 'seat_connected', seat: 'callee' })
    expect(to('callee', messages)).toMatchObject([{ type: 'state' }, { type: 'relay', epoch: 2 }])
  })

  it('receives nothing of the callee before the answer', () => {
    const { state } = play(roomIn('answering'), NOW_MS, says('callee', ANSWER))
    const { messages } = play(state, NOW_MS, { type: 'seat_connected', seat: 'caller' })
    expect(to('caller', messages).map(({ type }) => type)).toEqual(['state'])
  })
})

describe('descriptions and candidates', () => {
  it('of the caller wait for the callee, and the last offer replaces those before', () => {
    const later = { ...OFFER, sdp: 'v=0 later' }
    const open = play(roomIn('open'), NOW_MS, says('caller', later)).state
    const { state } = play(open, NOW_MS, says('caller', { type: 'candidate', ...CANDIDATE }))
    const { messages } = play(state, NOW_MS, { type: 'seat_connected', seat: 'callee' })
    expect(to('callee', messages)).toMatchObject([
      { type: 'state' },
      later,
      { type: 'candidate', ...CANDIDATE },
    ])
  })

  it('are not stored in a live call', () => {
    const { state, messages } = play(roomIn('live'), NOW_MS, says('caller', OFFER))
    expect(to('callee', messages)).toEqual([OFFER])
    expect(JSON.stringify(state)).not.toContain(OFFER.sdp)
  })

  it('are stored up to 16,384 characters', () => {
    const candidate = { ...CANDIDATE, candidate: 'x'.repeat(9000) }
    const said = says('caller', { type: 'candidate', ...candidate })
    const { state, messages } = play(roomIn('open'), NOW_MS, said, said)
    expect(state.seats.caller.candidates).toHaveLength(2)
    expect(messages).toEqual([
      { seat: 'caller', message: { type: 'error', code: 'candidate_limit' } },
    ])
  })

  it('have no fields but the known ones', () => {
    const offer = { ...OFFER, injected: 'x' }
    const candidate = { type: 'candidate', ...CANDIDATE, injected: 'x' } as const
    const { state, messages } = play(
      roomIn('ringing'),
      NOW_MS,
      says('caller', offer),
      says('caller', candidate),
    )
    expect(JSON.stringify([state, messages])).not.toContain('injected')
    expect(messages).toHaveLength(2)
  })

  it('of a future epoch are rejected, and so is the report of a connection', () => {
    const room = roomIn('connecting')
    for (const message of [
      { ...OFFER, epoch: 2 },
      { type: 'candidate', ...CANDIDATE, epoch: 2 },
      { type: 'connected', epoch: 2 },
    ] as const)
      expect(play(room, NOW_MS, says('callee', message)).messages).toEqual([
        { seat: 'callee', message: { type: 'error', code: 'unknown_epoch' } },
      ])
  })

  it('of a seat without a socket are ignored, and are no sign of life', () => {
    const left = play(roomIn('live'), NOW_MS, { type: 'seat_closed', seat: 'caller' }).state
    const event = {
      ...freshly(says('caller', OFFER), NOW_MS),
      lastSeenMs: { caller: null, callee: null },
    }
    const { state, messages } = decide(left, event, NOW_MS + 5000)
    expect(messages).toEqual([])
    expect(state.seats.caller).toEqual(left.seats.caller)
  })
})
