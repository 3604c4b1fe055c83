import { describe, expect, it } from 'vitest'
import {
  endOfPrefix,
  readReceiptNumber,
  readSearch,
  spellingsOf,
} from '../../../src/operators/customers/search-text'

const UUID = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const HEX = '0123456789abcdef0123456789abcdef'

describe('a search recognises', () => {
  it.each([
    [' Ada <Ada.Obi@Example.com>', 'email', 'Ada.Obi@Example.com'],
    [UUID.toUpperCase(), 'uuid', UUID],
    [`https://example.com/desk/customers/${UUID}`, 'uuid', UUID],
    [`ail-${HEX.toUpperCase()}_a2`, 'payment', `AIL-${HEX}`],
    ['"mnfy|41|20261125225817|0485270664"', 'payment', 'MNFY|41|20261125225817|0485270664'],
    ['MNFY%7C41%7C20261125225817%7C0485270664', 'payment', 'MNFY|41|20261125225817|0485270664'],
    [`ailr-${HEX}`, 'refund', `AILR-${HEX}`],
    ['2026-000042', 'receipt', '2026-000042'],
    ['２０２６-42', 'receipt', '2026-42'],
    ['Ada', 'name', 'Ada'],
    ['  Ada   Obi ', 'name', 'Ada Obi'],
    ['O\u0323la\u0301', 'name', 'Ọlá'],
    ['Ad', 'nothing', ''],
    ['', 'nothing', ''],
    ['%%', 'nothing', ''],
    ['a'.repeat(101), 'nothing', ''],
  ])('in %j a %s', (text, kind, value) => {
    expect(readSearch(text)).toEqual({ kind, value })
  })

  it.each([
    ['2026-000042', { year: 2026, number: 42 }],
    ['2026-1234567', { year: 2026, number: 1_234_567 }],
    ['26-42', undefined],
    ['Ada', undefined],
  ])('the receipt number %s', (text, number) => {
    expect(readReceiptNumber(text)).toEqual(number)
  })
})

describe('the spellings of a name', () => {
  /** Like `lower()` of SQLite. */
  const lower = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

  it.each([
    ['ada', 'ADA'],
    ['ADA', 'Ada'],
    ['ọlá', 'Ọlá'],
    ['ọlá', 'ỌLÁ'],
    ["o'neil", "O'Neil"],
    ['ṣadé ọlá', 'Ṣadé Ọlá'],
  ])('of %s include that of %s', (typed, stored) => {
    expect(spellingsOf(typed)).toContain(lower(stored))
  })

  it('are at most four', () => {
    expect(spellingsOf('ṣadé ọlá').length).toBeLessThanOrEqual(4)
  })

  it.each(['ada', 'ada obi', 'adaé', 'ada👩'])('the end of a prefix is after %s', (name) => {
    expect(name < endOfPrefix('ada')).toBe(true)
    expect('adb' < endOfPrefix('ada')).toBe(false)
  })
})
