import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EMAIL, parseEmail } from '../../../src/common/text/email'
import { lineField } from '../../../src/http/fields'
import type { Parsed } from '../../../src/common/text/parsed'
import { withPlusEncoded } from '../../../src/http/input/query-plus'
import { parseDate, parseTime } from '../../../src/common/text/time'
import { parseUuid } from '../../../src/common/text/uuid'
import { parseReference } from '../../../src/payments/core/references'

const outcomeOf = <T>(result: Parsed<T>): T | string => (result.ok ? result.value : result.message)

describe('a time', () => {
  it.each([
    ['2026-03-14T10:15:30Z', '2026-03-14T10:15:30.000Z'],
    ['2026-03-14t10:15:30z', '2026-03-14T10:15:30.000Z'],
    ['2026-03-14T10:15:30.1239Z', '2026-03-14T10:15:30.123Z'],
    ['2026-11-25T00:00:00+01:00', '2026-11-24T23:00:00.000Z'],
    ['2026-11-25T00:00:00-00:00', '2026-11-25T00:00:00.000Z'],
    ['2026-11-25T00:00:00\u221201:00', '2026-11-25T01:00:00.000Z'],
    ['2026\u201103\u201114T10:15:30Z', '2026-03-14T10:15:30.000Z'],
    ['\u200e2026-03-14T10:15:30Z\u00a0', '2026-03-14T10:15:30.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%j is read as %s', (text, time) => {
    expect(outcomeOf(parseTime(text))).toBe(Date.parse(time))
  })

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
  ])('%s is rejected, because the date does not exist', (text) => {
    expect(outcomeOf(parseTime(text))).toBe('must be a date that exists')
  })

  it.each([
    '',
    'now',
    '2026-03-14',
    '2026-03-14T10:15:30',
    '2026-03-14T10:15Z',
    '2026-03-14 10:15:30Z',
    '2026-03-14T24:00:00Z',
    '2026-03-14T10:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-03-14T10:15:30+24:00',
    '2026-03-14T10:15:30+0100',
    '2026-03-14T10:15:30.Z',
    '+012026-03-14T10:15:30Z',
    '1773483330',
  ])('%j is rejected with an example', (text) => {
    expect(outcomeOf(parseTime(text))).toBe('must be a time such as 2026-03-14T10:15:30Z')
  })

  it('whose plus became a space is rejected with an explanation', () => {
    expect(outcomeOf(parseTime('2026-11-25T00:00:00 01:00'))).toContain('%2B01:00')
  })
})

describe('a date', () => {
  it.each([
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    [' 2026\u20132\u200b'.replace('\u20132', '\u201302\u201328'), Date.UTC(2026, 1, 28)],
    ['2026-02-30', 'must be a date that exists'],
    ['2026-13-01', 'must be a date that exists'],
    ['2026-3-1', 'must be a date such as 2026-03-14'],
    ['01.03.2026', 'must be a date such as 2026-03-14'],
    ['2026-03-01T00:00:00Z', 'must be a date such as 2026-03-14'],
    ['yesterday', 'must be a date such as 2026-03-14'],
  ])('%j is read as %j', (text, outcome) => {
    expect(outcomeOf(parseDate(text))).toBe(outcome)
  })
})

describe('a UUID', () => {
  const UUID = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'

  it.each([UUID, UUID.toUpperCase(), ` ${UUID} `, `\u200e${UUID.replaceAll('-', '\u2011')}`])(
    '%j is read in lower case',
    (text) => {
      expect(outcomeOf(parseUuid(text))).toBe(UUID)
    },
  )

  it.each(['', 'x', `${UUID}0`, UUID.replaceAll('-', ''), `{${UUID}}`, UUID.replace('-4', '-0')])(
    '%j is rejected',
    (text) => {
      expect(outcomeOf(parseUuid(text))).toBe('must be a UUID')
    },
  )

  it('is accepted exactly when zod accepts it', () => {
    for (const text of [UUID, 'x', UUID.replace('-4', '-0'), UUID.replace('-9', '-c')])
      expect(parseUuid(text).ok).toBe(z.uuid().safeParse(text).success)
  })
})

