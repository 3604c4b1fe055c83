import { describe, expect, it } from 'vitest'
import { rateFor, readTariff } from '../../src/tariffs/tariff'
import { costKobo } from '../../src/wallets/core/metering'
import { valueOf } from '../support/result'

const price = (kobo: number) => ({ kobo_per_minute: kobo })
const tariffOf = (...rates: object[]) => ({ id: 'retail', version: 3, rates })
const messageOf = (configured: unknown): string => {
  try {
    readTariff(configured)
  } catch (error) {
    return String(error)
  }
  return 'accepted'
}

describe('the standard tariff', () => {
  it.each(['+2348031234567', '+442079460958', '+14155550123'])(
    'charges ten naira a minute to %s, for audio and video',
    (phone) => {
      for (const type of ['audio', 'video'] as const) {
        const rate = valueOf(rateFor(readTariff(undefined), phone, type))
        expect(rate).toMatchObject({ id: 'standard/everywhere', version: 2 })
        expect(costKobo(rate, 60)).toBe(1000)
      }
    },
  )
})

describe('a destination of the standard tariff', () => {
  const tariff = readTariff(undefined)

  it.each([
    ['Inmarsat', '+870773123456'],
    ['the maritime mobile service', '+875123456789'],
    ['personal numbering', '+878101234567890'],
    ['satellite phones', '+881612345678'],
    ['international networks', '+88213123456'],
    ['international networks', '+883510012345'],
    ['disaster relief', '+888123456789'],
    ['international premium rate', '+979123456789'],
    ['international shared cost', '+80812345678'],
    ['international freephone', '+80012345678'],
    ['trials', '+991001234567'],
    ['Ascension', '+24762889'],
    ['Diego Garcia', '+2463701234'],
    ['Saint Helena', '+29022158'],
    ['North American premium rate', '+19002345678'],
    ['British premium rate', '+449012345678'],
    ['British personal numbers', '+447012345678'],
    ['British revenue share', '+448712345678'],
    ['French premium rate', '+33892123456'],
    ['Italian premium rate', '+39899123456'],
    ['German premium rate', '+499001234567'],
    ['Australian premium rate', '+611900123456'],
  ])('refuses %s (%s)', (_, phone) => {
    for (const type of ['audio', 'video'] as const)
      expect(rateFor(tariff, phone, type)).toEqual({
        ok: false,
        refusal: { code: 'destination_not_allowed' },
      })
  })

  it.each([
    ['+2348031234567', 'Nigeria'],
    ['+23470098765432', 'a Nigerian number that begins like a premium one elsewhere'],
    ['+447911123456', 'a British mobile'],
    ['+448001111111', 'British freephone'],
    ['+390612345678', 'Rome'],
    ['+33612345678', 'a French mobile'],
    ['+819012345678', 'a Japanese mobile'],
    ['+8613812345678', 'a Chinese mobile'],
    ['+97142345678', 'Dubai'],
    ['+24101234567', 'Gabon, whose code begins like that of an island'],
  ])('has a price for %s, %s', (phone) => {
    expect(valueOf(rateFor(tariff, phone, 'audio')).koboPerMinute).toBe(1000)
  })

  it('charges one unit for an answered call of less than a second', () => {
    const rate = valueOf(rateFor(tariff, '+2348031234567', 'audio'))
    expect([0, 1, 6, 7, 60, 61].map((seconds) => costKobo(rate, seconds))).toEqual([
      100, 100, 100, 200, 1000, 1100,
    ])
  })

  it('does not add a minimum or forbidden destinations to configured rows', () => {
    const configured = readTariff(tariffOf({ id: 'all', prefix: '+', ...price(1000) }))
    for (const phone of ['+2348031234567', '+881612345678', '+979123456789'])
      expect(valueOf(rateFor(configured, phone, 'audio')).minimumSeconds).toBe(0)
  })
})

describe('a prefix', () => {
  it.each(['+2340', '+2340803', '+440', '+44020', '+4902', '+330', '+2540', '+910'])(
    '%s with a national trunk zero is rejected by name',
    (prefix) => {
      const rows = [
        { id: 'all', prefix: '+', ...price(1) },
        { id: 'zero', prefix, ...price(1) },
      ]
      expect(messageOf(tariffOf(...rows))).toContain('row 2 (zero): prefix never matches')
    },
  )

  it.each([
    '+3906',
    '+390',
    '+22507',
    '+22901',
    '+24206',
    '+3780549',
    '+870',
    '+80',
    '+1900',
    '+49900',
    '+5980004',
    '+2',
  ])('%s, whose zero belongs to the number, is accepted', (prefix) => {
    expect(messageOf(tariffOf({ id: 'a', prefix, ...price(1) }))).toBe('accepted')
  })
})

