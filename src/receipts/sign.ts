/** Signs receipts and statements, and publishes the keys that verify them. */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { encodeBase64url, keyIdOf, signingInput } from './core/jws'
import { pkcs8Of } from './core/keys'

const SEED_BYTES = 32

/** Public key of a JWKS (RFC 7517, RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

export interface Signature {
  readonly keyId: string
  /** In base64url. */
  readonly signature: string
}

export interface Signer {
  /** Reports whether there is a key to sign with. */
  readonly canSign: boolean
  /** @throws without a key */
  sign(payload: string): Promise<Signature>
  /** The signing key first, then the previous ones. */
  publicKeys(): Promise<PublicJwk[]>
}

/** Seed for development, which needs no further setting. */
export const developmentSeed = (secret: string): Uint8Array =>
  hkdf(sha256, utf8ToBytes(secret), undefined, utf8ToBytes('aileana/receipt-key'), SEED_BYTES)

const publicJwk = (x: string): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x,
  kid: keyIdOf(x),
  alg: 'EdDSA',
  use: 'sig',
})

/** Imports a seed. The key is extractable, because its public part is exported. */
async function importSeed(seed: Uint8Array): Promise<{ key: CryptoKey; x: string }> {
  const key = await crypto.subtle.importKey('pkcs8', pkcs8Of(seed), 'Ed25519', true, ['sign'])
  const jwk = (await crypto.subtle.exportKey('jwk', key)) as { x?: string }
  if (jwk.x === undefined) throw new Error('an Ed25519 key has no public part')
  return { key, x: jwk.x }
}

/**
 * @param seed private key; without it, nothing is signed
 * @param previous `x` of earlier public keys, whose signatures stay valid
 */
export function createSigner(seed: Uint8Array | undefined, previous: readonly string[]): Signer {
  let imported: ReturnType<typeof importSeed> | undefined
  const current = () => seed && (imported ??= importSeed(seed))
  return {
    canSign: seed !== undefined,
    async sign(payload) {
      const pair = await current()
      if (!pair) throw new Error('RECEIPT_KEY is not set')
      const keyId = keyIdOf(pair.x)
      const input = utf8ToBytes(signingInput(keyId, payload))
      const signature = await crypto.subtle.sign('Ed25519', pair.key, new Uint8Array(input))
      return { keyId, signature: encodeBase64url(new Uint8Array(signature)) }
    },
    async publicKeys() {
      const pair = await current()
      const own = pair ? [pair.x] : []
      return [...new Set([...own, ...previous])].map(publicJwk)
    },
  }
}

/** Compact JWS of a stored document. */
export const compactJws = (payload: string, { keyId, signature }: Signature): string =>
  `${signingInput(keyId, payload)}.${signature}`
