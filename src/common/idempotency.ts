import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * Printable ASCII without a comma, and without a space at either end. Repeated headers are joined with
 * commas, so two keys can never look like one.
 */
export const IDEMPOTENCY_KEY = /^[!-+\--~](?:[ -+\--~]*[!-+\--~])?$/

export const MAX_KEY_LENGTH = 255

/** A client's key, and a hash of its request. */
export interface Idempotency {
  readonly key: string
  readonly fingerprint: string
}

/** @param request validated request, whose schema gives its fields one order */
export const idempotencyOf = (key: string | undefined, request: object): Idempotency | undefined =>
  key === undefined
    ? undefined
    : { key, fingerprint: bytesToHex(sha256(utf8ToBytes(JSON.stringify(request)))) }

/** Result of a command, or the stored result of the first one with the same key. */
export interface IdempotentResult<T> {
  readonly answer: T
  readonly replayed: boolean
}
