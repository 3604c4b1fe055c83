/**
 * Monnify's webhook signature: HMAC-SHA512 of the body's exact bytes, keyed by the client secret, in
 * lower-case hex. The sample in Monnify's documentation shows this; the text there says otherwise.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

export const SIGNATURE_HEADER = 'monnify-signature'

const importKey = (secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-512' },
    false,
    [use],
  )

/** Reports whether a header has the form of a signature: a cheap check before the body is read. */
export const isSignature = (header: string): boolean => /^[0-9a-f]{128}$/.test(header)

/** Compares in constant time. Rejects a signature that is not 128 lower-case hex digits. */
export async function verifySignature(
  secret: string,
  body: Uint8Array,
  signature: string,
): Promise<boolean> {
  if (!isSignature(signature)) return false
  return crypto.subtle.verify(
    'HMAC',
    await importKey(secret, 'verify'),
    hexToBytes(signature),
    body,
  )
}

/** Reports whether the signature is valid with one of the keys. */
export async function isSignedByAny(
  secrets: readonly string[],
  body: Uint8Array,
  signature: string,
): Promise<boolean> {
  for (const secret of secrets) if (await verifySignature(secret, body, signature)) return true
  return false
}

export async function signBody(secret: string, body: Uint8Array): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', await importKey(secret, 'sign'), body)
  return bytesToHex(new Uint8Array(mac))
}