describe('an e-mail address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    [' Ada@Example.com\u00a0', 'Ada@Example.com'],
    ['\u202aada@example.com\u202c', 'ada@example.com'],
    ['ada\u200b@example.com', 'ada@example.com'],
    ['ada\u2011obi@example.com', 'ada-obi@example.com'],
    ['ada＠example.com', 'ada@example.com'],
  ])('%j is read as %s', (text, address) => {
    expect(outcomeOf(parseEmail(text))).toBe(address)
  })

  it.each([
    ['ada', 'must be an e-mail address'],
    ['ada@example', 'must be an e-mail address'],
    ['ada@obi@example.com', 'must be an e-mail address'],
    ['a da@example.com', 'without (U+0020, a space)'],
    ['ädä@example.com', 'without “ä” (U+00E4, a letter)'],
    ['ada@exаmple.com', 'without “а” (U+0430, a letter)'],
    [`${'a'.repeat(250)}@b.co`, 'must have at most 254 characters'],
  ])('%j is rejected: %s', (text, message) => {
    expect(outcomeOf(parseEmail(text))).toContain(message)
  })

  it("has zod's pattern", () => {
    expect(EMAIL.source.replaceAll('\\-', '-')).toBe(z.regexes.email.source.replaceAll('\\-', '-'))
  })
})

describe('a payment reference', () => {
  const HEX = '3f0b8c1e6f645e0a9b1c2f4f8f3f7a55'

  it.each([
    [`AIL-${HEX}_a1`, `AIL-${HEX}_a1`],
    [`ail-${HEX.toUpperCase()}_A12`, `AIL-${HEX}_a12`],
    [` AIL-${HEX}\u00a0`, `AIL-${HEX}`],
    [`AIL\u2011${HEX}_a1`, `AIL-${HEX}_a1`],
    ['MNFY|41|20260314101530|000812', 'MNFY|41|20260314101530|000812'],
    ['Ord_7Q2M_a1', 'Ord_7Q2M_a1'],
    ['AIL-x', 'AIL-x'],
    ['', 'must not be empty'],
    ['a\u0000b', 'must not have (U+0000, a control character)'],
    ['x'.repeat(65), 'must have at most 64 characters'],
  ])('%j is read as %s', (text, outcome) => {
    expect(outcomeOf(parseReference(text))).toBe(outcome)
  })
})

describe('a line of text for people', () => {
  const parse = (text: unknown) => {
    const result = lineField(5).safeParse(text)
    return result.success ? result.data : (result.error.issues[0]?.message ?? '')
  }

  it.each([
    ['Ada', 'Ada'],
    [' Ada\u00a0', 'Ada'],
    ['\u202aAda\u202c', 'Ada'],
    ['A\u200ed\u200fa', 'Ada'],
    ['A\u061cd\u200ba\u00ad\u2060\ufeff', 'Ada'],
    ['\u202eadA\u2066\u2069', 'adA'],
    ['👩\u200d🚀', '👩\u200d🚀'],
    ['می\u200cخ', 'می\u200cخ'],
    ['Ọ̀ṣun', 'Ọ̀ṣun'],
    ['', null],
    [null, null],
    ['\u200b', null],
    ['\u200d\u200c', null],
    ['\u2800 \u3164', null],
    ['\ufe0f\u034f', null],
  ])('%j is accepted as %j', (text, kept) => {
    expect(parse(text)).toBe(kept)
  })

  it.each([
    ['a\tb', 'must not have (U+0009, a control character)'],
    ['a\u0085b', 'must not have (U+0085, a control character)'],
    ['a\nb', 'must not have (U+000A, a line break)'],
    ['a\u2028b', 'must not have (U+2028, a line break)'],
    ['a\ud800', 'must be well-formed Unicode'],
    ['abcdef', 'must have at most 5 characters'],
  ])('%j is rejected: %s', (text, message) => {
    expect(parse(text)).toBe(message)
  })
})

describe('an unencoded plus in a query', () => {
  it.each([
    ['https://a/tariff?phone=+234', 'https://a/tariff?phone=%E2%81%A4234'],
    ['https://a/tariff?phone=%2B234+803', 'https://a/tariff?phone=%2B234%20803'],
    ['https://a/b?to=T00:00:00+01:00&x=1', 'https://a/b?to=T00:00:00%2B01:00&x=1'],
    ['https://a/b?to=T00%3A00%3A00+01%3A00', 'https://a/b?to=T00%3A00%3A00%2B01%3A00'],
    ['https://a/tariff?phone=%20234', 'https://a/tariff?phone=%20234'],
    ['https://a/b+c?x=1', 'https://a/b+c?x=1'],
    ['https://a/b', 'https://a/b'],
    ['https://a/b?x=+&y=1+2?+', 'https://a/b?x=%E2%81%A4&y=1%202?%20'],
  ])('%s becomes %s', (url, kept) => {
    expect(withPlusEncoded(url)).toBe(kept)
  })
})
