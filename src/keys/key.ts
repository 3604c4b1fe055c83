/**
 * API keys: `aik_`, then 64 characters (Base64url of the owner's UUID and 256 random bits), then a checksum of six
 * characters. The owner's UUID names the object that knows the key; the deployment's has only zeros.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url } from 'jose'
import { parse, stringify } from 'uuid'
import { DEPLOYMENT, type StreamOwner } from '../outbox/event'
import { sha256Hex } from '../common/sha256'

const PREFIX = 'aik_'
const OWNER_BYTES = 16
const SECRET_BYTES = 32
const CHECKSUM_LENGTH = 6

/** Form of a key, for secret scanners. */
export const KEY_PATTERN = /^aik_[\w-]{64}[\w-]{6}$/

const checksumOf = (body: string): string =>
  base64url.encode(sha256(utf8ToBytes(body))).slice(0, CHECKSUM_LENGTH)

export function newKey(
  owner: StreamOwner,
  secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)),
): string {
  const ownerBytes = owner === DEPLOYMENT ? new Uint8Array(OWNER_BYTES) : parse(owner)
  const body = PREFIX + base64url.encode(new Uint8Array([...ownerBytes, ...secret]))
  return body + checksumOf(body)
}

export const isKey = (token: string): boolean => token.startsWith(PREFIX)

/** Owner that a key names; `undefined` if the form or the checksum is wrong. It does not prove that the key exists. */
export function ownerOfKey(key: string): StreamOwner | undefined {
  if (!KEY_PATTERN.test(key)) return undefined
  const body = key.slice(0, -CHECKSUM_LENGTH)
  if (checksumOf(body) !== key.slice(-CHECKSUM_LENGTH)) return undefined
  const ownerBytes = base64url.decode(body.slice(PREFIX.length)).slice(0, OWNER_BYTES)
  if (ownerBytes.every((byte) => byte === 0)) return DEPLOYMENT
  try {
    return stringify(ownerBytes)
  } catch {
    return undefined
  }
}

export const keyHashOf = (key: string): string => sha256Hex(key)

/** A valid key. */
export interface VerifiedKey {
  readonly owner: StreamOwner
  readonly keyUuid: string
  readonly scopes: readonly string[]
  /** The user's token version when the key was created. */
  readonly tokenVersion: number
}

export interface KeyVerifier {
  /** Finds a key at its owner's stream object, without D1; `undefined` if it is forged or revoked. */
  readonly verifyKey: (key: string) => Promise<VerifiedKey | undefined>
  /** Owner and UUID of a key that this isolate has verified lately. It chooses a quota and admits no request. */
  readonly holderOfKey: (
    key: string,
  ) => { readonly userUuid: string; readonly sessionUuid: string } | undefined
}
