/** The wallet's response to the answer. Only after it are credentials issued. Pure. */
import type { AnswerRefused } from './event'
import { beginEpoch } from './epochs'
import { applyView, intendEnd, leaveToClient } from './ends'
import { type Decision, presentSeats, toSeats, unchanged } from './outgoing'
import type { KnownCall, RoomState } from './room'

/** Both seats must be connected this long after the answer. */
export const CONNECT_MS = 15_000

const isAwaited = (state: RoomState, attempt: string): boolean =>
  state.phase === 'answering' && state.attempt === attempt

/**
 * The wallet has committed the answer. The time to connect counts from the answer, so a response that
 * arrives late leaves less of it: the caller does not pay for the delay.
 */
export function onAnswered(state: RoomState, attempt: string, call: KnownCall): Decision {
  const { state: viewed, messages } = applyView(state, call)
  if (!isAwaited(viewed, attempt)) return { state: viewed, messages }
  const answeredAtMs = Math.min(viewed.call.startedAtMs ?? state.clockMs, state.clockMs)
  const connectByMs = answeredAtMs + CONNECT_MS
  if (state.clockMs >= connectByMs) return unchanged(intendEnd(viewed, 'failed', connectByMs))
  const connecting: RoomState = { ...viewed, phase: 'connecting', connectByMs }
  const waiting = { ...connecting, epoch: { ...connecting.epoch, beganAtMs: state.clockMs } }
  return state.relayMode === 'direct' ? beginEpoch(waiting, []) : unchanged(waiting)
}

/** The wallet refuses the answer: the call ends, unless a client has answered it by PATCH. */
export function onAnswerRefused(state: RoomState, event: AnswerRefused): Decision {
  if (!isAwaited(state, event.attempt)) return unchanged(state)
  if (event.status === 'answered') return leaveToClient(state)
  const { code, retryAtMs } = event
  const failed = { type: 'answer_failed', code, retryAtMs } as const
  return {
    state: intendEnd(state, 'failed', state.clockMs),
    messages: toSeats(presentSeats(state), failed),
  }
}

/** The wallet is unreachable, so the room retries and notifies the callee. */
export const onAnswerDelayed = (state: RoomState): Decision => ({
  state,
  messages: toSeats(
    presentSeats(state).filter((seat) => seat === 'callee'),
    { type: 'answer_failed', code: 'wallet_unavailable', retryAtMs: null },
  ),
})
