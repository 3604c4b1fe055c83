/** States of a call's session, as a test needs them. */
import type { Rate } from '../../../client/client'
import type { RoomView } from '../../../client/room'
import type { SessionState } from '../../../web/call/session/session'

export const START = Date.parse('2126-03-14T10:15:30.000Z')

/** ₦10 a minute, rounded up to whole naira. */
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

type Ended = NonNullable<SessionState['ended']>

/** End of a call that was not answered. */
export const unanswered = (reason: string, charge: number | null = 0): Ended => ({
  reason,
  charge,
  startedAtMs: null,
  endedAtMs: START,
})

/** End of a call of 65 s. */
export const answered = (reason: string | null, charge: number | null): Ended => ({
  reason,
  charge,
  startedAtMs: START - 65_000,
  endedAtMs: START,
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
