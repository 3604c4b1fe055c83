import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePhone, WRITTEN } from '../../src/calls/phone'

const parse = (text: string, country: 'NG' | 'GB' | 'US' = 'NG') => {
  const result = parsePhone(text, country)
  return result.ok ? result.value : undefined
}

const messageOf = (text: string): string => {
  const result = parsePhone(text, 'NG')
  return result.ok ? '' : result.message
}

describe('a phone number', () => {
  it.each([
    ['+2348031234567', '+2348031234567'],
    ['08031234567', '+2348031234567'],
    ['0803 123 4567', '+2348031234567'],
    ['(0803) 123-4567', '+2348031234567'],
    ['0803/123.4567', '+2348031234567'],
    ['2348031234567', '+2348031234567'],
    ['+44 20 7946 0958', '+442079460958'],
    ['(+234) 803 123 4567', '+2348031234567'],
    ['+234 (0) 803 123 4567', '+2348031234567'],
    ['+ 234 803 123 4567', '+2348031234567'],
    ['+39 (0) 6 69881234', '+390669881234'],
    [' 8131234567', '+2348131234567'],
    ['+8131234567', '+8131234567'],
    [' +8131234567 ', '+8131234567'],
  ])('%s is read as %s if Nigeria is the default country', (text, phone) => {
    expect(parse(text)).toBe(phone)
  })

  it('without a country code belongs to the default country', () => {
    expect(parse('020 7946 0958', 'GB')).toBe('+442079460958')
    expect(parse('08031234567', 'GB')).toBeUndefined()
  })

  const PASTED = {
    blanks:
      '\u0020\u00a0\u1680\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000',
    dashes: '-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d',
    'direction marks': '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
    'invisible characters': '\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff',
    'dots, slashes and brackets': './()\uff08\uff09\uff0e\uff0f',
  }

  it.each(Object.entries(PASTED))('accepts %s between and around its digits', (_, characters) => {
    for (const char of characters) {
      for (const number of ['+2348031234567', '08031234567']) {
        const text = `${char}${number.slice(0, 4)}${char}${number.slice(4)}${char}`
        expect(parse(text), text).toBe('+2348031234567')
        expect(text).toMatch(WRITTEN)
      }
    }
  })

  it('accepts full-width digits and plus', () => {
    const text = '＋２３４８０３１２３４５６７'
    expect(parse(text)).toBe('+2348031234567')
    expect(text).toMatch(WRITTEN)
  })

  it.each([
    ['', 'an empty text'],
    ['112', 'an emergency number'],
    ['+112', 'an emergency number'],
    ['080312345', 'too short'],
    ['+2348031234567890', 'longer than E.164'],
    ['442079460958', "another country's number without plus"],
    ['+9991234567', 'an unknown country code'],
    ['+2348031234567;ext=1', 'an extension'],
    ['08031234567/08051234567', 'two numbers'],
  ])('%s is rejected: %s', (text) => {
    expect(parse(text)).toBeUndefined()
  })

  it.each([
    ['call +2348031234567', '“c” (U+0063, a letter)'],
    ['tel:+2348031234567', '“t” (U+0074, a letter)'],
    ['+234803123456A', '“A” (U+0041, a letter)'],
    ['+2348031234567\n', '(U+000A, a line break)'],
    ['+234803\t1234567', '(U+0009, a control character)'],
    ['٠٨٠٣١٢٣٤٥٦٧', '“٠” (U+0660, a digit of another script)'],
    ['0803123456\u115f', '(U+115F, an invisible character)'],
    ['+234_803_1234567', '“_” (U+005F)'],
    ['+2348031234567\ud800', '(U+D800, an incomplete character)'],
  ])('%j is rejected, and the message names the character', (text, named) => {
    expect(messageOf(text)).toContain(named)
  })

  it.each(['++2348031234567', '0803+1234567', '+234+8031234567', '8031234567+'])(
    '%s is rejected, because + is allowed at the start only',
    (text) => {
      expect(messageOf(text)).toContain('with + at its start only')
    },
  )

  it.each([
    '009447911123456',
    '009 44 7911 123456',
    '0092348031234567',
    '00447911123456',
    '002348031234567',
  ])('%s is rejected because of its exit code', (text) => {
    expect(messageOf(text)).toContain('+ and the country code')
  })

  it('is rejected with an exit code of the default country', () => {
    expect(parse('011 44 7911 123456', 'US')).toBeUndefined()
    expect(parse('00447911123456', 'GB')).toBeUndefined()
  })

  it('reaches the same destination in every spelling', () => {
    const noise = fc.constantFrom('', '', '', ...Array.from(Object.values(PASTED).join('')))
    const numbers = fc.constantFrom('+2348031234567', '08031234567', '+442079460958', '8131234567')
    fc.assert(
      fc.property(numbers, fc.array(noise, { minLength: 15 }), (number, between) => {
        const text = Array.from(number, (char, index) => `${between[index] ?? ''}${char}`).join('')
        return parse(text) === parse(number) && WRITTEN.test(text)
      }),
      { numRuns: 200 },
    )
  })
})
