/** Reasons for the end of a connection to a room, and the wait before the next attempt. Pure. */

/** Reasons after which the client does not connect again. */
export type Rejection =
  | 'invalid_link'
  | 'call_ended'
  | 'without_media'
  | 'replaced'
  | 'signed_out'
  | 'rejected_message'
  | 'unavailable'

/** Rejections by the code of the problem (RFC 9457) that a request without `Upgrade` returns. */
const PROBLEMS: Readonly<Record<string, Rejection>> = {
  validation_failed: 'invalid_link',
  invalid_ticket: 'invalid_link',
  not_found: 'invalid_link',
  call_ended: 'call_ended',
  call_without_media: 'without_media',
  unauthenticated: 'signed_out',
  wallet_frozen: 'signed_out',
  origin_refused: 'invalid_link',
  relay_not_configured: 'unavailable',
}

/** @returns `undefined` if the connection may succeed later */
export const rejectionOfProblem = (code: string | undefined): Rejection | undefined =>
  code !== undefined && Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined

const CLOSE_REPLACED = 4001
const CLOSE_TOO_BIG = 1009
const CLOSE_POLICY = 1008
const POLICY_REASONS: ReadonlyMap<string, Rejection> = new Map([
  ['the session has ended', 'signed_out'],
  ['the call was answered without media', 'without_media'],
])

/** @returns `undefined` if the client must connect again after this close */
export function rejectionOfClose(code: number, reason: string): Rejection | undefined {
  if (code === CLOSE_REPLACED) return 'replaced'
  if (code === CLOSE_TOO_BIG) return 'rejected_message'
  if (code === CLOSE_POLICY) return POLICY_REASONS.get(reason) ?? 'rejected_message'
  return undefined
}

/** A connection that lasted as long ends the count of failures. One that closes at once does not. */
export const STABLE_MS = 3000

const WAITS_MS = [500, 1000, 2000, 4000, 8000]

/**
 * Time before the next attempt, from 75 % to 125 % of 0.5 s, 1 s, 2 s, 4 s, and then 8 s.
 * @param failures attempts in a row that failed before
 * @param random from 0 to 1
 */
export const waitMs = (failures: number, random: number): number =>
  (WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 0) * (0.75 + random / 2)
