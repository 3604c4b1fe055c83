/** What a call is to, and what it costs, as it stands on the wire: numbers, rates, charges, quotes. */
import { z } from '@hono/zod-openapi'
import type { CountryCode } from 'libphonenumber-js/min'
import { countField, E164, nairaField, parsedField, wholeNumberField } from '../http/fields'
import { formatNaira, toNairaNumber } from '../common/money'
import type { Quote } from '../wallets/core/call-commands'
import {
  isPriced,
  priceOf,
  type Rate,
  STEPS,
  stepsOf,
  wholeSeconds,
} from '../wallets/core/metering'
import { CALL_TYPES, type CallView } from '../wallets/core/wallet'
import { parsePhone, parseQueriedPhone, WRITTEN } from './phone'

export const PHONE_EXAMPLE = '+2348031234567'

/** A number as people write it, given on as E.164. */
export const phoneField = (country: CountryCode, parse = parsePhone) =>
  parsedField(
    (text) => parse(text, country),
    z.string('must be text').max(32, 'must have at most 32 characters'),
  ).openapi({
    type: 'string',
    maxLength: 32,
    pattern: WRITTEN.source,
    description: "International, or a local number of the service's country",
    example: PHONE_EXAMPLE,
  })

export const typeField = z
  .enum(CALL_TYPES, 'must be audio or video')
  .default('audio')
  .openapi({ description: 'What the call is made of; it has its own price' })

/** Such a type, and a number, as they leave. */
export const returnedTypeField = z
  .enum(CALL_TYPES)
  .openapi({ description: 'What the call is made of', example: 'audio' })

export const returnedPhoneField = z.string().max(16).openapi({
  description: 'Whom it is to, in E.164',
  pattern: E164,
  example: PHONE_EXAMPLE,
})

export const secondsField = countField(0, Number.MAX_SAFE_INTEGER)

export const tariffQuery = (country: CountryCode) =>
  z.object({
    phone: phoneField(country, parseQueriedPhone),
    type: typeField,
    seconds: wholeNumberField(0, 86_400, 60).openapi({
      description: 'The length of call that `cost` is for',
    }),
  })

const koboField = countField(0, Number.MAX_SAFE_INTEGER)

export const rateSchema = z
  .strictObject({
    id: z.string().max(101).openapi({
      description: 'Its name in the tariff',
      pattern: '^.+/.+$',
      example: 'standard/everywhere',
    }),
    version: countField(1).openapi({ description: 'Version of the tariff.', example: 2 }),
    kobo_per_minute: koboField.openapi({ description: 'The price of 60 s', example: 1000 }),
    unit_kobo: koboField.openapi({
      description: 'Costs are rounded up to whole units',
      example: 100,
    }),
    minimum_seconds: secondsField.openapi({ description: 'Billed at least', example: 1 }),
    increment_seconds: secondsField.openapi({ description: 'Billed in steps of', example: 1 }),
    setup_kobo: koboField.openapi({ description: 'Once an answered call', example: 0 }),
    steps: z.enum(STEPS).openapi({
      description:
        'Start of the increments. `after_minimum`: the minimum is billed, then whole increments. `from_zero`, in calls that an earlier version started: whole increments are billed, and at least the minimum.',
      example: 'after_minimum',
    }),
  })
  .openapi('Rate', {
    description:
      'A price in whole kobo, exact to calculate with; frozen into a call when it is started',
  })

export const chargeSchema = z
  .strictObject({
    seconds: secondsField.openapi({ description: 'Talked, in whole seconds', example: 61 }),
    billed_seconds: secondsField.openapi({
      description: 'By the minimum and the increment of the rate',
      example: 61,
    }),
    units: countField(0, Number.MAX_SAFE_INTEGER).openapi({
      description: 'Whole units of the rate, rounded up',
      example: 11,
    }),
    amount: nairaField.openapi({ description: 'What was charged, in NGN', example: 11 }),
    formula: z.string().max(200).openapi({
      description: 'The calculation, to do again by hand',
      pattern: '^ceil\\(.+ NGN$',
      example: 'ceil(61 × 10.00 ÷ (60 × 1.00)) × 1.00 + 0.00 = 11 × 1.00 + 0.00 = 11.00 NGN',
    }),
  })
  .openapi('Charge', { description: 'How the cost of an answered call came about' })

export const quoteSchema = z
  .strictObject({
    recipient_phone: returnedPhoneField,
    type: returnedTypeField,
    rate: rateSchema,
    seconds: secondsField.openapi({ description: 'The length that `cost` is for', example: 60 }),
    cost: nairaField.openapi({ description: 'Of a call of `seconds`, in NGN', example: 10 }),
    hold: nairaField.openapi({ description: 'Set aside when the call is started', example: 10 }),
    balance: nairaField.openapi({ description: 'What can be spent now', example: 50 }),
    affordable_seconds: secondsField.openapi({
      description:
        'How long the call could last, answered now beside your open calls; 0 if the hold cannot be paid',
      example: 300,
    }),
  })
  .openapi('Quote', { description: 'What a call would cost, and how long your credit would last' })

export const presentRate = (rate: Rate): z.infer<typeof rateSchema> => ({
  id: rate.id,
  version: rate.version,
  kobo_per_minute: rate.koboPerMinute,
  unit_kobo: rate.unitKobo,
  minimum_seconds: rate.minimumSeconds,
  increment_seconds: rate.incrementSeconds,
  setup_kobo: rate.setupKobo,
  steps: stepsOf(rate),
})

/**
 * The calculation of an answered call's charge, so that anybody can do it again. None for a charge that a
 * later release has calculated in another way.
 */
export function presentCharge(
  call: Pick<CallView, 'rate' | 'startedAtMs' | 'endedAtMs' | 'chargeKobo'>,
): z.infer<typeof chargeSchema> | null {
  const { rate, startedAtMs, endedAtMs } = call
  if (startedAtMs === null || endedAtMs === null || !isPriced(rate)) return null
  const seconds = wholeSeconds(startedAtMs, endedAtMs)
  const { billedSeconds, units, costKobo } = priceOf(rate, seconds)
  if (costKobo !== call.chargeKobo) return null
  const [perMinute, unit, setup, cost] = [
    rate.koboPerMinute,
    rate.unitKobo,
    rate.setupKobo,
    costKobo,
  ].map(formatNaira)
  const steps = [
    `ceil(${billedSeconds} × ${perMinute} ÷ (60 × ${unit})) × ${unit} + ${setup}`,
    `${units} × ${unit} + ${setup}`,
    `${cost} NGN`,
  ]
  return {
    seconds,
    billed_seconds: billedSeconds,
    units,
    amount: toNairaNumber(costKobo),
    formula: steps.join(' = '),
  }
}

export const presentQuote = (
  destination: { phone: string; type: z.infer<typeof typeField>; seconds: number },
  { rate, holdKobo, availableKobo, affordableSeconds }: Quote & { rate: Rate },
): z.infer<typeof quoteSchema> => ({
  recipient_phone: destination.phone,
  type: destination.type,
  rate: presentRate(rate),
  seconds: destination.seconds,
  cost: toNairaNumber(priceOf(rate, destination.seconds).costKobo),
  hold: toNairaNumber(holdKobo),
  balance: toNairaNumber(availableKobo),
  affordable_seconds: affordableSeconds,
})
