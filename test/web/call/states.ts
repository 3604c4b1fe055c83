/** States of a call's session, as a test needs them. */
import type { Rate, RoomView } from '../../../client/room'
import type { SessionState } from '../../../web/call/session/session'

export const START = Date.parse('2126-03-14T10:15:30.000Z')

/** 10 NGN a minute, as the wire has it. */
const RATE: Rate = {
  id: 'standard/everywhere',
  version: 2,
  kobo_per_minute: 1000,
  unit_kobo: 100,
  minimum_seconds: 1,
  increment_seconds: 1,
  setup_kobo: 0,
  steps: 'after_minimum',
}

export const viewOf = (changes: Partial<RoomView> = {}, nowMs = START): RoomView => ({
  atMs: nowMs,
  seat: 'caller',
  phase: 'open',
  isPeerPresent: true,
  peerName: 'Ngozi',
  callType: 'audio',
  status: 'initiated',
  rate: changes.seat === 'callee' ? null : RATE,
  cost: changes.seat === 'callee' ? null : 10,
  startedAtMs: null,
  mustEndByMs: nowMs + 45_000,
  mustEndReason: 'no_answer',
  end: null,
  ...changes,
})

/** A call that was answered 65 s ago and can last 5 minutes more. */
export const liveView = (changes: Partial<RoomView> = {}, nowMs = START): RoomView =>
  viewOf(
    {
      phase: 'live',
      status: 'answered',
      startedAtMs: nowMs - 65_000,
      mustEndByMs: nowMs + 300_000,
      mustEndReason: 'credit_exhausted',
      ...changes,
    },
    nowMs,
  )

/** A call that was not answered, unless the changes say otherwise. */
export const endedOf = (
  changes: Partial<NonNullable<SessionState['ended']>>,
): NonNullable<SessionState['ended']> => ({
  reason: null,
  charge: null,
  startedAtMs: null,
  endedAtMs: null,
  ...changes,
})

export const stateOf = (changes: Partial<SessionState> = {}): SessionState => ({
  link: 'open',
  rejection: null,
  view: null,
  clockOffsetMs: 0,
  microphone: 'off',
  isMuted: false,
  media: 'none',
  line: null,
  inputs: [],
  outputs: [],
  inputId: null,
  outputId: null,
  notice: null,
  answerFailure: null,
  ended: null,
  ...changes,
})
