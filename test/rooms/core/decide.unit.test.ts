/** Every phase × every event, from the tables in docs/rooms.md. */
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { decide } from '../../../src/rooms/core/decide'
import type { ClientMessage } from '../../../src/rooms/core/event'
import type { IssueWork } from '../../../src/rooms/core/epochs'
import { ERROR_CODES, type Outgoing } from '../../../src/rooms/core/outgoing'
import {
  type KnownCall,
  type Phase,
  PHASES,
  type RoomState,
  type SeatName,
  SEATS,
  withSeat,
} from '../../../src/rooms/core/room'
import { MAX_CANDIDATES } from '../../../src/rooms/core/message-limits'
import {
  ACCEPT,
  ANSWER,
  answeredCall,
  ATTEMPT,
  CANDIDATE,
  credentialFor,
  endedCall,
  freshly,
  HORIZON_MS,
  type Occurrence,
  OFFER,
  play,
  roomIn,
  says,
  silently,
} from '../../support/rooms'
import { roomTable } from '../../support/state-table'

const NOW_MS = 1000

const ROOMS: Readonly<Record<Phase, () => RoomState>> = {
  open: () => roomIn('open'),
  ringing: () => roomIn('ringing'),
  answering: () => roomIn('answering'),
  connecting: () => roomIn('connecting'),
  live: () => roomIn('live'),
  no_media: () => {
    const call = answeredCall(2, NOW_MS)
    return play(roomIn('ringing'), NOW_MS, { type: 'call_viewed', call }).state
  },
  ending: () => play(roomIn('live'), NOW_MS, says('caller', { type: 'hangup' })).state,
  ended: () => {
    const live = roomIn('live')
    const call = endedCall(live.call, NOW_MS)
    return play(live, NOW_MS, { type: 'call_viewed', call }).state
  },
}

const MESSAGES: Readonly<Record<string, ClientMessage>> = {
  offer: OFFER,
  answer: ANSWER,
  candidate: { type: 'candidate', ...CANDIDATE },
  accept: ACCEPT,
  decline: { type: 'decline' },
  hangup: { type: 'hangup' },
  connected: { type: 'connected', epoch: 1 },
  report: { type: 'report' },
  'future epoch': { type: 'candidate', ...CANDIDATE, epoch: 9 },
}

type Events = Readonly<Record<string, (state: RoomState) => readonly Occurrence[]>>

const sent: Events = Object.fromEntries(
  SEATS.flatMap((seat) =>
    Object.entries(MESSAGES).map(([name, message]) => [
      `${seat}: ${name}`,
      () => [says(seat, message)],
    ]),
  ),
)

/** A credential of the next epoch. */
function credential(state: RoomState, seat: SeatName): Occurrence {
  const epoch = state.epoch.number + 1
  const work: IssueWork = {
    kind: 'issue',
    callUuid: state.callUuid,
    epoch,
    seat,
    ttlSeconds: 100,
    horizonMs: HORIZON_MS,
    isCapped: false,
  }
  return { type: 'credential_issued', work, credential: credentialFor(seat, epoch, 100_000) }
}

const refused = {
  type: 'answer_refused',
  attempt: ATTEMPT,
  code: 'refused',
  retryAtMs: null,
} as const

const viewed = ({ call }: RoomState, changes: Partial<KnownCall>): readonly Occurrence[] => [
  { type: 'call_viewed', call: { ...call, revision: call.revision + 1, ...changes } },
]

const both: Events = {
  'both: connected': () => SEATS.map((seat) => says(seat, { type: 'connected', epoch: 1 })),
  'candidate 101': () =>
    Array.from({ length: MAX_CANDIDATES + 1 }, () =>
      says('caller', { type: 'candidate', ...CANDIDATE, candidate: '' }),
    ),
  'second credential': (state) => SEATS.map((seat) => credential(state, seat)),
}

