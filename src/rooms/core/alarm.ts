/** Computes when a room's alarm rings next. A Durable Object has only one alarm. Pure. */
import { nextNoticeMs } from '../../wallets/core/call-event'
import { epochDueMs, revocationDueMs } from './epochs'
import { isOver, type RoomState } from './room'
import { nextCheckMs } from './signs-of-life'
import { nextTryMs, pendingWork, readDueMs } from './work'

/**
 * @param nowMs an instant after `startWork`, so that work in progress is not due
 * @returns the earliest instant at which something is due, at least `nowMs`; null if nothing ever is
 */
export function nextAlarmMs(state: RoomState, nowMs: number): number | null {
  const tries = pendingWork(state, nowMs).map((work) => nextTryMs(state, work) ?? Infinity)
  const notice = isOver(state) ? undefined : nextNoticeMs(state.call, nowMs)
  const expiries = state.credentials.map(({ expiresAtMs }) => expiresAtMs)
  const clock = [state.connectByMs, nextCheckMs(state), ...expiries].map(
    (dueMs) => dueMs ?? Infinity,
  )
  const later = [
    readDueMs(state),
    epochDueMs(state),
    notice,
    ...state.credentials.map((one) => revocationDueMs(state, one)),
  ].map((dueMs) => (dueMs !== undefined && dueMs > nowMs ? dueMs : Infinity))
  const earliestMs = Math.min(...tries, ...clock, ...later)
  return earliestMs === Infinity ? null : Math.max(earliestMs, nowMs)
}
