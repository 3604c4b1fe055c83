import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min'
import { describe, expect, it } from 'vitest'
import { parsePhone } from '../../../src/calls/phone'
import { DESTINATIONS, findDestinations, placeOf } from '../../../web/console/destinations'

const names = (query: string) => findDestinations(query, 5).map(({ name }) => name)

describe('the destinations of the rate search', () => {
  it('have every country of libphonenumber, with its calling code', () => {
    const codes = DESTINATIONS.map(({ country, code }) => `${country} ${code}`)
    const expected = getCountries().map(
      (country) => `${country} +${getCountryCallingCode(country)}`,
    )
    expect(codes.toSorted()).toEqual(expected.toSorted())
  })

  it.each(DESTINATIONS)('have a number for $name that a call accepts', ({ example }) => {
    expect(parsePhone(example, 'NG')).toEqual({ ok: true, value: example })
    expect(parsePhoneNumberFromString(example)?.isValid()).toBe(true)
  })
})

describe('the rate search', () => {
  it.each([
    ['ghana', ['Ghana']],
    ['niger', ['Niger', 'Nigeria']],
    ['cote', ['Côte d’Ivoire']],
    ['+234', ['Nigeria']],
    ['+234 803 123', ['Nigeria']],
    ['nowhere', []],
    ['  ', []],
  ])('of "%s" finds %j', (query, expected) => {
    expect(names(query)).toEqual(expected)
  })

  it('finds the two letters of a country before parts of names', () => {
    expect(names('NG')[0]).toBe('Nigeria')
    expect(names('NG')).toContain('Angola')
  })

  it('finds countries while a code is typed', () => {
    const codes = findDestinations('+23', 50).map(({ code }) => code)
    expect(codes).toContain('+234')
    expect(codes.every((code) => code.startsWith('+23'))).toBe(true)
  })
})

describe('the place of a number', () => {
  it.each([
    ['+2348031234567', 'Nigeria'],
    ['+233231234567', 'Ghana'],
    ['+14155550123', '+1 numbers'],
    ['+9990', '+9990'],
  ])('%s is "%s"', (phone, place) => {
    expect(placeOf(phone)).toBe(place)
  })
})
