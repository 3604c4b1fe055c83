/**
 * Keys derived from a secret (HKDF, RFC 5869): one for each purpose, so that a signature for one is invalid
 * for another, and a public ID by which tokens name the secret that signed them.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const KEY_BYTES = 32
const KEY_ID_BYTES = 8

export interface SigningKeys {
  /** The `kid` of tokens. It reveals nothing about the secret. */
  readonly keyId: string
  readonly access: Uint8Array<ArrayBuffer>
  readonly refresh: Uint8Array<ArrayBuffer>
  readonly ticket: Uint8Array<ArrayBuffer>
  readonly signaling: Uint8Array<ArrayBuffer>
  readonly confirmation: Uint8Array<ArrayBuffer>
  readonly challenge: Uint8Array<ArrayBuffer>
  /** Derives the ID of a refresh token's successor. */
  readonly succession: Uint8Array<ArrayBuffer>
}

export function deriveKeys(secret: string): SigningKeys {
  const derive = (purpose: string, bytes = KEY_BYTES) =>
    new Uint8Array(
      hkdf(sha256, utf8ToBytes(secret), undefined, utf8ToBytes(`aileana/${purpose}`), bytes),
    )
  return {
    keyId: bytesToHex(derive('key-id', KEY_ID_BYTES)),
    access: derive('access-token'),
    refresh: derive('refresh-token'),
    ticket: derive('ticket'),
    signaling: derive('signaling-token'),
    confirmation: derive('confirmation-token'),
    challenge: derive('passkey-challenge'),
    succession: derive('refresh-token-succession'),
  }
}
