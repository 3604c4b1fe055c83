/**
 * Monnify's webhook signature: lower-case hex of HMAC-SHA512, keyed by the client secret, over the
 * exact bytes of the body. (The prose of its documentation says otherwise; its sample says this.)
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

/** Whether a header has the form of a signature, which costs no reading of the body. */
export const isSignature = (header: string): boolean => /^[0-9a-f]{128}$/.test(header)

/** Compares in constant time; anything but 128 lower-case hex digits is no signature. */
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

export async function signBody(secret: string, body: Uint8Array): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', await importKey(secret, 'sign'), body)
  return bytesToHex(new Uint8Array(mac))
}
