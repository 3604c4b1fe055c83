/**
 * Encrypts stored secrets with AES-256-GCM. The key is derived from `JWT_SECRET` (HKDF, RFC 5869), for one use. The
 * owner's name is additional data, so that a secret that is copied to the row of another owner cannot be opened.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url } from 'jose'

const CIPHER = 'AES-GCM'
const KEY_BYTES = 32
const IV_BYTES = 12
const VERSION = '1'

/** Labels from which keys are derived, by use. */
const LABELS = {
  operatorTotp: 'aileana/operator-totp',
  endpointSecret: 'aileana/endpoint-secret',
} as const

export interface Seal {
  /** @returns `1.<iv>.<ciphertext>`, in base64url */
  seal(secret: Uint8Array<ArrayBuffer>, owner: string): Promise<string>
  /**
   * `isOld`: the previous secret sealed it, so it must be sealed again.
   * @returns `undefined` if no key opens it
   */
  open(
    sealed: string,
    owner: string,
  ): Promise<{ secret: Uint8Array<ArrayBuffer>; isOld: boolean } | undefined>
}

function keyOf(secret: string, label: string): () => Promise<CryptoKey> {
  let imported: Promise<CryptoKey> | undefined
  const bytes = new Uint8Array(
    hkdf(sha256, utf8ToBytes(secret), undefined, utf8ToBytes(label), KEY_BYTES),
  )
  const importKey = () =>
    crypto.subtle.importKey('raw', bytes, CIPHER, false, ['encrypt', 'decrypt'])
  return () => (imported ??= importKey())
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(base64url.decode(text))

const cipherOf = (iv: Uint8Array<ArrayBuffer>, owner: string) => ({
  name: CIPHER,
  iv,
  additionalData: Uint8Array.from(utf8ToBytes(owner)),
})

/** The library throws for a text that the key did not seal. */
async function decrypt(
  key: CryptoKey,
  sealed: string,
  owner: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const [version, iv = '', text = ''] = sealed.split('.')
  if (version !== VERSION) return undefined
  try {
    const cipher = cipherOf(bytesOf(iv), owner)
    return new Uint8Array(await crypto.subtle.decrypt(cipher, key, bytesOf(text)))
  } catch {
    return undefined
  }
}

/**
 * @param secrets the current secret, which seals, then those whose sealed texts are still opened
 * @param newIv fixed by tests only: a repeated value would break the encryption
 */
export function createSeal(
  use: keyof typeof LABELS,
  [secret, ...previous]: readonly [string, ...string[]],
  newIv = () => crypto.getRandomValues(new Uint8Array(IV_BYTES)),
): Seal {
  const label = LABELS[use]
  const current = keyOf(secret, label)
  const keys = [current, ...previous.map((one) => keyOf(one, label))]
  return {
    async seal(bytes, owner) {
      const iv = newIv()
      const cipher = cipherOf(iv, owner)
      const text = new Uint8Array(await crypto.subtle.encrypt(cipher, await current(), bytes))
      return [VERSION, base64url.encode(iv), base64url.encode(text)].join('.')
    },
    async open(sealed, owner) {
      for (const key of keys) {
        const opened = await decrypt(await key(), sealed, owner)
        if (opened) return { secret: opened, isOld: key !== current }
      }
      return undefined
    },
  }
}
