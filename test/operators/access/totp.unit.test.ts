import { utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { newSecret, stepOf, uriOf, writtenSecret } from '../../../src/operators/access/log-in/totp'
import { createSeal } from '../../../src/common/tokens/seal'

/** Secret of the vectors of RFC 6238, appendix B. */
const SECRET = utf8ToBytes('12345678901234567890')
const CURRENT = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'
const PREVIOUS = 'another-long-value-of-a-signing-key-0123'
const OPERATOR = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'

describe('a code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i s is that of RFC 6238, appendix B', (seconds, code) => {
    expect(stepOf(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
  })

  it.each([
    [-31_000, undefined],
    [-30_000, 37_037_036],
    [0, 37_037_036],
    [30_000, 37_037_036],
    [58_999, 37_037_036],
    [60_000, undefined],
  ])('is accepted one step early or late: %i ms', (offsetMs, step) => {
    const beginMs = 37_037_036 * 30_000
    expect(stepOf(SECRET, '081804', beginMs + offsetMs)).toBe(step)
  })

  it.each(['', '08180', '0818040', '081805', 'abcdef'])('%j is rejected', (code) => {
    expect(stepOf(SECRET, code, 1_111_111_109_000)).toBeUndefined()
  })
})

describe('a secret', () => {
  it('has 160 random bits', () => {
    expect(newSecret()).toHaveLength(20)
    expect(newSecret()).not.toEqual(newSecret())
  })

  it('is written in base32, and in the URI of authenticator apps', () => {
    expect(writtenSecret(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    expect(uriOf(SECRET, 'ada@example.com')).toBe(
      'otpauth://totp/AIleana%20back%20office:ada%40example.com?issuer=AIleana%20back%20office&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
    )
  })
})

describe('a sealed secret', () => {
  const bytes = Uint8Array.from(SECRET)

  it('is opened for its operator only', async () => {
    const seal = createSeal('operatorTotp', [CURRENT])
    const sealed = await seal.seal(bytes, OPERATOR)
    expect(await seal.open(sealed, OPERATOR)).toEqual({ secret: bytes, isOld: false })
    expect(await seal.open(sealed, crypto.randomUUID())).toBeUndefined()
  })

  it('differs each time, and does not contain the secret', async () => {
    const seal = createSeal('operatorTotp', [CURRENT])
    const sealed = [await seal.seal(bytes, OPERATOR), await seal.seal(bytes, OPERATOR)]
    expect(sealed[0]).not.toBe(sealed[1])
    for (const text of sealed) expect(text).not.toContain(writtenSecret(bytes))
  })

  it('of the previous secret is opened, and marked as old', async () => {
    const sealed = await createSeal('operatorTotp', [PREVIOUS]).seal(bytes, OPERATOR)
    expect(await createSeal('operatorTotp', [CURRENT, PREVIOUS]).open(sealed, OPERATOR)).toEqual({
      secret: bytes,
      isOld: true,
    })
    expect(await createSeal('operatorTotp', [CURRENT]).open(sealed, OPERATOR)).toBeUndefined()
  })

  it('that was changed, or has another form, is not opened', async () => {
    const seal = createSeal('operatorTotp', [CURRENT])
    const sealed = await seal.seal(bytes, OPERATOR)
    const changed = [sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA')]
    for (const text of [...changed, '', '1', '1..', sealed.replace('1.', '2.'), '1.*.*'])
      expect(await seal.open(text, OPERATOR), text).toBeUndefined()
  })
})
