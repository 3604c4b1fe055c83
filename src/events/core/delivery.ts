/**
 * States of deliveries to an endpoint: state × outcome × instant → state. An endpoint that fails is attempted less and less
 * often, and is disabled after five days without a success. Pure.
 */
import { nextAttempt, type RetrySchedule } from '../../common/next-attempt'
import type { AttemptFault, DisabledReason, Endpoint } from './stream'

/** Time limit of a request to a receiver. */
export const TIME_LIMIT_MS = 15_000
/** Time limit of what the service reads before it sends. */
export const PREPARATION_LIMIT_MS = 10_000
/** An attempt whose object stops is repeated after this time, which is longer than both limits. */
export const LEASE_MS = 30_000
export const DISABLED_AFTER_MS = 5 * 24 * 3_600_000
export const MAX_RETRY_AFTER_MS = 24 * 3_600_000

export const DELIVERY_RETRIES: RetrySchedule = {
  firstMs: 5000,
  longestMs: 3_600_000,
  attempts: Infinity,
}

export type DeliveryState = Pick<
  Endpoint,
  'status' | 'disabledReason' | 'failures' | 'failingSinceMs' | 'nextAttemptAtMs'
> & { readonly disabledAtMs: number | null }

export type Outcome =
  | { readonly kind: 'delivered' }
  /** The receiver wants no events any more. */
  | { readonly kind: 'gone' }
  /** `notBeforeMs`: what the receiver asked for. */
  | { readonly kind: 'failed'; readonly notBeforeMs: number }
  /** The service could not prepare the event: not the receiver's failure. */
  | { readonly kind: 'not_sent'; readonly retryAtMs: number }

/** Response of a receiver, or the fault without one. */
export interface Received {
  readonly status: number | null
  readonly fault: AttemptFault | null
  readonly retryAfter: string | null
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Reads `Retry-After` (RFC 9110 section 10.2.3).
 * @returns the time, at most a day from now; 0 if there is none or it is invalid
 */
export function retryAfterOf(header: string | null, nowMs: number): number {
  const text = header?.trim() ?? ''
  const isSeconds = /^\d{1,15}$/.test(text)
  if (!isSeconds && !HTTP_DATE.test(text)) return 0
  const atMs = isSeconds ? nowMs + Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(atMs) ? 0 : Math.min(atMs, nowMs + MAX_RETRY_AFTER_MS)
}

/** Only a status from 200 to 299 is a success; a redirect is a failure. */
export function outcomeOf({ status, fault, retryAfter }: Received, nowMs: number): Outcome {
  if (status === 410) return { kind: 'gone' }
  if (fault === null && status !== null && status >= 200 && status < 300)
    return { kind: 'delivered' }
  return { kind: 'failed', notBeforeMs: retryAfterOf(retryAfter, nowMs) }
}

export const disabled = <State extends DeliveryState>(
  state: State,
  disabledReason: DisabledReason,
  nowMs: number,
): State => ({
  ...state,
  status: 'disabled',
  disabledReason,
  disabledAtMs: nowMs,
  nextAttemptAtMs: null,
})

/** An enabled endpoint has no past: its failures begin at zero. */
export const enabled = <State extends DeliveryState>(state: State): State => ({
  ...state,
  status: 'enabled',
  disabledReason: null,
  disabledAtMs: null,
  failures: 0,
  failingSinceMs: null,
  nextAttemptAtMs: null,
})

export const paused = <State extends DeliveryState>(state: State): State => ({
  ...state,
  status: 'paused',
  nextAttemptAtMs: null,
})

/** Stored before an attempt, so that an attempt whose object stops is repeated. */
export const leased = <State extends DeliveryState>(state: State, nowMs: number): State => ({
  ...state,
  nextAttemptAtMs: nowMs + LEASE_MS,
})

/**
 * State after an attempt. A paused or disabled endpoint does not change.
 * @param jitter from 0 to 1
 */
export function afterAttempt<State extends DeliveryState>(
  state: State,
  outcome: Outcome,
  nowMs: number,
  jitter = 0,
): State {
  if (state.status !== 'enabled') return state
  switch (outcome.kind) {
    case 'delivered':
      return { ...state, failures: 0, failingSinceMs: null, nextAttemptAtMs: null }
    case 'gone':
      return disabled(state, 'gone', nowMs)
    case 'not_sent':
      return { ...state, nextAttemptAtMs: Math.max(outcome.retryAtMs, nowMs + 1) }
    default:
      return afterFailure(state, outcome.notBeforeMs, nowMs, jitter)
  }
}

function afterFailure<State extends DeliveryState>(
  state: State,
  notBeforeMs: number,
  nowMs: number,
  jitter: number,
): State {
  const failingSinceMs = state.failingSinceMs ?? nowMs
  const failed = { ...state, failures: state.failures + 1, failingSinceMs }
  if (nowMs - failingSinceMs >= DISABLED_AFTER_MS) return disabled(failed, 'failing', nowMs)
  const scheduledAtMs = nextAttempt(state.failures, nowMs, DELIVERY_RETRIES, jitter) ?? nowMs
  return { ...failed, nextAttemptAtMs: Math.max(scheduledAtMs, notBeforeMs) }
}
