/** Limits of the messages that a seat sends. Pure. */
import { consume, type Quota, type Tries } from '../../limits/policy'

/** Enough for all candidates of two epochs, and for the messages around them. */
const MESSAGE_QUOTA: Quota = {
  kind: 'quota',
  name: 'room-messages',
  quota: 240,
  windowMs: 60_000,
}

/** Candidates that the room forwards from a seat in an epoch, and in a session description. */
export const MAX_CANDIDATES = 100

/** Use of a seat's limits. It belongs to the seat, so that a new connection does not reset it. */
export interface SeatUse {
  /** Instants of the latest messages. */
  readonly sentAtMs: Tries
  readonly epoch: number
  /** Candidates forwarded in that epoch. */
  readonly candidates: number
}

export const UNUSED_SEAT: SeatUse = { sentAtMs: [], epoch: 0, candidates: 0 }

export interface Counted {
  readonly isAllowed: boolean
  readonly use: SeatUse
}

/** Counts a message at `nowMs`. A rejected message is not counted. */
export function countMessage(use: SeatUse, nowMs: number): Counted {
  const { allowed, tries } = consume(MESSAGE_QUOTA, use.sentAtMs, nowMs)
  return { isAllowed: allowed, use: { ...use, sentAtMs: tries } }
}

/**
 * Counts a candidate that passed the filter.
 * @param epoch the room's current epoch. A client's own number would let it start again at will.
 */
export function countCandidate(use: SeatUse, epoch: number): Counted {
  const candidates = use.epoch === epoch ? use.candidates : 0
  return candidates < MAX_CANDIDATES
    ? { isAllowed: true, use: { ...use, epoch, candidates: candidates + 1 } }
    : { isAllowed: false, use }
}
