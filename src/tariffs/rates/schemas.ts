/** Schemas of the public rates. */
import { z } from '@hono/zod-openapi'
import type { CountryCode } from 'libphonenumber-js/min'
import { parseQueriedPhone } from '../../calls/phone'
import {
  phoneField,
  presentRate,
  rateSchema,
  returnedPhoneField,
  returnedTypeField,
  secondsField,
  typeField,
} from '../../calls/price-schemas'
import { kobo, type Kobo, parseNaira, toNairaNumber } from '../../common/money'
import { parsed, type Parsed, unparsed } from '../../common/text/parsed'
import { countField, nairaField, pageQuery, parsedField, timeField } from '../../http/fields'
import { openingHoldKobo, type Rate } from '../../wallets/core/metering'
import { CALL_TYPES, type CallType } from '../../wallets/core/wallet'
import type { CountryPrices } from '../core/countries'
import type { Row } from '../core/row'
import { toTimeOrNull } from '../../common/text/time'

/** Most items of a response: all countries, or a page of prefixes. */
const MAX_COUNTRIES = 300
const MAX_PREFIXES = 100
const MAX_AMOUNT_KOBO = 9_999_999_999

const countryParameter = z
  .string('must be a country in two capital letters, such as NG')
  .regex(/^[A-Z]{2}$/, 'must be a country in two capital letters, such as NG')
  .optional()
  .openapi({
    type: 'string',
    maxLength: 2,
    pattern: '^[A-Z]{2}$',
    description:
      'Country by its ISO 3166 code. Returns its prefixes too; nothing for a code without a country.',
    example: 'NG',
  })

export const ratesQuery = pageQuery.pick({ limit: true, cursor: true }).extend({
  country: countryParameter,
})

function parseAmount(text: string): Parsed<Kobo> {
  const amount = parseNaira(text)
  return amount !== undefined && amount > 0 && amount <= MAX_AMOUNT_KOBO
    ? parsed(amount)
    : unparsed('must be an amount in NGN, with at most two decimal places')
}

export const minutesQuery = (country: CountryCode) =>
  z.object({
    amount: parsedField(parseAmount, z.string('must be an amount in NGN').max(20)).openapi({
      type: 'string',
      maxLength: 20,
      pattern: '^\\d{1,8}(\\.\\d{1,2})?$',
      description: 'Amount in NGN, with at most two decimal places.',
      example: '500',
    }),
    phone: phoneField(country, parseQueriedPhone),
    type: typeField,
  })

const countryField = z.string().max(2).openapi({
  description: 'ISO 3166 code of the country.',
  pattern: '^[A-Z]{2}$',
  example: 'NG',
})

const fromField = (type: string) =>
  nairaField.nullable().openapi({
    description: `Lowest price of a minute of ${type} to the country, in NGN; null if no call is allowed.`,
    example: 10,
  })

const countrySchema = z
  .strictObject({
    country: countryField,
    calling_code: z.string().max(3).openapi({
      description: 'Calling code, without `+`. Countries may share one.',
      pattern: '^[1-9]\\d{0,2}$',
      example: '234',
    }),
    audio_from: fromField('audio'),
    video_from: fromField('video'),
  })
  .openapi('CountryRate', { description: 'Lowest prices of calls to a country.' })

const prefixSchema = z
  .strictObject({
    prefix: z.string().max(16).openapi({
      description: 'Start of the phone numbers. The longest matching prefix applies.',
      pattern: '^\\+\\d{0,15}$',
      example: '+234803',
    }),
    type: z.enum(CALL_TYPES).nullable().openapi({
      description: 'Type of the calls; null for all types without a price of their own.',
      example: null,
    }),
    per_minute: nairaField.nullable().openapi({
      description: 'Price of 60 s, in NGN; null if calls are not allowed.',
      example: 10,
    }),
    unit: nairaField.openapi({ description: 'Rounding unit, in NGN.', example: 1 }),
    minimum_seconds: secondsField.openapi({
      description: 'Minimum billed duration, in seconds.',
      example: 1,
    }),
    increment_seconds: secondsField.openapi({
      description: 'Billing increment, in seconds.',
      example: 1,
    }),
    setup: nairaField.openapi({
      description: 'Set-up fee of an answered call, in NGN.',
      example: 0,
    }),
  })
  .openapi('PrefixRate', { description: 'Price of calls to the numbers with a prefix.' })

export const ratesSchema = z
  .strictObject({
    version: countField(1).openapi({ description: 'Version of the tariff.', example: 2 }),
    valid_until: timeField.nullable().openapi({
      description: 'Time at which the next version takes effect; null if none is known.',
      example: null,
    }),
    countries: z.array(countrySchema).max(MAX_COUNTRIES).openapi({
      description: 'All countries, or the selected one.',
    }),
    prefixes: z.array(prefixSchema).max(MAX_PREFIXES).openapi({
      description: 'Page of the prefixes of the selected country, in order; otherwise empty.',
    }),
  })
  .openapi('Rates', { description: 'Prices of calls that start now.' })

export const minutesSchema = z
  .strictObject({
    recipient_phone: returnedPhoneField,
    type: returnedTypeField,
    amount: nairaField.openapi({ description: 'Amount, in NGN.', example: 500 }),
    seconds: secondsField.openapi({
      description:
        'Whole seconds of one call that the amount pays for, at most a year. Zero if it does not cover `hold`.',
      example: 3000,
    }),
    minutes: secondsField.openapi({ description: 'Whole minutes of `seconds`.', example: 50 }),
    hold: nairaField.openapi({
      description: 'Amount that a call needs to start, in NGN.',
      example: 10,
    }),
    rate: rateSchema,
  })
  .openapi('Minutes', { description: 'Duration of a call that an amount pays for.' })

export type Rates = z.infer<typeof ratesSchema>
export type Minutes = z.infer<typeof minutesSchema>

const nairaOrNull = (amount: number | undefined): number | null =>
  amount === undefined ? null : toNairaNumber(kobo(amount))

const presentCountry = ({
  country,
  callingCode,
  fromKobo,
}: CountryPrices): z.infer<typeof countrySchema> => ({
  country,
  calling_code: callingCode,
  audio_from: nairaOrNull(fromKobo.audio),
  video_from: nairaOrNull(fromKobo.video),
})

const presentPrefix = (row: Row): z.infer<typeof prefixSchema> => ({
  prefix: row.prefix,
  type: row.type ?? null,
  per_minute: nairaOrNull(row.kobo_per_minute),
  unit: toNairaNumber(kobo(row.unit_kobo)),
  minimum_seconds: row.minimum_seconds,
  increment_seconds: row.increment_seconds,
  setup: toNairaNumber(kobo(row.setup_kobo)),
})

export const presentRates = (found: {
  readonly version: number
  readonly nextChangeMs: number | undefined
  readonly countries: readonly CountryPrices[]
  readonly rows: readonly Row[]
}): Rates => ({
  version: found.version,
  valid_until: toTimeOrNull(found.nextChangeMs ?? null),
  countries: found.countries.map(presentCountry),
  prefixes: found.rows.map(presentPrefix),
})

export const presentMinutes = (
  destination: { readonly phone: string; readonly type: CallType; readonly amount: Kobo },
  rate: Rate,
  seconds: number,
): Minutes => ({
  recipient_phone: destination.phone,
  type: destination.type,
  amount: toNairaNumber(destination.amount),
  seconds,
  minutes: Math.floor(seconds / 60),
  hold: toNairaNumber(openingHoldKobo(rate)),
  rate: presentRate(rate),
})
