/**
 * Signs of life: a seat is alive at each ping that the runtime answers for it, and at each message. Pings
 * do not wake the room, so it compares their instants at every event, and at an alarm once a minute. Pure.
 */
import { type RoomState, type SeatName, SEATS, withSeat } from './room'

/** A seat without a sign of life for this long is lost. Clients ping every 10 s. */
export const LOST_AFTER_MS = 45_000
const CHECK_MS = 60_000

/** Records signs of life. A sign in the future counts as one at this instant; an older one changes nothing. */
export function seenAt(state: RoomState, seat: SeatName, atMs: number | null): RoomState {
  const { lastSeenMs } = state.seats[seat]
  const seenMs = Math.min(atMs ?? -Infinity, state.clockMs)
  return seenMs > (lastSeenMs ?? -Infinity) ? withSeat(state, seat, { lastSeenMs: seenMs }) : state
}

/**
 * @returns the last sign of life of the seat that has been silent for longest, if one of them is lost.
 * Only a live call can be lost: before that, shorter deadlines apply.
 */
export function lostAtMs({ phase, seats, clockMs }: RoomState): number | undefined {
  if (phase !== 'live') return undefined
  const silentSinceMs = Math.min(...SEATS.map((seat) => seats[seat].lastSeenMs ?? clockMs))
  return clockMs - silentSinceMs >= LOST_AFTER_MS ? silentSinceMs : undefined
}

/** Time of the next check, if the call is live. A seat without a socket sends no pings, so it is checked on time. */
export function nextCheckMs({ phase, seats, checkedAtMs }: RoomState): number | undefined {
  if (phase !== 'live') return undefined
  const absent = SEATS.map((seat) => seats[seat]).filter((seat) => !seat.isPresent)
  const lostMs = absent.map(({ lastSeenMs }) => (lastSeenMs ?? checkedAtMs) + LOST_AFTER_MS)
  return Math.min(checkedAtMs + CHECK_MS, ...lostMs)
}
