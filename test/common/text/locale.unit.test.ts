import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localeOf, parseTimeZone, timesIn, writeDate } from '../../../src/common/text/locale'

describe('a time zone', () => {
  it.each([
    ['Africa/Lagos', 'Africa/Lagos'],
    ['africa/lagos', 'Africa/Lagos'],
    [' UTC ', 'UTC'],
  ])('%j is read', (text, expected) => {
    expect(parseTimeZone(text)).toEqual({ ok: true, value: expected })
  })

  it.each(['', 'Lagos', 'Africa/Nowhere', '+01:00', 'a'.repeat(65), 'Africa/Lagos; x'])(
    '%j is rejected',
    (text) => {
      expect(parseTimeZone(text)).toMatchObject({ ok: false })
    },
  )
})

describe('a locale', () => {
  it.each([
    [null, null, { language: 'en', timeZone: 'UTC' }],
    ['fr', 'Africa/Lagos', { language: 'fr', timeZone: 'Africa/Lagos' }],
    ['of_a_later_release', 'Mars/Olympus', { language: 'en', timeZone: 'UTC' }],
  ])('of an account with %j and %j has values that are known', (language, timeZone, expected) => {
    expect(localeOf({ language, timeZone })).toEqual(expected)
  })
})

describe('times in a time zone', () => {
  const MS = Date.UTC(2026, 2, 14, 23, 30, 5, 7)

  it.each([
    ['UTC', '2026-03-14T23:30:05.007Z'],
    ['Africa/Lagos', '2026-03-15T00:30:05.007+01:00'],
    ['Asia/Kathmandu', '2026-03-15T05:15:05.007+05:45'],
    ['America/St_Johns', '2026-03-14T21:00:05.007-02:30'],
    ['Europe/London', '2026-03-14T23:30:05.007+00:00'],
  ])('of %s have its offset', (timeZone, expected) => {
    expect(timesIn(timeZone)(MS)).toBe(expected)
  })

  it('are the same instants', () => {
    const zone = fc.constantFrom('UTC', 'Africa/Lagos', 'America/New_York', 'Australia/Lord_Howe')
    const ms = fc.integer({ min: Date.UTC(1980, 0), max: Date.UTC(2200, 0) })
    fc.assert(
      fc.property(zone, ms, (timeZone, atMs) => {
        expect(Date.parse(timesIn(timeZone)(atMs))).toBe(atMs)
      }),
    )
  })
})

it.each([
  ['en', '15 March 2026'],
  ['fr', '15 mars 2026'],
] as const)('a date in %s is the day in the time zone', (language, expected) => {
  const ms = Date.UTC(2026, 2, 14, 23, 30)
  expect(writeDate(ms, { language, timeZone: 'Africa/Lagos' })).toBe(expected)
})