describe('a rate', () => {
  const tariff = readTariff(
    JSON.stringify(
      tariffOf(
        { id: 'nigeria', prefix: '+234', ...price(1000) },
        { id: 'nigeria-video', prefix: '+234', type: 'video', ...price(1800) },
        { id: 'mtn', prefix: '+234803', ...price(900) },
        { id: 'uk', prefix: '+44', setup_kobo: 250, unit_kobo: 1, ...price(2550) },
        { id: 'uk-premium', prefix: '+449', forbidden: true },
        { id: 'satellite', prefix: '+870', type: 'video', forbidden: true },
        { id: 'satellite-voice', prefix: '+87', type: 'audio', ...price(90_000) },
      ),
    ),
  )

  it.each([
    ['+2348091234567', 'audio', 'retail/nigeria'],
    ['+2348091234567', 'video', 'retail/nigeria-video'],
    ['+2348031234567', 'audio', 'retail/mtn'],
    ['+2348031234567', 'video', 'retail/mtn'],
    ['+442079460958', 'audio', 'retail/uk'],
    ['+870773123456', 'audio', 'retail/satellite-voice'],
  ] as const)('to %s by %s is %s: the longest prefix, then the type', (phone, type, id) => {
    expect(valueOf(rateFor(tariff, phone, type))).toMatchObject({ id, version: 3 })
  })

  it.each([
    ['that the tariff forbids', '+449012345678', 'audio'],
    ['that it forbids for this type', '+870773123456', 'video'],
    ['that no row covers', '+14155550123', 'audio'],
  ] as const)('to a destination %s is refused', (_, phone, type) => {
    expect(rateFor(tariff, phone, type)).toEqual({
      ok: false,
      refusal: { code: 'destination_not_allowed' },
    })
  })

  it('has every figure of its row, exactly', () => {
    expect(valueOf(rateFor(tariff, '+442079460958', 'audio'))).toEqual({
      id: 'retail/uk',
      version: 3,
      koboPerMinute: 2550,
      unitKobo: 1,
      minimumSeconds: 0,
      incrementSeconds: 1,
      setupKobo: 250,
      steps: 'after_minimum',
    })
  })
})

describe('an invalid tariff stops the start and names the row', () => {
  const good = { id: 'a', prefix: '+', ...price(1000) }
  it.each([
    ['not JSON', '{', 'is not valid JSON'],
    ['JSON in quotes', `'${JSON.stringify(tariffOf(good))}'`, 'quotation mark'],
    ['JSON as a JSON string', JSON.stringify(JSON.stringify(tariffOf(good))), 'quotation mark'],
    ['an array', '[]', 'must be an object'],
    ['false', 'false', 'must be an object'],
    ['zero', '0', 'must be an object'],
    ['a prefix that begins with 0', tariffOf({ ...good, prefix: '+0803' }), 'row 1 (a): prefix'],
    ['no rows', tariffOf(), 'rates must have at least one row'],
    ['no version', { id: 'a', rates: [good] }, 'version'],
    [
      'a prefix without plus',
      tariffOf(good, { id: 'b', prefix: '234', ...price(1) }),
      'row 2 (b): prefix',
    ],
    [
      'a fraction of a kobo',
      tariffOf({ ...good, kobo_per_minute: 10.5 }),
      'row 1 (a): kobo_per_minute',
    ],
    ['a negative price', tariffOf({ ...good, kobo_per_minute: -1 }), 'row 1 (a): kobo_per_minute'],
    ['a price as text', tariffOf({ ...good, kobo_per_minute: '1000' }), 'row 1 (a)'],
    ['a unit of zero', tariffOf({ ...good, unit_kobo: 0 }), 'row 1 (a): unit_kobo'],
    ['an increment of zero', tariffOf({ ...good, increment_seconds: 0 }), 'row 1 (a): increment'],
    ['no price', tariffOf({ id: 'b', prefix: '+' }), 'row 1 (b): kobo_per_minute must be given'],
    [
      'a price of a forbidden destination',
      tariffOf({ ...good, forbidden: true }),
      'row 1 (a): kobo_per_minute',
    ],
    [
      'an unknown field',
      tariffOf({ ...good, kobo_per_hour: 1 }),
      'row 1 (a): has an unknown field: kobo_per_hour',
    ],
    ['an unknown type', tariffOf({ ...good, type: 'fax' }), 'row 1 (a): type'],
    ['a row without an id', tariffOf({ prefix: '+', ...price(1) }), 'row 1: id'],
    [
      'a repeated id',
      tariffOf(good, { ...good, prefix: '+1' }),
      'row 2 (a): has the same id as row 1',
    ],
    [
      'a repeated destination',
      tariffOf(good, { ...good, id: 'b' }),
      'row 2 (b): has the same prefix and type as row 1 (a)',
    ],
  ])('%s', (_, configured, message) => {
    expect(messageOf(configured)).toContain('cannot start with this TARIFF')
    expect(messageOf(configured)).toContain(message)
  })
})
