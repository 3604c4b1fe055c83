/**
 * When a payment is polled. The instants depend on the age of its attempt only, so a late poll shifts no other and their
 * number is bounded. After news of money that the gateway does not confirm yet, more polls follow within 30 s. Pure.
 */
import type { PaymentStatus } from './payment'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Instants from `first` on, each `step` after the previous one. */
const every = (step: number, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index * step)

const CLOSED_MS = 44 * MINUTE_MS + 40 * SECOND_MS

/**
 * While the checkout is open: 5, 10, 20 and 40 s, then each minute for 15 minutes, then every 5 minutes. Afterwards the
 * delays double from 10 minutes to a day.
 */
export const POLL_AGES_MS: readonly number[] = [
  ...[5, 10, 20, 40].map((seconds) => seconds * SECOND_MS),
  ...every(MINUTE_MS, 100 * SECOND_MS, 14),
  ...every(5 * MINUTE_MS, 1180 * SECOND_MS, 6),
  ...[10, 30, 70, 150, 310, 630, 1270].map((minutes) => CLOSED_MS + minutes * MINUTE_MS),
  ...[24, 48, 72].map((hours) => CLOSED_MS + 1270 * MINUTE_MS + hours * HOUR_MS),
]

/** Statuses that are polled, because the payment may still receive money. */
export const DUE_STATUSES: PaymentStatus[] = ['pending', 'processing', 'expired']

export const isDueStatus = (status: string): boolean => DUE_STATUSES.some((due) => due === status)

/** Payments that began together spread over a fifth of each delay. */
const MAX_JITTER = 0.2
const jitterOf = (uuid: string): number => Number.parseInt(uuid.slice(0, 4), 16) / 0xffff

export interface PolledPayment {
  readonly uuid: string
  readonly status: string
  /** When the current attempt began; without one, when the payment was created. */
  readonly beganAtMs: number
}

/** Returns when to poll a payment next, or `null` after the last poll and for a status that is not polled. */
export function nextPollTime(
  { uuid, status, beganAtMs }: PolledPayment,
  nowMs: number,
): number | null {
  if (!isDueStatus(status)) return null
  const spread = MAX_JITTER * jitterOf(uuid)
  const instants = POLL_AGES_MS.map((ageMs, index) => {
    const delayMs = ageMs - (POLL_AGES_MS[index - 1] ?? 0)
    return beganAtMs + ageMs + Math.floor(spread * delayMs)
  })
  return instants.find((atMs) => atMs > nowMs) ?? null
}

const MOST_COUNTED = 15

/**
 * Polls that the previous release would have made at this age, which is negative after the clock went back. The row stores them, because that release plans its
 * next poll by their number, and stops after sixteen.
 */
export const countedPolls = (ageMs: number): number =>
  Math.min(MOST_COUNTED, Math.floor(Math.log2(Math.max(0, ageMs) / (5 * SECOND_MS) + 1)))

/**
 * Source of news of a payment: an event that says that it was paid, or a customer who returned while the gateway
 * did not respond.
 */
export type NoticeCause = 'event' | 'return'

/** Within this time after news, the outcome is known, or an exception is recorded. */
export const NOTICE_MS = 30 * SECOND_MS
const NOTICE_AGES_MS = [2, 5, 10, 20, 30].map((seconds) => seconds * SECOND_MS)

/** Returns the next poll after news, or `null` once its time is over. */
export const nextNoticePoll = (noticedAtMs: number, nowMs: number): number | null =>
  NOTICE_AGES_MS.map((ageMs) => noticedAtMs + ageMs).find((atMs) => atMs > nowMs) ?? null

/** Reports whether the gateway's response ends the wait for an outcome. Pending is an answer to a return only. */
export const isAnswered = (kind: string, cause: NoticeCause | null): boolean =>
  kind !== 'open' || cause === 'return'
