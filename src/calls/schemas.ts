import { z } from '@hono/zod-openapi'
import type { CountryCode } from 'libphonenumber-js/min'
import {
  optionalLine,
  lineField,
  nairaField,
  pageQuery,
  timeField,
  toTime,
  toTimeOrNull,
  uuidField,
} from '../http/fields'
import { toNairaNumber } from '../common/money'
import { CALL_EVENT_TYPES, type CallEvent } from '../wallets/core/call-event'
import { wholeSeconds } from '../wallets/core/metering'
import { CALL_STATUSES, type CallView, END_REASONS, HANG_UP_REASONS } from '../wallets/core/wallet'
import {
  chargeSchema,
  returnedPhoneField,
  returnedTypeField,
  phoneField,
  presentCharge,
  presentRate,
  rateSchema,
  secondsField,
  typeField,
} from './price-schemas'

export const startCallBody = (country: CountryCode) =>
  z
    .strictObject({
      recipient_phone: phoneField(country),
      recipient_name: lineField(100).openapi({
        description: 'What you call whom you call',
        example: 'Ngozi',
      }),
      type: typeField,
    })
    .openapi('NewCall', { description: 'Whom to call' })

export const endCallQuery = z.object({
  reason: z
    .enum(HANG_UP_REASONS, `must be one of ${HANG_UP_REASONS.join(', ')}`)
    .default('hangup')
    .openapi({ description: '`busy` and `declined` are for calls that were not answered' }),
})

export const callQuery = pageQuery.extend({
  status: z
    .enum(CALL_STATUSES, `must be one of ${CALL_STATUSES.join(', ')}`)
    .optional()
    .openapi({ description: 'In this state only', example: 'completed' }),
})

export const callSchema = z
  .strictObject({
    uuid: uuidField,
    recipient_phone: returnedPhoneField,
    recipient_name: optionalLine(100).openapi({
      description: 'What you called whom you called',
      example: 'Ngozi',
    }),
    status: z.enum(CALL_STATUSES).openapi({
      description: 'The first three are open, the others ended',
      example: 'completed',
    }),
    type: returnedTypeField,
    cost: nairaField.openapi({
      description: 'Reserved while the call is open, then charged; in NGN',
      example: 11,
    }),
    started_at: timeField.nullable().openapi({ description: 'When it was answered, if it was' }),
    ended_at: timeField.nullable().openapi({
      description: 'When it ended, if it did',
      example: '2026-03-14T10:16:31.000Z',
    }),
    duration_seconds: secondsField.nullable().openapi({
      description: 'Talked, once it ended',
      example: 61,
    }),
    signaling_url: z.string().max(500).openapi({
      description: 'For the sound of the call, with a ticket; nothing listens there yet',
      format: 'uri',
      example: 'wss://calls.example/signaling/3f0b8c1e?ticket=Zm9v',
    }),
    created_at: timeField.openapi({ example: '2026-03-14T10:15:21.000Z' }),
    end_reason: z.enum(END_REASONS).nullable().openapi({
      description: 'Why it ended; null while it is open',
      example: 'hangup',
    }),
    must_end_by: timeField.nullable().openapi({
      description: 'The last instant that the call may last to; null once it ended',
      example: null,
    }),
    rate_per_minute: nairaField.openapi({ description: 'In NGN', example: 10 }),
    rate: rateSchema,
    charge: chargeSchema.nullable().openapi({
      description:
        'How the cost came about; null while the call is open, and if it was never answered',
    }),
  })
  .openapi('Call', { description: 'A call, open or ended' })

const TICKET = { format: 'jwt', example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' }

export const ticketSchema = z
  .strictObject({
    ticket: z
      .string()
      .max(1000)
      .openapi({ ...TICKET, description: 'Good for one connection' }),
    expires_at: timeField.openapi({ description: 'Until when it can be used' }),
    url: z.string().max(1500).openapi({
      format: 'uri',
      description: 'The address to open as a WebSocket, with the ticket in it',
      example: 'wss://calls.example/calls/3f0b8c1e/events?ticket=eyJhbGci',
    }),
  })
  .openapi('Ticket', { description: 'What opens the socket of a call, once' })

export const ticketQuery = z.object({
  ticket: z
    .string()
    .max(1000)
    .optional()
    .openapi({ ...TICKET, description: 'Of `POST /calls/{uuid}/ticket`; refused without one' }),
})

export const callEventSchema = z
  .strictObject({
    type: z.enum(CALL_EVENT_TYPES).openapi({ description: 'What happened' }),
    at: timeField.openapi({ description: "The server's time; draw the meter from it, not yours" }),
    seconds_left: secondsField.nullable().openapi({
      description: 'Whole seconds to `must_end_by`, rounded down; null once it ended',
      example: 59,
    }),
    call: callSchema,
  })
  .openapi('CallEvent', {
    description: 'One message of the socket: what happened, and the call now',
  })

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

/** The address of a call's events, with the ticket that it asks for. */
export const eventsUrl = (callUuid: string, ticket: string, requestUrl: string): string =>
  socketUrl(`/calls/${callUuid}/events`, ticket, requestUrl)
