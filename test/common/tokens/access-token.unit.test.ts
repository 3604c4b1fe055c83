import { describe, expect, it, vi } from 'vitest'
import { createTokens } from '../../../src/common/tokens/access-token'
import { deriveKeys } from '../../../src/common/tokens/signing-keys'

const SECRET = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
const NEW_SECRET = 'hT5nB8vQ2zK7cF1yW4jR9mX3sL6pD0gU8aE5iO2k'
const NOW_MS = Date.parse('2026-03-14T10:00:00Z')
const LIVES = { access: 60_000, refresh: 600_000 }
const caller = { userUuid: 'u', sessionUuid: 's', tokenVersion: 3 }
const refresh = { userUuid: 'u', sessionUuid: 's', tokenId: 't' }
const period = { issuedAtMs: NOW_MS, expiresAtMs: NOW_MS + 60_000 }
const REFUSED = { ok: false, refusal: { code: 'invalid_token' } }

const tokens = createTokens([SECRET], LIVES)

describe('a token', () => {
  it('is valid for its own kind only, until the second of its expiry', async () => {
    const token = await tokens.signAccess(caller, period)
    expect(await tokens.verifyAccess(token, NOW_MS + 59_999)).toEqual({ ok: true, value: caller })
    expect(await tokens.verifyAccess(token, NOW_MS + 60_000)).toEqual(REFUSED)
    expect(await tokens.verifyRefresh(token, NOW_MS)).toEqual(REFUSED)
  })

  it('is accepted by a clock that is up to a minute behind', async () => {
    const token = await tokens.signAccess(caller, period)
    expect((await tokens.verifyAccess(token, NOW_MS - 60_000)).ok).toBe(true)
    expect((await tokens.verifyAccess(token, NOW_MS - 61_000)).ok).toBe(false)
  })

  it('is rejected if its lifetime exceeds the configured one', async () => {
    const token = await createTokens([SECRET], { ...LIVES, access: 61_000 }).signAccess(caller, {
      ...period,
      expiresAtMs: NOW_MS + 61_000,
    })
    expect(await tokens.verifyAccess(token, NOW_MS)).toEqual(REFUSED)
  })

  it('for refresh is the same for the same claims, and determines one successor', async () => {
    const [first, again] = [
      await tokens.signRefresh(refresh, period),
      await tokens.signRefresh(refresh, period),
    ]
    expect(again).toBe(first)
    const verified = await tokens.verifyRefresh(first, NOW_MS)
    expect(verified).toMatchObject({ ok: true, value: refresh })
    const next = await tokens.signRefresh({ ...refresh, tokenId: 'other' }, period)
    const other = await tokens.verifyRefresh(next, NOW_MS)
    const ids = [verified, other].map((result) => result.ok && result.value.successorId)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/)
  })
})

describe('the cache of verified tokens', () => {
  it('holds a thousand tokens and drops the least recently used one first', async () => {
    const fresh = createTokens([SECRET], LIVES)
    const signed = Array.from({ length: 1001 }, () => fresh.signAccess(caller, period))
    const [first = '', second = '', ...others] = await Promise.all(signed)
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const checksOf = async (...asked: string[]) => {
      verify.mockClear()
      for (const token of asked) expect((await fresh.verifyAccess(token, NOW_MS)).ok).toBe(true)
      return verify.mock.calls.length
    }
    expect(await checksOf(first, second, ...others.slice(1))).toBe(1000)
    expect(await checksOf(first, ...others.slice(0, 1))).toBe(1)
    expect(await checksOf(first, ...others)).toBe(0)
    expect(await checksOf(second)).toBe(1)
    verify.mockRestore()
  })
})

describe('a secret', () => {
  it('yields a different key for each purpose, and a key ID that no key contains', () => {
    const { keyId, ...keys } = deriveKeys(SECRET)
    const texts = Object.values(keys).map((key) => Buffer.from(key).toString('hex'))
    expect(new Set(texts).size).toBe(texts.length)
    expect(keyId).toMatch(/^[0-9a-f]{16}$/)
    for (const text of texts) expect(text).not.toContain(keyId)
    expect(deriveKeys(NEW_SECRET).keyId).not.toBe(keyId)
  })

  it('that is replaced still verifies its tokens while it is configured, but signs none', async () => {
    const before = await tokens.signAccess(caller, period)
    const accepting = createTokens([SECRET, NEW_SECRET], LIVES)
    const rotated = createTokens([NEW_SECRET, SECRET], LIVES)
    const after = await rotated.signAccess(caller, period)
    for (const good of [accepting, rotated])
      for (const token of [before, after])
        expect(await good.verifyAccess(token, NOW_MS)).toEqual({ ok: true, value: caller })

    const done = createTokens([NEW_SECRET], LIVES)
    expect((await done.verifyAccess(after, NOW_MS)).ok).toBe(true)
    expect(await done.verifyAccess(before, NOW_MS)).toEqual(REFUSED)
    expect(await tokens.verifyAccess(after, NOW_MS)).toEqual(REFUSED)
  })

  it('that is replaced still determines the successor of its refresh tokens', async () => {
    const token = await tokens.signRefresh(refresh, period)
    const rotated = createTokens([NEW_SECRET, SECRET], LIVES)
    expect(await rotated.verifyRefresh(token, NOW_MS)).toEqual(
      await tokens.verifyRefresh(token, NOW_MS),
    )
  })
})
