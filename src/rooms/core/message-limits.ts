/** Limits of the messages that a seat sends. Pure. */
import type { Quota } from '../../limits/policy'

/** Enough for all candidates of two epochs, and for the messages around them. */
export const MESSAGE_QUOTA: Quota = {
  kind: 'quota',
  name: 'room-messages',
  quota: 240,
  windowMs: 60_000,
}

/** Candidates that the room forwards from a seat in an epoch, and in a session description. */
export const MAX_CANDIDATES = 100
