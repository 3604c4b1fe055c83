import { z } from '@hono/zod-openapi'
import type { CountryCode } from 'libphonenumber-js/min'
import {
  optionalLine,
  lineField,
  nairaField,
  pageQuery,
  timeField,
  uuidField,
} from '../http/fields'
import { toNairaNumber } from '../common/money'
import { CALL_EVENT_TYPES, type CallEvent } from '../wallets/core/call-event'
import { durationSeconds, wholeSeconds } from '../wallets/core/metering'
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
import { toTime, toTimeOrNull } from '../common/text/time'

/** Placeholder for an erased number. It matches the pattern of a number, which clients rely on, and no phone has it. */
const BLANKED_PHONE = '+0'

export const startCallBody = (country: CountryCode) =>
  z
    .strictObject({
      recipient_phone: phoneField(country),
      recipient_name: lineField(100).openapi({
        description: 'Display name of the recipient.',
        example: 'Ngozi',
      }),
      type: typeField,
    })
    .openapi('NewCall', { description: 'Recipient and type of the new call.' })

export const endCallQuery = z.object({
  reason: z
    .enum(HANG_UP_REASONS, `must be one of ${HANG_UP_REASONS.join(', ')}`)
    .default('hangup')
    .openapi({
      description:
        'Reason for the end. `busy` and `declined` apply only to calls that were not answered.',
    }),
})

export const callQuery = pageQuery.extend({
  status: z
    .enum(CALL_STATUSES, `must be one of ${CALL_STATUSES.join(', ')}`)
    .optional()
    .openapi({ description: 'Return only calls with this status.', example: 'completed' }),
})

export const callSchema = z
  .strictObject({
    uuid: uuidField,
    recipient_phone: returnedPhoneField.openapi({
      description: `Recipient's phone number, in E.164; \`${BLANKED_PHONE}\` once it was erased because of its age.`,
    }),
    recipient_name: optionalLine(100).openapi({
      description: 'Display name of the recipient; null if none was given.',
      example: 'Ngozi',
    }),
    status: z.enum(CALL_STATUSES).openapi({
      description:
        'Status of the call. `initiated`, `ringing` and `answered` are open; the others have ended.',
      example: 'completed',
    }),
    type: returnedTypeField,
    cost: nairaField.openapi({
      description: 'Amount held while the call is open, or charged after it ended, in NGN.',
      example: 11,
    }),
    started_at: timeField
      .nullable()
      .openapi({ description: 'Time of the answer, in UTC; null if the call was not answered.' }),
    ended_at: timeField.nullable().openapi({
      description: 'Time of the end, in UTC; null while the call is open.',
      example: '2026-03-14T10:16:31.000Z',
    }),
    duration_seconds: secondsField.nullable().openapi({
      description: 'Duration from answer to end, in whole seconds; null while the call is open.',
      example: 61,
    }),
    signaling_url: z.string().max(1500).openapi({
      description:
        "URL of the caller's seat in the call's room, to open as a WebSocket. Valid while the call is open and the session or key lasts. For an API key without the scope `calls:write`, its `ticket` is empty and opens no connection.",
      format: 'uri',
      example: 'wss://calls.example/signaling/3f0b8c1e?ticket=eyJhbGci',
    }),
    created_at: timeField.openapi({ example: '2026-03-14T10:15:21.000Z' }),
    end_reason: z.enum(END_REASONS).nullable().openapi({
      description: 'Reason for the end; null while the call is open.',
      example: 'hangup',
    }),
    must_end_by: timeField.nullable().openapi({
      description:
        'Time by which the call must end, because of its credit or a time limit, in UTC; null after it ended.',
      example: null,
    }),
    rate_per_minute: nairaField.openapi({ description: 'Price per minute, in NGN.', example: 10 }),
    rate: rateSchema,
    charge: chargeSchema.nullable().openapi({
      description:
        'Calculation of the cost; null while the call is open, or if it was never answered.',
    }),
  })
  .openapi('Call', { description: 'Call, open or ended.' })

export const callsSchema = z
  .array(callSchema)
  .max(100)
  .openapi('Calls', { description: 'Page of calls, newest first.' })

const TICKET = { format: 'jwt', example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' }

export const ticketSchema = z
  .strictObject({
    ticket: z
      .string()
      .max(1000)
      .openapi({ ...TICKET, description: 'Ticket for one connection.' }),
    expires_at: timeField.openapi({ description: 'Time at which the ticket expires, in UTC.' }),
    url: z.string().max(1500).openapi({
      format: 'uri',
      description: 'URL to open as a WebSocket. It contains the ticket.',
      example: 'wss://calls.example/calls/3f0b8c1e/events?ticket=eyJhbGci',
    }),
  })
  .openapi('EventTicket', { description: "Ticket that opens one connection to a call's events." })

export const ticketQuery = z.object({
  ticket: z
    .string()
    .max(1000)
    .optional()
    .openapi({ ...TICKET, description: 'Ticket from `POST /calls/{uuid}/ticket`. Required.' }),
})

export const callEventSchema = z
  .strictObject({
    type: z.enum(CALL_EVENT_TYPES).openapi({ description: 'Type of the event.' }),
    at: timeField.openapi({
      description:
        "Server time of the event, in UTC. Base a running meter on it, not on the client's clock.",
    }),
    seconds_left: secondsField.nullable().openapi({
      description: 'Whole seconds until `must_end_by`, rounded down; null after the call ended.',
      example: 59,
    }),
    call: callSchema,
  })
  .openapi('CallEvent', {
    description: 'Message of the socket: an event, and the current state of the call.',
  })

/** WebSocket URL on the host of the request: `wss:` if the request used `https:`. */
function socketUrl(path: string, ticket: string, requestUrl: string): string {
  const url = new URL(path, requestUrl.replace(/^http/, 'ws'))
  url.searchParams.set('ticket', ticket)
  return url.href
}

export const signalingUrl = (callUuid: string, token: string, requestUrl: string): string =>
  socketUrl(`/signaling/${callUuid}`, token, requestUrl)

export const presentCall = (
  call: CallView,
  ownSignalingUrl: string,
): z.infer<typeof callSchema> => ({
  uuid: call.uuid,
  recipient_phone: call.recipientPhone || BLANKED_PHONE,
  recipient_name: call.recipientName,
  status: call.status,
  type: call.type,
  cost: toNairaNumber(call.costKobo),
  started_at: toTimeOrNull(call.startedAtMs),
  ended_at: toTimeOrNull(call.endedAtMs),
  duration_seconds: durationSeconds(call),
  signaling_url: ownSignalingUrl,
  created_at: toTime(call.createdAtMs),
  end_reason: call.endReason,
  must_end_by: toTimeOrNull(call.mustEndByMs),
  rate_per_minute: toNairaNumber(call.rate.koboPerMinute),
  rate: presentRate(call.rate),
  charge: presentCharge(call),
})

export const presentEvent = (
  { type, atMs, call }: CallEvent,
  ownSignalingUrl: string,
): z.infer<typeof callEventSchema> => ({
  type,
  at: toTime(atMs),
  seconds_left: call.mustEndByMs === null ? null : wholeSeconds(atMs, call.mustEndByMs),
  call: presentCall(call, ownSignalingUrl),
})

export const eventsUrl = (callUuid: string, ticket: string, requestUrl: string): string =>
  socketUrl(`/calls/${callUuid}/events`, ticket, requestUrl)
