import { describe, expect, it } from 'vitest'
import { canonicalCode, codeOf, hashCode, newCode } from '../../../src/auth/passkeys/codes'
import { methodsFor } from '../../../src/auth/passkeys/confirm'
import {
  arePasskeyOrigins,
  LOCAL_PARTY,
  relyingPartyOf,
} from '../../../src/auth/webauthn/relying-party'

describe('a recovery code', () => {
  it('has 80 bits in groups of four, without letters that look like digits', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, index) => index * 2)
    expect(codeOf(bytes)).toBe('0246-8ACE-GJMP-RTWY')
    expect(codeOf(new Uint8Array(16).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ')
    expect(newCode()).not.toBe(newCode())
  })

  it.each([
    ['0246-8ace-gjmp-rtwy', '02468ACEGJMPRTWY'],
    [' 0246 8ACE\tGJMP RTWY ', '02468ACEGJMPRTWY'],
    ['O246-8ACE-GJMP-RTWY', '02468ACEGJMPRTWY'],
    ['il1I', '1111'],
  ])('typed as %j is %s', (typed, canonical) => {
    expect(canonicalCode(typed)).toBe(canonical)
    expect(hashCode(typed)).toBe(hashCode(canonical))
  })
})

it.each([
  [0, 0, true, ['password']],
  [0, 0, false, ['password']],
  [0, 3, true, ['password']],
  [1, 0, true, ['passkey']],
  [1, 3, true, ['passkey', 'recovery_code']],
  [1, 3, false, ['recovery_code']],
  [2, 0, false, []],
])('with %i passkeys, %i codes, and origins %s, the methods are %j', (...row) => {
  const [passkeys, codes, isConfigured, methods] = row
  expect(methodsFor(passkeys, codes, isConfigured)).toEqual(methods)
})

describe('the origins of passkeys', () => {
  it.each([
    [[], true],
    [['https://example.com'], true],
    [['https://example.com', 'https://app.example.com:8443'], true],
    [['http://localhost:8787', 'http://app.localhost'], true],
    [['https://app.example.com', 'https://example.com'], false],
    [['https://example.com', 'https://evilexample.com'], false],
    [['http://example.com'], false],
    [['https://127.0.0.1'], false],
    [['https://[::1]'], false],
  ])('%j: %s', (origins, areGood) => {
    expect(arePasskeyOrigins(origins)).toBe(areGood)
  })

  it('are exact, and the host of the first is the ID', () => {
    const party = relyingPartyOf(['https://example.com', 'https://app.example.com'])
    expect(party?.id).toBe('example.com')
    for (const [origin, isAllowed] of [
      ['https://app.example.com', true],
      ['https://example.com', true],
      ['http://example.com', false],
      ['https://example.com:8443', false],
      ['https://other.example.com', false],
      ['', false],
    ] as const)
      expect(party?.allowsOrigin(origin), origin).toBe(isAllowed)
    expect(relyingPartyOf([])).toBeUndefined()
  })

  it('are any port of localhost in development', () => {
    for (const [origin, isAllowed] of [
      ['http://localhost:8787', true],
      ['http://127.0.0.1:8787', false],
      ['http://localhost.evil.example', false],
      ['localhost', false],
    ] as const)
      expect(LOCAL_PARTY.allowsOrigin(origin), origin).toBe(isAllowed)
  })
})
