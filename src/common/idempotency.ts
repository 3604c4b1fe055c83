/** Idempotency keys, and what is remembered of the request that came with one. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * A key: printable ASCII without a comma, and no blank at either end. Repeated headers are joined by
 * commas, so two keys never look like one.
 */
export const IDEMPOTENCY_KEY = /^[!-+\--~](?:[ -+\--~]*[!-+\--~])?$/

export const MAX_KEY_LENGTH = 255

/** A client's key, and a hash of what it asked for under it. */
export interface Idempotency {
  readonly key: string
  readonly fingerprint: string
}

/** The key with the SHA-256 of the validated request, whose fields have one order by its schema. */
export const idempotencyOf = (key: string | undefined, request: object): Idempotency | undefined =>
  key === undefined
    ? undefined
    : { key, fingerprint: bytesToHex(sha256(utf8ToBytes(JSON.stringify(request)))) }

/** What a command did, or did before under the same key. */
export interface IdempotentResult<T> {
  readonly answer: T
  readonly replayed: boolean
}
