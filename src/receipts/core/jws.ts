/**
 * Signatures as compact JWS (RFC 7515) with Ed25519 (RFC 8037). Only canonical base64url is accepted: another text that
 * decodes to the same bytes is rejected. Pure but for WebCrypto.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'

const BASE64URL = /^[\w-]*$/

export function encodeBase64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Returns `undefined` for text that is not the canonical base64url of its bytes. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64URL.test(text) || text.length % 4 === 1) return undefined
  const decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(decoded, (character) => character.charCodeAt(0))
  return encodeBase64url(bytes) === text ? bytes : undefined
}

/** @param x public key, 32 bytes in base64url. @returns its thumbprint (RFC 7638), which is its ID */
export const keyIdOf = (x: string): string =>
  encodeBase64url(sha256(utf8ToBytes(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`)))

const headerOf = (keyId: string): string =>
  encodeBase64url(utf8ToBytes(JSON.stringify({ alg: 'EdDSA', kid: keyId })))

/** Text that is signed, and that precedes the signature in the JWS. */
export const signingInput = (keyId: string, payload: string): string =>
  `${headerOf(keyId)}.${encodeBase64url(utf8ToBytes(payload))}`

export interface Jws {
  readonly keyId: string
  readonly payload: string
  readonly input: string
  readonly signature: Uint8Array<ArrayBuffer>
}

/** Public keys by their computed thumbprints. The IDs in a key set are ignored. */
export type PublicKeys = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

const PUBLIC_KEY_BYTES = 32

/** Reads the Ed25519 keys of a JWKS (RFC 7517); `undefined` if the value is no JWKS. */
export function readKeySet(value: unknown): PublicKeys | undefined {
  const { keys } = Object(value) as { keys?: unknown }
  if (!Array.isArray(keys)) return undefined
  const known = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const key of keys) {
    const { kty, crv, x } = Object(key) as Record<string, unknown>
    const bytes = typeof x === 'string' ? decodeBase64url(x) : undefined
    if (kty === 'OKP' && crv === 'Ed25519' && bytes?.length === PUBLIC_KEY_BYTES)
      known.set(keyIdOf(String(x)), bytes)
  }
  return known
}

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Parses a JWS. Its header must be exactly the one that the service writes, so it cannot contain a key. */
export function readJws(text: string): Jws | undefined {
  const [header = '', payload = '', signature = '', ...rest] = text.split('.')
  const [headerBytes, payloadBytes, signatureBytes] = [header, payload, signature].map(
    decodeBase64url,
  )
  if (rest.length > 0 || !headerBytes || !payloadBytes || !signatureBytes) return undefined
  const keyId = /^\{"alg":"EdDSA","kid":"([\w-]{43})"\}$/.exec(textOf(headerBytes) ?? '')?.[1]
  const content = textOf(payloadBytes)
  if (keyId === undefined || content === undefined) return undefined
  return { keyId, payload: content, input: `${header}.${payload}`, signature: signatureBytes }
}

/** @throws if the platform has no Ed25519 */
export async function isSignedBy(jws: Jws, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, jws.signature, utf8ToBytes(jws.input))
}
