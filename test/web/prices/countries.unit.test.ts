import { describe, expect, it } from 'vitest'
import { findCountries, withNames } from '../../../web/prices/countries'

const rate = (country: string, calling_code: string) => ({
  country,
  calling_code,
  audio_from: 10,
  video_from: null,
})
const COUNTRIES = withNames([
  rate('NG', '234'),
  rate('NE', '227'),
  rate('CI', '225'),
  rate('US', '1'),
  rate('CA', '1'),
  rate('AX', '358'),
])

const found = (text: string) => findCountries(COUNTRIES, text).map(({ country }) => country)

describe('a search for a country', () => {
  it.each([
    ['', ['AX', 'CA', 'CI', 'NE', 'NG', 'US']],
    ['nig', ['NE', 'NG']],
    ['  NIGERIA ', ['NG']],
    ['cote', ['CI']],
    ["d'ivoire", ['CI']],
    ['aland', ['AX']],
    ['us', ['US']],
    ['+234', ['NG']],
    ['00234', ['NG']],
    ['1', ['CA', 'US']],
    ['+', []],
    ['xyz', []],
  ])('%s finds %s', (text, countries) => {
    expect(found(text).toSorted()).toEqual(countries)
  })

  it('lists countries by name', () => {
    expect(found('')).toEqual(['AX', 'CA', 'CI', 'NE', 'NG', 'US'])
  })
})
