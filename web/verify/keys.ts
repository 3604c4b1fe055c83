/** Loads the service's public keys. */
import { type PublicKeys, readKeySet } from '../../src/receipts/core/jws'

/** @throws if the keys cannot be loaded */
export async function loadKeys(): Promise<PublicKeys> {
  const response = await fetch('/.well-known/jwks.json')
  if (!response.ok) throw new Error(`the keys cannot be loaded: ${response.status}`)
  return readKeySet(await response.json()) ?? new Map()
}
