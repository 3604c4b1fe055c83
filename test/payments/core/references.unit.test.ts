import { describe, expect, it } from 'vitest'
import {
  attemptOf,
  attemptReference,
  isOurs,
  newReference,
  ownReference,
  parseReference,
} from '../../../src/payments/core/references'

const HEX = '0123456789abcdef0123456789abcdef'
const OWN = `AIL-${HEX}`

describe('the reference of an attempt', () => {
  it.each([
    [0, OWN],
    [1, `${OWN}_a1`],
    [999_999, `${OWN}_a999999`],
  ])('%i contains its payment and its number', (attempt, reference) => {
    expect(attemptReference({ reference: newReference(HEX), attempt })).toBe(reference)
    expect(ownReference(reference)).toBe(OWN)
    expect(attemptOf(reference)).toBe(attempt)
    expect(isOurs(reference)).toBe(true)
  })

  it.each(['_a0', '_a01', '_a1000000', '_a1x', '_b1', 'a1'])('does not end with %s', (suffix) => {
    expect(ownReference(OWN + suffix)).toBe(OWN + suffix)
    expect(attemptOf(OWN + suffix)).toBe(0)
  })
})

describe('isOurs', () => {
  it.each(['MNFY|20|2026', `X${OWN}`, `ail-${HEX}`, ''])('is false for %j', (reference) => {
    expect(isOurs(reference)).toBe(false)
  })
})

describe('parseReference', () => {
  it.each([
    [OWN, OWN],
    [OWN.toUpperCase(), OWN],
    [`ail-${HEX.toUpperCase()}_A12345`, `${OWN}_a12345`],
    [` ${OWN}\u200e`, OWN],
    [`x${OWN.toUpperCase()}`, `x${OWN.toUpperCase()}`],
    [`${OWN.toUpperCase()}x`, `${OWN.toUpperCase()}x`],
    [`ail-${HEX}_a0`, `ail-${HEX}_a0`],
    ['m'.repeat(64), 'm'.repeat(64)],
  ])('reads %j as %j', (text, reference) => {
    expect(parseReference(text)).toEqual({ ok: true, value: reference })
  })

  it.each([
    ['', 'must not be empty'],
    [' \u200e', 'must not be empty'],
    ['m'.repeat(65), 'must have at most 64 characters'],
    ['a\u0007b', 'must not have (U+0007'],
    ['a\u2028b', 'must not have (U+2028'],
    ['a\ud800b', 'must not have (U+D800'],
  ])('rejects %j: %s', (text, message) => {
    expect(parseReference(text)).toMatchObject({
      ok: false,
      message: expect.stringContaining(message),
    })
  })
})
