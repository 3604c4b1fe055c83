import { z } from '@hono/zod-openapi'
import type { CountryCode } from 'libphonenumber-js/min'
import {
  lineField,
  nairaField,
  pageQuery,
  timeField,
  toTime,
  toTimeOrNull,
  uuidField,
  wholeNumberField,
} from '../common/fields'
import { formatNaira, toNairaNumber } from '../common/money'
import { CALL_EVENT_TYPES, type CallEvent } from '../wallets/call-event'
import type { Quote } from '../wallets/decide-call'
import { priceOf, type Rate, wholeSeconds } from '../wallets/meter'
import {
  CALL_STATUSES,
  CALL_TYPES,
  type CallView,
  END_REASONS,
  HANG_UP_REASONS,
} from '../wallets/wallet'
import { parsePhone, WRITTEN } from './phone'

const PHONE_EXAMPLE = '+2348031234567'

/** A number as people write it, given on as E.164. */
const phoneField = (country: CountryCode) =>
  z
    .string('must be text')
    .max(32, 'must have at most 32 characters')
    .transform((text, context) => {
      const phone = parsePhone(text, country)
      if (phone !== undefined) return phone
      const message = `must be a phone number such as ${PHONE_EXAMPLE}, or a local one of ${country}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .openapi({ type: 'string', maxLength: 32, pattern: WRITTEN.source, example: PHONE_EXAMPLE })

const typeField = z.enum(CALL_TYPES, 'must be audio or video').default('audio')

export const startCallBody = (country: CountryCode) =>
  z
    .strictObject({
      recipient_phone: phoneField(country),
      recipient_name: lineField(100).openapi({ example: 'Ngozi' }),
      type: typeField,
    })
    .openapi('NewCall')

export const endCallQuery = z.object({
  reason: z
    .enum(HANG_UP_REASONS, `must be one of ${HANG_UP_REASONS.join(', ')}`)
    .default('hangup')
    .openapi({ description: '`busy` and `declined` are for calls that were not answered' }),
})

export const tariffQuery = (country: CountryCode) =>
  z.object({
    /** A `+` that was not percent-encoded arrives as a space. */
    phone: z.preprocess(
      (text) => (typeof text === 'string' ? text.replace(/^ /, '+') : text),
      phoneField(country),
    ),
    type: typeField,
    seconds: wholeNumberField(0, 86_400, 60).openapi({
      description: 'The length of call that `cost` is for',
    }),
  })

export const callQuery = pageQuery.extend({
  status: z.enum(CALL_STATUSES, 'must be a status of a call').optional(),
})

const secondsField = z.int().min(0)

export const rateSchema = z
  .strictObject({
    id: z.string().max(101).openapi({ example: 'standard/everywhere' }),
    version: z.int().min(1).openapi({ example: 1 }),
    per_minute: nairaField.openapi({ example: 10 }),
    unit: nairaField.openapi({ description: 'Costs are rounded up to whole units', example: 1 }),
    minimum_seconds: secondsField.openapi({ description: 'Billed at least', example: 0 }),
    increment_seconds: secondsField.openapi({ description: 'Billed in steps of', example: 1 }),
    setup_fee: nairaField.openapi({ description: 'Once an answered call', example: 0 }),
  })
  .openapi('Rate', { description: 'A price in NGN, frozen into a call when it is started' })

const chargeSchema = z
  .strictObject({
    seconds: secondsField.openapi({ example: 61 }),
    billed_seconds: secondsField.openapi({ example: 61 }),
    units: z.int().min(0).openapi({ example: 11 }),
    amount: nairaField.openapi({ example: 11 }),
    formula: z.string().max(200).openapi({
      example: 'ceil(61 s × 10.00 ÷ (60 × 1.00)) = 11 units × 1.00 + 0.00 = 11.00 NGN',
    }),
  })
  .openapi('Charge', { description: 'How the cost of an answered call came about' })

export const callSchema = z
  .strictObject({
    uuid: uuidField,
    recipient_phone: z.string().max(16).openapi({ example: PHONE_EXAMPLE }),
    recipient_name: z.string().max(100).nullable().openapi({ example: 'Ngozi' }),
    status: z.enum(CALL_STATUSES),
    type: z.enum(CALL_TYPES),
    cost: nairaField.openapi({
      description: 'Reserved while the call is open, then charged; in NGN',
      example: 10,
    }),
    started_at: timeField.nullable(),
    ended_at: timeField.nullable(),
    duration_seconds: z.int().min(0).nullable().openapi({ example: 61 }),
    signaling_url: z
      .string()
      .max(500)
      .openapi({ example: 'wss://calls.example/signaling/3f0b8c1e?ticket=Zm9v' }),
    created_at: timeField,
    end_reason: z.enum(END_REASONS).nullable(),
    must_end_by: timeField
      .nullable()
      .openapi({ description: 'The last instant that the call may last to; null once it ended' }),
    rate_per_minute: nairaField.openapi({ example: 10 }),
    rate: rateSchema,
    charge: chargeSchema
      .nullable()
      .openapi({ description: 'Null while the call is open, and if it was never answered' }),
  })
  .openapi('Call')

export const ticketSchema = z
  .strictObject({
    ticket: z.string().max(1000).openapi({ example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' }),
    expires_at: timeField,
    url: z.string().max(1500).openapi({
      description: 'The address to open as a WebSocket, with the ticket in it',
      example: 'wss://calls.example/calls/3f0b8c1e/events?ticket=eyJhbGci',
    }),
  })
  .openapi('Ticket')

export const ticketQuery = z.object({ ticket: z.string().max(1000).optional() })

export const callEventSchema = z
  .strictObject({
    type: z.enum(CALL_EVENT_TYPES),
    at: timeField.openapi({ description: "The server's time; draw the meter from it, not yours" }),
    seconds_left: secondsField
      .nullable()
      .openapi({ description: 'Whole seconds to `must_end_by`; null once it ended', example: 59 }),
    call: callSchema,
  })
  .openapi('CallEvent', {
    description: 'One message of the socket: what happened, and the call now',
  })

export const quoteSchema = z
  .strictObject({
    recipient_phone: z.string().max(16).openapi({ example: PHONE_EXAMPLE }),
    type: z.enum(CALL_TYPES),
    rate: rateSchema,
    seconds: secondsField.openapi({ example: 60 }),
    cost: nairaField.openapi({ description: 'Of a call of `seconds`, in NGN', example: 10 }),
    hold: nairaField.openapi({ description: 'Set aside when the call is started', example: 10 }),
    balance: nairaField.openapi({ description: 'What can be spent now', example: 50 }),
    affordable_seconds: secondsField.openapi({
      description:
        'How long the call could last, answered now beside your open calls; 0 if the hold cannot be paid',
      example: 300,
    }),
  })
  .openapi('Quote')

const secondsOf = ({ startedAtMs, endedAtMs }: CallView): number | null => {
  if (endedAtMs === null) return null
  return startedAtMs === null ? 0 : wholeSeconds(startedAtMs, endedAtMs)
}

/** A WebSocket's address on the host that was asked: `wss://` where that is `https://`. */
function socketUrl(path: string, ticket: string, requestUrl: string): string {
  const url = new URL(path, requestUrl.replace(/^http/, 'ws'))
  url.searchParams.set('ticket', ticket)
  return url.href
}

const presentRate = (rate: Rate): z.infer<typeof rateSchema> => ({
  id: rate.id,
  version: rate.version,
  per_minute: toNairaNumber(rate.koboPerMinute),
  unit: toNairaNumber(rate.unitKobo),
  minimum_seconds: rate.minimumSeconds,
  increment_seconds: rate.incrementSeconds,
  setup_fee: toNairaNumber(rate.setupKobo),
})

/** The calculation of an answered call's charge, so that anybody can do it again. */
function presentCharge(call: CallView): z.infer<typeof chargeSchema> | null {
  const { rate, startedAtMs, endedAtMs } = call
  if (startedAtMs === null || endedAtMs === null) return null
  const seconds = wholeSeconds(startedAtMs, endedAtMs)
  const { billedSeconds, units, costKobo } = priceOf(rate, seconds)
  const [perMinute, unit] = [formatNaira(rate.koboPerMinute), formatNaira(rate.unitKobo)]
  const steps = [
    `ceil(${billedSeconds} s × ${perMinute} ÷ (60 × ${unit}))`,
    `${units} units × ${unit} + ${formatNaira(rate.setupKobo)}`,
    `${formatNaira(costKobo)} NGN`,
  ]
  return {
    seconds,
    billed_seconds: billedSeconds,
    units,
    amount: toNairaNumber(costKobo),
    formula: steps.join(' = '),
  }
}

export const presentCall = (call: CallView, requestUrl: string): z.infer<typeof callSchema> => ({
  uuid: call.uuid,
  recipient_phone: call.recipientPhone,
  recipient_name: call.recipientName,
  status: call.status,
  type: call.type,
  cost: toNairaNumber(call.costKobo),
  started_at: toTimeOrNull(call.startedAtMs),
  ended_at: toTimeOrNull(call.endedAtMs),
  duration_seconds: secondsOf(call),
  signaling_url: socketUrl(`/signaling/${call.uuid}`, call.ticket, requestUrl),
  created_at: toTime(call.createdAtMs),
  end_reason: call.endReason,
  must_end_by: toTimeOrNull(call.mustEndByMs),
  rate_per_minute: toNairaNumber(call.rate.koboPerMinute),
  rate: presentRate(call.rate),
  charge: presentCharge(call),
})

export const presentEvent = (
  { type, atMs, call }: CallEvent,
  requestUrl: string,
): z.infer<typeof callEventSchema> => ({
  type,
  at: toTime(atMs),
  seconds_left: call.mustEndByMs === null ? null : wholeSeconds(atMs, call.mustEndByMs),
  call: presentCall(call, requestUrl),
})

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

/** The address of a call's events, with the ticket that it asks for. */
export const eventsUrl = (callUuid: string, ticket: string, requestUrl: string): string =>
  socketUrl(`/calls/${callUuid}/events`, ticket, requestUrl)
