/** Schemas of phone numbers, rates, charges and quotes. */
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

/** Phone number as people write it. The handler receives E.164. */
export const phoneField = (country: CountryCode, parse = parsePhone) =>
  parsedField(
    (text) => parse(text, country),
    z.string('must be a string').max(32, 'must have at most 32 characters'),
  ).openapi({
    type: 'string',
    maxLength: 32,
    pattern: WRITTEN.source,
    description: "Phone number: international, or local in the service's country.",
    example: PHONE_EXAMPLE,
  })

export const typeField = z
  .enum(CALL_TYPES, 'must be audio or video')
  .default('audio')
  .openapi({ description: 'Type of the call. Each type has its own price.' })

/** Fields of responses, which accept no other spelling. */
export const returnedTypeField = z
  .enum(CALL_TYPES)
  .openapi({ description: 'Type of the call.', example: 'audio' })

export const returnedPhoneField = z.string().max(16).openapi({
  description: "Recipient's phone number, in E.164.",
  pattern: E164,
  example: PHONE_EXAMPLE,
})

export const secondsField = countField(0, Number.MAX_SAFE_INTEGER)

export const tariffQuery = (country: CountryCode) =>
  z.object({
    phone: phoneField(country, parseQueriedPhone),
    type: typeField,
    seconds: wholeNumberField(0, 86_400, 60).openapi({
      description: 'Call duration for which to calculate `cost`, in seconds.',
    }),
  })

const koboField = countField(0, Number.MAX_SAFE_INTEGER)

export const rateSchema = z
  .strictObject({
    id: z.string().max(101).openapi({
      description: 'Name of the rate within the tariff.',
      pattern: '^.+/.+$',
      example: 'standard/everywhere',
    }),
    version: countField(1).openapi({ description: 'Version of the tariff.', example: 2 }),
    kobo_per_minute: koboField.openapi({ description: 'Price of 60 s, in kobo.', example: 1000 }),
    unit_kobo: koboField.openapi({
      description: 'Rounding unit, in kobo. The cost is rounded up to a multiple of it.',
      example: 100,
    }),
    minimum_seconds: secondsField.openapi({
      description: 'Minimum billed duration, in seconds.',
      example: 1,
    }),
    increment_seconds: secondsField.openapi({
      description: 'Billing increment, in seconds.',
      example: 1,
    }),
    setup_kobo: koboField.openapi({
      description: 'Set-up fee of an answered call, in kobo.',
      example: 0,
    }),
    steps: z.enum(STEPS).openapi({
      description:
        'Rule for increments. `after_minimum`: the minimum, then whole increments. `from_zero` (calls that an earlier version of the service started): whole increments from zero, and at least the minimum.',
      example: 'after_minimum',
    }),
  })
  .openapi('Rate', {
    description: 'Price of a call, in whole kobo. A call keeps the rate with which it was started.',
  })

export const chargeSchema = z
  .strictObject({
    seconds: secondsField.openapi({
      description: 'Duration of the call, in whole seconds.',
      example: 61,
    }),
    billed_seconds: secondsField.openapi({
      description: "Billed duration, in seconds, after the rate's minimum and increments.",
      example: 61,
    }),
    units: countField(0, Number.MAX_SAFE_INTEGER).openapi({
      description: 'Number of units charged, rounded up.',
      example: 11,
    }),
    amount: nairaField.openapi({ description: 'Amount charged, in NGN.', example: 11 }),
    formula: z.string().max(200).openapi({
      description: 'Complete calculation of the amount.',
      pattern: '^ceil\\(.+ NGN$',
      example: 'ceil(61 × 10.00 ÷ (60 × 1.00)) × 1.00 + 0.00 = 11 × 1.00 + 0.00 = 11.00 NGN',
    }),
  })
  .openapi('Charge', { description: 'Calculation of the amount charged for an answered call.' })

export const quoteSchema = z
  .strictObject({
    recipient_phone: returnedPhoneField,
    type: returnedTypeField,
    rate: rateSchema,
    seconds: secondsField.openapi({
      description: 'Call duration to which `cost` applies, in seconds.',
      example: 60,
    }),
    cost: nairaField.openapi({ description: 'Cost of a call of `seconds`, in NGN.', example: 10 }),
    hold: nairaField.openapi({
      description: 'Amount held when the call starts, in NGN.',
      example: 10,
    }),
    balance: nairaField.openapi({ description: 'Amount available now, in NGN.', example: 50 }),
    affordable_seconds: secondsField.openapi({
      description:
        'Longest possible duration, in seconds, if the call were answered now while your open calls continue. Zero if the available amount does not cover the hold, or if a debt is open.',
      example: 300,
    }),
  })
  .openapi('Quote', { description: 'Price of a call, and how long your credit would last.' })

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
 * Returns the calculation of an answered call's charge. Returns null for other calls, and for a charge that
 * a later release calculated by another rule.
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
