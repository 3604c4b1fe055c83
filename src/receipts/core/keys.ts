/** Formats of the keys in settings. Pure. */
import { decodeBase64url } from './jws.ts'

/** A PKCS #8 Ed25519 key (RFC 8410) is this prefix and the 32 bytes of the seed. */
const PKCS8_PREFIX = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32)
const KEY_BYTES = 32
const BASE64 = /^[A-Za-z\d+/]+={0,2}$/

export const pkcs8Of = (seed: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...PKCS8_PREFIX, ...seed])

/**
 * Reads the output of `openssl genpkey -algorithm ed25519`, as PEM or as DER in base64.
 * @returns the seed, or `undefined` for another text
 */
export function readPrivateKey(text: string): Uint8Array | undefined {
  const base64 = text.replaceAll(/-----[A-Z ]+-----|\s/g, '')
  if (!BASE64.test(base64) || base64.length % 4 !== 0) return undefined
  const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const isEd25519 =
    der.length === PKCS8_PREFIX.length + KEY_BYTES &&
    PKCS8_PREFIX.every((byte, index) => der[index] === byte)
  return isEd25519 ? der.slice(PKCS8_PREFIX.length) : undefined
}

/** Reports whether a text is the `x` of an Ed25519 key in a JWKS. */
export const isPublicKey = (x: string): boolean => decodeBase64url(x)?.length === KEY_BYTES
