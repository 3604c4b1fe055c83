/** Verifies API keys at the streams of their owners. D1 is not read. */
import { createLRU } from 'lru.min'
import type { StreamOf } from '../events/object/client'
import { type KeyVerifier, keyHashOf, ownerOfKey } from './key'

export interface VerifyDeps {
  readonly streamOf: StreamOf
  readonly now: () => number
}

/** Period for which a verified key counts for its owner's quota. */
const KNOWN_MS = 5 * 60_000
const KEYS_KNOWN = 1000

interface KnownKey {
  readonly userUuid: string
  readonly sessionUuid: string
  readonly untilMs: number
}

export function createKeyVerifier({ streamOf, now }: VerifyDeps): KeyVerifier {
  /** By hash. */
  const known = createLRU<string, KnownKey>({ max: KEYS_KNOWN })
  return {
    /** A mistyped key costs no request. Each other costs one to its owner's object, which stores nothing new. */
    async verifyKey(key) {
      const owner = ownerOfKey(key)
      if (owner === undefined) return undefined
      const hash = keyHashOf(key)
      const holder = await streamOf(owner).useKey(hash)
      if (!holder) {
        known.delete(hash)
        return undefined
      }
      const { keyUuid: sessionUuid } = holder
      known.set(hash, { userUuid: owner, sessionUuid, untilMs: now() + KNOWN_MS })
      return { ...holder, owner }
    },
    holderOfKey(key) {
      const held = known.get(keyHashOf(key))
      return held && held.untilMs > now() ? held : undefined
    },
  }
}
