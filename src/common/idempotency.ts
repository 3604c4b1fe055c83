/**
 * Printable ASCII without a comma, and without a space at either end. Repeated headers are joined with
 * commas, so two keys can never look like one.
 */
import { sha256Hex } from './sha256'
export const IDEMPOTENCY_KEY = /^[!-+\--~](?:[ -+\--~]*[!-+\--~])?$/

export const MAX_KEY_LENGTH = 255

/** A client's key, and a hash of its request. */
export interface Idempotency {
  readonly key: string
  readonly fingerprint: string
}

/** @param request validated request, whose schema gives its fields one order */
export const idempotencyOf = (key: string | undefined, request: object): Idempotency | undefined =>
  key === undefined ? undefined : { key, fingerprint: sha256Hex(JSON.stringify(request)) }

/** Result of a command, or the stored result of the first one with the same key. */
export interface IdempotentResult<T> {
  readonly answer: T
  readonly replayed: boolean
}
