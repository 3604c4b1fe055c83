import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createTokens } from '../../src/common/access-token'

const SECRET = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
const NOW_MS = Date.parse('2026-03-14T10:00:00Z')
const claims = { userUuid: 'u', sessionUuid: 's', tokenId: 't' }
const tokens = createTokens(SECRET, { access: 60_000, refresh: 600_000 })

const forge = (change: (jwt: SignJWT) => SignJWT, secret = SECRET, header: object = {}) =>
  change(
    new SignJWT({ sid: 's' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
      .setIssuer('aileana')
      .setAudience('aileana:access')
      .setSubject('u')
      .setJti('t')
      .setIssuedAt(NOW_MS / 1000)
      .setExpirationTime(NOW_MS / 1000 + 60),
  ).sign(new TextEncoder().encode(secret))

describe('a token', () => {
  it('is good for its kind until its end, to the second', async () => {
    const token = await tokens.sign('access', claims, NOW_MS)
    expect(await tokens.verify('access', token, NOW_MS + 59_999)).toEqual({
      ok: true,
      value: claims,
    })
    expect((await tokens.verify('access', token, NOW_MS + 60_000)).ok).toBe(false)
    expect((await tokens.verify('refresh', token, NOW_MS)).ok).toBe(false)
  })

  it('made as ours are is accepted, so that the forgeries below fail for their one fault', async () => {
    expect((await tokens.verify('access', await forge((jwt) => jwt), NOW_MS)).ok).toBe(true)
  })

  it.each<[string, () => Promise<string>]>([
    ['another secret', () => forge((jwt) => jwt, 'x'.repeat(40))],
    ['another algorithm', () => forge((jwt) => jwt, SECRET.repeat(2), { alg: 'HS512' })],
    ['another typ', () => forge((jwt) => jwt, SECRET, { typ: 'JWT' })],
    ['another issuer', () => forge((jwt) => jwt.setIssuer('other'))],
    ['another audience', () => forge((jwt) => jwt.setAudience('aileana:refresh'))],
    ['a start in the future', () => forge((jwt) => jwt.setNotBefore(NOW_MS / 1000 + 10))],
    ['an end in the past', () => forge((jwt) => jwt.setExpirationTime(NOW_MS / 1000 - 1))],
  ])('with %s is refused', async (_, forged) => {
    expect(await tokens.verify('access', await forged(), NOW_MS)).toEqual({
      ok: false,
      refusal: { code: 'invalid_token' },
    })
  })
})
