/**
 * Signs of life: a seat is alive at each ping that the runtime answers for it, and at each message. Pings
 * do not wake the room, so it compares their instants at every event, and at a regular alarm. Pure.
 */
import { type RoomState, type Seat, type SeatName, SEATS, withSeat } from './room'

/** Once a minute with the default of 45 s. */
const checkEveryMs = ({ lostAfterMs }: RoomState): number => Math.round((lostAfterMs * 4) / 3)

/** Records signs of life. A sign in the future counts as one at this instant; an older one changes nothing. */
export function seenAt(state: RoomState, seat: SeatName, atMs: number | null): RoomState {
  const { lastSeenMs } = state.seats[seat]
  const seenMs = Math.min(atMs ?? -Infinity, state.clockMs)
  return seenMs > (lastSeenMs ?? -Infinity) ? withSeat(state, seat, { lastSeenMs: seenMs }) : state
}

const silentSinceMs = ({ lastSeenMs, silentFromMs }: Seat): number =>
  Math.max(lastSeenMs ?? -Infinity, silentFromMs ?? -Infinity)

/** A seat whose socket is lost without an event can return within the whole limit. */
export function forgiveSilence(state: RoomState, seats: readonly SeatName[]): RoomState {
  let after = state
  for (const seat of seats.filter((one) => state.seats[one].isPresent))
    after = withSeat(after, seat, { silentFromMs: state.clockMs })
  return after
}

/**
 * @returns the earliest last sign of life of a lost seat, if one is lost. Only a live call can be lost: before
 * that, shorter deadlines apply.
 */
export function lostAtMs({ phase, seats, clockMs, lostAfterMs }: RoomState): number | undefined {
  if (phase !== 'live') return undefined
  const lost = SEATS.map((seat) => seats[seat]).filter(
    (seat) => seat.lastSeenMs !== null && clockMs - silentSinceMs(seat) >= lostAfterMs,
  )
  return lost.length === 0 ? undefined : Math.min(...lost.map((seat) => seat.lastSeenMs ?? clockMs))
}

/** Time of the next check of a live call. A seat without a socket is checked as soon as it can be lost. */
export function nextCheckMs(state: RoomState): number | undefined {
  const { phase, seats, checkedAtMs, lostAfterMs } = state
  if (phase !== 'live') return undefined
  const absent = SEATS.map((seat) => seats[seat]).filter((seat) => !seat.isPresent)
  const lostMs = absent
    .filter(({ lastSeenMs }) => lastSeenMs !== null)
    .map((seat) => silentSinceMs(seat) + lostAfterMs)
  return Math.min(checkedAtMs + checkEveryMs(state), ...lostMs)
}
