import { describe, expect, it } from 'vitest'
import { readRoomMessage, type RoomMessage } from '../../../client/signaling/messages'

const AT = '2126-03-14T10:15:30.000Z'
const AT_MS = Date.parse(AT)

const RATE = {
  id: 'standard/everywhere',
  version: 2,
  kobo_per_minute: 1000,
  unit_kobo: 100,
  minimum_seconds: 1,
  increment_seconds: 1,
  setup_kobo: 0,
  steps: 'after_minimum',
} as const

const STATE = {
  at: AT,
  seat: 'caller',
  phase: 'live',
  peer_present: true,
  peer_name: 'Ngozi',
  call_type: 'audio',
  status: 'answered',
  rate: RATE,
  cost: 10,
  started_at: '2126-03-14T10:15:00.000Z',
  must_end_by: '2126-03-14T10:20:00.000Z',
  must_end_reason: 'credit_exhausted',
  end: null,
}

const VIEW = {
  atMs: AT_MS,
  seat: 'caller',
  phase: 'live',
  isPeerPresent: true,
  peerName: 'Ngozi',
  callType: 'audio',
  status: 'answered',
  rate: RATE,
  cost: 10,
  startedAtMs: AT_MS - 30_000,
  mustEndByMs: AT_MS + 270_000,
  mustEndReason: 'credit_exhausted',
  end: null,
} as const

const CALLEE = {
  seat: 'callee',
  peer_name: null,
  rate: null,
  cost: null,
  started_at: null,
  must_end_by: null,
  must_end_reason: null,
  end: { reason: 'hangup', at: AT },
}

const CALLEE_VIEW = {
  seat: 'callee',
  peerName: null,
  rate: null,
  cost: null,
  startedAtMs: null,
  mustEndByMs: null,
  mustEndReason: null,
  end: { reason: 'hangup', atMs: AT_MS },
} as const

const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' }
const servers = [{ urls: ['turn:192.0.2.1:3478'], username: 'user', credential: 'secret' }]
const over = { reason: 'hangup', charge: 10.5, started_at: AT, ended_at: AT }
const unanswered = { reason: 'declined', charge: null, started_at: null, ended_at: AT }

const READ: readonly (readonly [object, RoomMessage])[] = [
  ...(['state', 'horizon_moved', 'low_credit'] as const).map(
    (type) =>
      [
        { type, ...STATE },
        { type, view: VIEW },
      ] as const,
  ),
  [
    { type: 'state', ...STATE, ...CALLEE },
    { type: 'state', view: { ...VIEW, ...CALLEE_VIEW } },
  ],
  [
    { type: 'relay', epoch: 2, ice_servers: servers, until: AT },
    { type: 'relay', epoch: 2, iceServers: servers, untilMs: AT_MS },
  ],
  [
    { type: 'relay', epoch: 1, ice_servers: [], until: null },
    { type: 'relay', epoch: 1, iceServers: [], untilMs: null },
  ],
  ...(['offer', 'answer'] as const).map((type) => {
    const description = { type, epoch: 1, sdp: 'v=0\r\n' }
    return [description, description] as const
  }),
  [
    { type: 'candidate', epoch: 1, candidate: { ...candidate, sdpMLineIndex: 0 } },
    { type: 'candidate', epoch: 1, candidate: { ...candidate, sdpMLineIndex: 0 } },
  ],
  [
    { type: 'ended', ...over },
    { type: 'ended', reason: 'hangup', charge: 10.5, startedAtMs: AT_MS, endedAtMs: AT_MS },
  ],
  [
    { type: 'ended', ...unanswered },
    { type: 'ended', reason: 'declined', charge: null, startedAtMs: null, endedAtMs: AT_MS },
  ],
  [
    { type: 'error', code: 'too_early' },
    { type: 'error', code: 'too_early' },
  ],
  [
    { type: 'answer_failed', code: 'wallet_unavailable', retry_at: null },
    { type: 'answer_failed', code: 'wallet_unavailable', retryAtMs: null },
  ],
  [
    { type: 'answer_failed', code: 'too_many_lost_calls', retry_at: AT },
    { type: 'answer_failed', code: 'too_many_lost_calls', retryAtMs: AT_MS },
  ],
]

describe('a message of a room', () => {
  it.each(READ.map(([sent, read]) => ({ type: read.type, sent, read })))(
    'of the type $type is read',
    ({ sent, read }) => expect(readRoomMessage(JSON.stringify(sent))).toEqual(read),
  )

  it.each([
    '',
    'pong',
    '{',
    'null',
    '1',
    '"state"',
    '[]',
    '{}',
    '{"type":null}',
    '{"type":"recording"}',
    '{"type":"toString"}',
    '{"type":"__proto__"}',
    '{"type":"state","end":1,"at":',
  ])('is ignored if its text is %s', (text) => expect(readRoomMessage(text)).toBeUndefined())
})
