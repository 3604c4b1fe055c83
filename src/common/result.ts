/**
 * Expected failures are values. A refusal names why a step was not taken and carries the facts;
 * `http/problems.ts` maps each to its problem. A throw is a bug.
 */
import type { Kobo } from './money'
import type { LimitState } from './rate-limit'

export type Refusal =
  | { code: 'insufficient_funds'; requiredKobo: Kobo; availableKobo: Kobo }
  | { code: 'too_many_calls'; limit: number }
  | { code: 'too_many_watchers' }
  | { code: 'call_state_conflict'; status: string }
  | { code: 'destination_not_allowed' }
  | { code: 'unauthenticated' }
  | { code: 'not_found' }
  | { code: 'email_taken' }
  | { code: 'invalid_credentials' }
  | { code: 'wrong_password' }
  | { code: 'invalid_token' }
  | { code: 'invalid_ticket' }
  | { code: 'invalid_signature' }
  | { code: 'idempotency_key_reused' }
  | { code: 'reference_reused' }
  | { code: 'request_in_progress' }
  | { code: 'invalid_cursor' }
  | { code: 'rate_limited'; limitState: LimitState }
  /** `isUnreadable`: it answered, and the answer was not understood. */
  | { code: 'gateway_unavailable'; isUnreadable?: true }
  | { code: 'gateway_refused'; reason: string }

export type Result<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

/**
 * A wallet's answer and its position: how many changes the wallet had then. What changed it has a
 * position of its own, so all commands on a wallet have one order. None if the caller was not let in.
 */
export type Revised<T> = Result<T> & { readonly revision?: number }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export const refuse = (refusal: Refusal): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal,
})

/** Whether the gateway answered and was not understood. */
export const isUnreadable = (refusal: Refusal): boolean =>
  refusal.code === 'gateway_unavailable' && refusal.isUnreadable === true

/** The same answer in another form, in the same place. */
export const mapRevised = <T, U>(placed: Revised<T>, map: (value: T) => U): Revised<U> =>
  placed.ok ? { ...placed, value: map(placed.value) } : placed
