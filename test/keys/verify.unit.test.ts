import { beforeEach, describe, expect, it } from 'vitest'
import type { StreamOf } from '../../src/events/object/client'
import type { KeyHolder } from '../../src/events/core/stream'
import { keyHashOf, newKey } from '../../src/keys/key'
import { createKeyVerifier } from '../../src/keys/verify'

const USER = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const KEY = newKey(USER)
const HOLDER: KeyHolder = { keyUuid: 'a key', scopes: ['calls:read'], tokenVersion: 3 }
const KNOWN_MS = 5 * 60_000

let nowMs = 0
let asked: string[] = []
const keys = new Map<string, KeyHolder>()

const streamOf = ((owner: string) => ({
  useKey: async (hash: string) => {
    asked.push(`${owner} ${hash}`)
    return keys.get(hash) ?? null
  },
})) as unknown as StreamOf

const verifier = () => createKeyVerifier({ streamOf, now: () => nowMs })

beforeEach(() => {
  nowMs = 1000
  asked = []
  keys.clear()
  keys.set(keyHashOf(KEY), HOLDER)
})

describe('a key', () => {
  it("is verified by its hash at its owner's stream", async () => {
    expect(await verifier().verifyKey(KEY)).toEqual({ ...HOLDER, owner: USER })
    expect(asked).toEqual([`${USER} ${keyHashOf(KEY)}`])
  })

  it('with a wrong checksum costs no request to an object', async () => {
    const mistyped = KEY.slice(0, -1) + (KEY.endsWith('A') ? 'B' : 'A')
    expect(await verifier().verifyKey(mistyped)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('is verified for each request, so that a revoked one is rejected at once', async () => {
    const { verifyKey } = verifier()
    expect(await verifyKey(KEY)).toBeDefined()
    keys.clear()
    expect(await verifyKey(KEY)).toBeUndefined()
    expect(asked).toHaveLength(2)
  })
})

describe("the holder of a key, whose quota counts the key's requests", () => {
  it('is known after the key was verified, for five minutes', async () => {
    const { verifyKey, holderOfKey } = verifier()
    expect(holderOfKey(KEY)).toBeUndefined()
    await verifyKey(KEY)
    nowMs += KNOWN_MS - 1
    expect(holderOfKey(KEY)).toMatchObject({ userUuid: USER, sessionUuid: 'a key' })
    nowMs += 1
    expect(holderOfKey(KEY)).toBeUndefined()
  })

  it('is not known for a forged key of the same user', async () => {
    const { verifyKey, holderOfKey } = verifier()
    await verifyKey(KEY)
    const forged = newKey(USER)
    expect(await verifyKey(forged)).toBeUndefined()
    expect(holderOfKey(forged)).toBeUndefined()
  })

  it('is forgotten when the key is rejected', async () => {
    const { verifyKey, holderOfKey } = verifier()
    await verifyKey(KEY)
    keys.clear()
    await verifyKey(KEY)
    expect(holderOfKey(KEY)).toBeUndefined()
  })
})