/** Events by the name of their row. The last one is the event of the row, the others precede it. */
const EVENTS: Events = {
  ...sent,
  ...both,
  'caller connects': () => [{ type: 'seat_connected', seat: 'caller' }],
  'callee connects': () => [{ type: 'seat_connected', seat: 'callee' }],
  'caller leaves': () => [{ type: 'seat_closed', seat: 'caller' }],
  'callee leaves': () => [{ type: 'seat_closed', seat: 'callee' }],
  'sockets lost': () => [{ type: 'sockets_lost', seats: ['caller', 'callee'] }],
  'tokens revoked': () => [{ type: 'tokens_revoked' }],
  'old view': (state) => viewed(state, { revision: state.call.revision, costKobo: kobo(1) }),
  'view: answered': ({ call }) => [
    { type: 'call_viewed', call: answeredCall(call.revision + 1, NOW_MS) },
  ],
  'view: new horizon': (state) => viewed(state, { mustEndByMs: 900_000 }),
  'view: ended': ({ call }) => [{ type: 'call_viewed', call: endedCall(call, NOW_MS) }],
  'answer committed': ({ call }) => [
    { type: 'answered', attempt: ATTEMPT, call: answeredCall(call.revision, NOW_MS) },
  ],
  'answer refused': () => [{ ...refused, status: null }],
  'answered by PATCH': () => [{ ...refused, status: 'answered' }],
  'answer fails': () => [{ type: 'work_failed', key: 'answer' }],
  'end refused': () => [{ type: 'end_refused', call: null }],
  'first credential': (state) => [credential(state, 'caller')],
  'credential revoked': ({ credentials }) => [
    { type: 'credential_revoked', username: credentials[0]?.username ?? 'unknown' },
  ],
  '15 s pass': () => [{ type: 'alarm' }],
  '45 s of silence': () => [{ type: 'alarm' }],
}

const LATER_MS: Readonly<Record<string, number>> = {
  '15 s pass': 15_000,
  '45 s of silence': 45_000,
}

/** Plays the events of a row. @returns the state before the last one, and the decision about it */
function playRow(phase: string, command: string) {
  const events = EVENTS[command]
  if (!isPhase(phase) || !events) throw new Error(`unknown: ${phase}, ${command}`)
  const occurrences = events(ROOMS[phase]())
  const before = play(ROOMS[phase](), NOW_MS, ...occurrences.slice(0, -1)).state
  const nowMs = NOW_MS + (LATER_MS[command] ?? 0)
  const last = occurrences.at(-1) ?? { type: 'alarm' }
  const event = command === '45 s of silence' ? silently(last) : freshly(last, nowMs)
  return { before, ...decide(before, event, nowMs) }
}

const isPhase = (name: string): name is Phase => PHASES.some((phase) => phase === name)

/** Fields that an event without effect may change: the clock and the signs of life. */
const withoutClock = (state: RoomState): RoomState => {
  const lastSeenMs = null
  return withSeat(withSeat({ ...state, clockMs: 0 }, 'caller', { lastSeenMs }), 'callee', {
    lastSeenMs,
  })
}

describe('a room', () => {
  it('has each phase, event, message and error code in the documented tables', () => {
    expect(new Set(roomTable.map(({ state }) => state))).toEqual(new Set(PHASES))
    expect(new Set(roomTable.map(({ command }) => command))).toEqual(new Set(Object.keys(EVENTS)))
    expect(roomTable).toHaveLength(PHASES.length * Object.keys(EVENTS).length)
    const outcomes = new Set(roomTable.map(({ outcome }) => outcome))
    for (const code of ERROR_CODES) expect(outcomes).toContain(code)
  })

  it.each(roomTable)('$state: $command → $outcome', ({ state, command, outcome }) => {
    const { before, state: after, messages } = playRow(state, command)
    const [, phase = '', reason] = /^(\w+)(?: \((\w+)\))?$/.exec(outcome) ?? []
    if (isPhase(phase)) {
      expect(after.phase).toBe(phase)
      if (reason !== undefined) expect(after.end?.reason).toBe(reason)
      expect([withoutClock(after), messages]).not.toEqual([withoutClock(before), []])
      return
    }
    expect(withoutClock(after)).toEqual(withoutClock(before))
    expect(messages.map(kindOf).filter((kind) => kind !== 'ended')).toEqual(
      KINDS[outcome] ?? [outcome],
    )
  })
})

const KINDS: Readonly<Record<string, readonly string[]>> = { '=': [], closed: ['close'] }

/** The code of an error, or the type of another message. The farewell is part of the close. */
function kindOf(outgoing: Outgoing): string {
  if ('close' in outgoing) return 'close'
  const { message } = outgoing
  return message.type === 'error' ? message.code : message.type
}
