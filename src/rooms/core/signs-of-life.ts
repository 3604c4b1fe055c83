/**
 * Signs of life: a seat is alive at each ping that the runtime answers for it, and at each message. Pings
 * do not wake the room, so it compares their instants at every event, and at a regular alarm. Pure.
 */
import { type RoomState, type SeatName, SEATS, withSeat } from './room'

/** Once a minute with the default of 45 s. */
const checkEveryMs = ({ lostAfterMs }: RoomState): number => Math.round((lostAfterMs * 4) / 3)

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
export function lostAtMs({ phase, seats, clockMs, lostAfterMs }: RoomState): number | undefined {
  if (phase !== 'live') return undefined
  const silentSinceMs = Math.min(...SEATS.map((seat) => seats[seat].lastSeenMs ?? clockMs))
  return clockMs - silentSinceMs >= lostAfterMs ? silentSinceMs : undefined
}

/** Time of the next check, if the call is live. A seat without a socket sends no pings, so it is checked on time. */
export function nextCheckMs(state: RoomState): number | undefined {
  const { phase, seats, checkedAtMs, lostAfterMs } = state
  if (phase !== 'live') return undefined
  const absent = SEATS.map((seat) => seats[seat]).filter((seat) => !seat.isPresent)
  const lostMs = absent.map(({ lastSeenMs }) => (lastSeenMs ?? checkedAtMs) + lostAfterMs)
  return Math.min(checkedAtMs + checkEveryMs(state), ...lostMs)
}
