import { z } from '@hono/zod-openapi'
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import {
  lineField,
  nairaField,
  pageQuery,
  timeField,
  toTime,
  toTimeOrNull,
  uuidField,
} from '../common/fields'
import { toNairaNumber } from '../common/money'
import { wholeSeconds } from '../wallets/meter'
import { CALL_STATUSES, CALL_TYPES, type CallView, END_REASONS } from '../wallets/wallet'

const PHONE_EXAMPLE = '+2348031234567'

const phoneField = z
  .string('must be text')
  .regex(/^\+\d{5,15}$/, {
    error: 'must be a phone number in E.164 form, such as +2348031234567',
    abort: true,
  })
  .refine(
    (text) => parsePhoneNumberFromString(text)?.isPossible() === true,
    'must be a possible phone number of its country',
  )
  .openapi({ maxLength: 16, example: PHONE_EXAMPLE })

export const startCallBody = z
  .strictObject({
    recipient_phone: phoneField,
    recipient_name: lineField(100).openapi({ example: 'Ngozi' }),
    type: z.enum(CALL_TYPES, 'must be audio or video').default('audio'),
  })
  .openapi('NewCall')

export const callQuery = pageQuery.extend({
  status: z.enum(CALL_STATUSES, 'must be a status of a call').optional(),
})

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
  })
  .openapi('Call')

const secondsOf = ({ startedAtMs, endedAtMs }: CallView): number | null => {
  if (endedAtMs === null) return null
  return startedAtMs === null ? 0 : wholeSeconds(startedAtMs, endedAtMs)
}

/** Where a call's media is arranged, on the host that was asked: `wss://` where that is `https://`. */
function signalingUrl(call: CallView, requestUrl: string): string {
  const url = new URL(`/signaling/${call.uuid}`, requestUrl.replace(/^http/, 'ws'))
  url.searchParams.set('ticket', call.ticket)
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
  signaling_url: signalingUrl(call, requestUrl),
  created_at: toTime(call.createdAtMs),
  end_reason: call.endReason,
  must_end_by: toTimeOrNull(call.mustEndByMs),
  rate_per_minute: toNairaNumber(call.rate.koboPerMinute),
})
