import { z } from '@hono/zod-openapi'
import { toNairaNumber } from '../common/money'
import { nairaField, optionalLine, timeField } from '../http/fields'
import { presentRate, rateSchema, returnedTypeField } from '../calls/price-schemas'
import { signalingUrl } from '../calls/schemas'
import { ENDING_REASONS } from '../wallets/core/metering'
import { CALL_STATUSES } from '../wallets/core/wallet'
import { ROOM_END_REASONS } from '../wallets/core/room-commands'
import type { RoomMessage, SeatView } from './core/outgoing'
import { PHASES, SEATS } from './core/room'
import type { Invitation } from './service'
import { toTime, toTimeOrNull } from '../common/text/time'

export const invitationBody = z
  .strictObject({})
  .openapi('NewInvitation', { description: 'Invitation of the callee. It has no fields.' })

export const invitationSchema = z
  .strictObject({
    url: z.string().max(1500).openapi({
      format: 'uri',
      description:
        'Link to the page of the callee, who needs no account. The token is in its fragment.',
      example: 'https://calls.example/call#3f0b8c1e/eyJhbGci',
    }),
    signaling_url: z.string().max(1500).openapi({
      format: 'uri',
      description: "URL of the callee's seat in the call's room, for clients other than the page.",
      example: 'wss://calls.example/signaling/3f0b8c1e?ticket=eyJhbGci',
    }),
    expires_at: timeField.openapi({
      description: 'Time by which the callee must enter the room, in UTC.',
    }),
  })
  .openapi('Invitation', { description: 'Link and socket URL of the callee.' })

export const signalingQuery = z.object({
  ticket: z.string().max(1500).optional().openapi({
    description: 'Signaling token of a seat, from `signaling_url`. Required.',
    format: 'jwt',
    example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
  }),
})

export const roomStateSchema = z
  .strictObject({
    type: z.enum(['state', 'horizon_moved', 'low_credit']).openapi({
      description:
        'Type of the message. Each type has the whole state; `state` names no reason for the message.',
    }),
    at: timeField.openapi({ description: 'Server time of the message, in UTC.' }),
    seat: z.enum(SEATS).openapi({ description: 'Seat of the recipient.' }),
    phase: z.enum(PHASES).openapi({ description: 'State of the room.', example: 'live' }),
    peer_present: z.boolean().openapi({
      description: 'Whether the other seat is connected.',
      example: true,
    }),
    peer_name: optionalLine(100).openapi({
      description:
        "Name of the other participant: the caller's first name, or the recipient's name.",
      example: 'Ngozi',
    }),
    call_type: returnedTypeField,
    status: z.enum(CALL_STATUSES).openapi({ description: 'Status of the call.' }),
    rate: z.union([rateSchema, z.null()]).openapi({ description: 'Price; null for the callee.' }),
    cost: nairaField.nullable().openapi({
      description: 'Amount held or charged for the call, in NGN; null for the callee.',
      example: 10,
    }),
    started_at: timeField.nullable().openapi({
      description: 'Time of the answer, in UTC; null before it.',
    }),
    must_end_by: timeField.nullable().openapi({
      description: 'Time by which the call must be answered or end, in UTC; null after the end.',
    }),
    must_end_reason: z.enum(ENDING_REASONS).nullable().openapi({
      description: 'Reason why the call ends at `must_end_by`.',
      example: 'credit_exhausted',
    }),
    end: z
      .strictObject({
        reason: z.enum(ROOM_END_REASONS).openapi({ description: 'Reason for the end.' }),
        at: timeField.openapi({ description: 'Time of the end, in UTC.' }),
      })
      .nullable()
      .openapi({
        description: 'End that is not charged yet; null if there is none.',
        example: null,
      }),
  })
  .openapi('RoomState', {
    description:
      'State of a room for one seat: its first message, and a message after each change.',
  })

const presentView = (
  view: SeatView,
  peerName: string | null,
): Omit<z.infer<typeof roomStateSchema>, 'type' | 'at'> => ({
  seat: view.seat,
  phase: view.phase,
  peer_present: view.isPeerPresent,
  peer_name: peerName,
  call_type: view.callType,
  status: view.status,
  rate: view.rate && presentRate(view.rate),
  cost: view.costKobo === null ? null : toNairaNumber(view.costKobo),
  started_at: toTimeOrNull(view.startedAtMs),
  must_end_by: toTimeOrNull(view.mustEndByMs),
  must_end_reason: view.mustEndReason,
  end: view.end && { reason: view.end.reason, at: toTime(view.end.atMs) },
})

/** JSON of a message to a seat. docs/rooms.md describes each type. */
export function presentMessage(message: RoomMessage, peerName: string | null): object {
  switch (message.type) {
    case 'state':
    case 'horizon_moved':
    case 'low_credit': {
      const { type, atMs, view } = message
      return { type, at: toTime(atMs), ...presentView(view, peerName) }
    }
    case 'relay': {
      const { type, epoch, iceServers, untilMs } = message
      return { type, epoch, ice_servers: iceServers, until: toTimeOrNull(untilMs) }
    }
    case 'candidate': {
      const { type, epoch, ...candidate } = message
      return { type, epoch, candidate }
    }
    case 'ended': {
      const { type, reason, chargeKobo, startedAtMs, endedAtMs } = message
      return {
        type,
        reason,
        charge: chargeKobo === null ? null : toNairaNumber(chargeKobo),
        started_at: toTimeOrNull(startedAtMs),
        ended_at: toTimeOrNull(endedAtMs),
      }
    }
    case 'answer_failed': {
      const { type, code, retryAtMs } = message
      return { type, code, retry_at: toTimeOrNull(retryAtMs) }
    }
    default:
      return message
  }
}

/** Links of the callee, with the host of the request. */
export function presentInvitation(
  { token, expiresAtMs }: Invitation,
  callUuid: string,
  requestUrl: string,
): z.infer<typeof invitationSchema> {
  const page = new URL('/call', requestUrl)
  page.hash = `${callUuid}/${token}`
  return {
    url: page.href,
    signaling_url: signalingUrl(callUuid, token, requestUrl),
    expires_at: toTime(expiresAtMs),
  }
}
