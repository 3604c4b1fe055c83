/**
 * Expected failures are values: a refusal has a code and its facts. `http/problems.ts` maps each to a
 * problem. A thrown error is a bug or a fault.
 */
import type { Kobo } from './money'
import type { LimitState } from './rate-limit'

export type Refusal =
  | { code: 'insufficient_funds'; requiredKobo: Kobo; availableKobo: Kobo }
  | { code: 'too_many_calls'; limit: number }
  | { code: 'too_many_lost_calls'; limitState: LimitState }
  | { code: 'call_ended' | 'call_without_media' | 'relay_not_configured' }
  | { code: 'debt_open'; debtKobo: Kobo }
  | { code: 'amount_exceeds_debt'; debtKobo: Kobo }
  | { code: 'balance_left'; leftKobo: Kobo }
  | { code: 'wallet_frozen' }
  | { code: 'user_disabled' }
  | { code: 'exception_state_conflict'; state: string }
  | { code: 'refund_exceeds_payment'; leftKobo: Kobo }
  | { code: 'refund_not_allowed'; reason: string }
  /** `limitCount`: maximum number of refunds, if there is one. */
  | { code: 'refund_limit_exceeded'; limitKobo: Kobo; limitCount?: number }
  | { code: 'too_many_watchers' }
  | { code: 'call_state_conflict'; status: string }
  | { code: 'destination_not_allowed' }
  | { code: 'tariffs_unavailable' }
  | { code: 'tariff_not_allowed'; reason: string }
  /** `key`: why the API key in the request is rejected. */
  | { code: 'unauthenticated'; key?: 'invalid' | 'not_accepted' }
  /** `scope`: what the API key lacks. */
  | { code: 'insufficient_scope'; scope: string }
  | { code: 'too_many_keys'; limit: number }
  | { code: 'no_stream' | 'deployment_events_off' }
  /** Too many requests wait for events of the stream. */
  | { code: 'too_many_polls'; limit: number }
  | { code: 'too_many_endpoints'; limit: number }
  | { code: 'endpoint_address_refused'; reason: string }
  | { code: 'endpoint_state_conflict'; reason: string }
  | { code: 'operator_unknown' }
  | { code: 'not_permitted'; permission: string; role: string }
  | { code: 'proposal_state_conflict'; state: string }
  /** The same operator proposed it. */
  | { code: 'second_operator_required' }
  | { code: 'own_account' }
  /** `invalid_code`: of an authenticator app. `bootstrap_used`: the bootstrap secret. */
  | { code: 'invalid_code' | 'last_admin' | 'bootstrap_used' }
  | { code: 'event_not_replayable'; reason: string }
  | { code: 'not_found' }
  | { code: 'email_taken' }
  | { code: 'email_unverified' }
  | { code: 'invalid_credentials' }
  | { code: 'wrong_password' }
  | { code: 'confirmation_required' }
  /** `methods`: ways in which the account can confirm. */
  | { code: 'passkey_required'; methods: readonly string[] }
  | { code: 'too_many_passkeys'; limit: number }
  | { code: 'invalid_passkey' | 'passkey_taken' | 'no_passkey' | 'passkeys_not_configured' }
  | { code: 'invalid_recovery_code' }
  | { code: 'invalid_token' }
  | { code: 'invalid_ticket' }
  | { code: 'invalid_link' }
  | { code: 'invalid_signature' }
  | { code: 'idempotency_key_reused' }
  | { code: 'reference_reused' }
  | { code: 'request_in_progress' }
  | { code: 'invalid_cursor' }
  | { code: 'rate_limited'; limitState: LimitState }
  /** `isUnreadable`: the gateway responded, but the response could not be read. */
  | { code: 'gateway_unavailable'; isUnreadable?: true }
  | { code: 'gateway_refused'; reason: string }
  | { code: 'relay_unavailable' }
  | { code: 'receipt_not_available'; reason: string }
  | { code: 'receipts_not_configured' }

export type Result<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

/**
 * Result of a wallet command with the wallet's revision. Each command that changes the wallet has its own
 * revision, so all commands have one order. There is none if the caller was rejected.
 */
export type Revised<T> = Result<T> & { readonly revision?: number }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export const refuse = (refusal: Refusal): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal,
})

export const isUnreadable = (refusal: Refusal): boolean =>
  refusal.code === 'gateway_unavailable' && refusal.isUnreadable === true

/** Maps the value and keeps the revision. */
export const mapRevised = <T, U>(placed: Revised<T>, map: (value: T) => U): Revised<U> =>
  placed.ok ? { ...placed, value: map(placed.value) } : placed
