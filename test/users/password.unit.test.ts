import * as crypto from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'

vi.mock('node:crypto', { spy: true })
/** Test files share their modules: this one needs a copy that calls the spy. */
vi.resetModules()
const { hashPassword, UNKNOWN_USER_HASH, verifyPassword } = await import('../../src/users/password')

beforeEach(() => void vi.clearAllMocks())

/** A hash of low cost, so that the test is fast. */
function cheapHash(password: string): string {
  const salt = Buffer.alloc(16, 7)
  const key = crypto.scryptSync(password.normalize('NFKC'), salt, 32, { N: 16, r: 8, p: 1 })
  return ['scrypt', 16, 8, 1, salt.toString('base64'), key.toString('base64')].join('$')
}

describe('a password', () => {
  it.each([
    ['decomposed accents', 'caf\u00e9 caf\u00e9', 'cafe\u0301 cafe\u0301'],
    ['full-width characters', 'secret-1', '\uff53ecret\uff0d1'],
  ])('is the same with %s', (_, written, otherwise) => {
    expect(verifyPassword(otherwise, cheapHash(written))).toBe(true)
    expect(verifyPassword(written, cheapHash(otherwise))).toBe(true)
  })

  it("is hashed with the production parameters, within the platform's limit", () => {
    const [scheme, N, r, p, salt = '', key = ''] = hashPassword('right').split('$')
    expect([scheme, N, r, p]).toEqual(['scrypt', '32768', '8', '3'])
    expect(Number(N) * Number(r) * Number(p)).toBeLessThanOrEqual(2 ** 20)
    expect(atob(salt)).toHaveLength(16)
    expect(atob(key)).toHaveLength(32)
  })

  it('is verified with the parameters of its hash', () => {
    expect(verifyPassword('right', cheapHash('right'))).toBe(true)
    expect(verifyPassword('wrong', cheapHash('right'))).toBe(false)
    expect(vi.mocked(crypto.scryptSync).mock.lastCall?.[3]).toMatchObject({ N: 16, r: 8, p: 1 })
  })

  it.each([
    ['an unknown user', UNKNOWN_USER_HASH],
    ['a scheme of a later release', 'argon2id$v=19$m=19456,t=2,p=1$c2FsdA$a2V5'],
  ])('does not match the hash of %s, and the check costs the same', (_, hash) => {
    expect(verifyPassword('right', hash)).toBe(false)
    const calls = vi.mocked(crypto.scryptSync).mock.calls
    expect(calls.map(([, , , cost]) => cost)).toMatchObject([{ N: 32_768, r: 8, p: 3 }])
  })
})
