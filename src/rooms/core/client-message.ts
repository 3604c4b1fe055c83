/** Reads the messages that a client sends to a room. Pure. */
import { z } from 'zod'
import { parseJson } from '../../common/text/json'
import { MID, USERNAME_FRAGMENT } from './sdp-attributes'

const MAX_MESSAGE_BYTES = 16_384
const MAX_CANDIDATE_LENGTH = 512
const MAX_SECTION_INDEX = 127
const MAX_RTT_MS = 600_000

/** Number of the relay credentials that the message belongs to; 0 before the first ones. */
const epoch = z.int().min(0)
const sdp = z.string()

/** As a browser's `RTCIceCandidate.toJSON()` returns it. */
const candidate = z.object({
  /** Empty if no more candidates follow. */
  candidate: z.string().max(MAX_CANDIDATE_LENGTH),
  sdpMid: z.string().regex(MID).nullable().default(null),
  sdpMLineIndex: z.int().min(0).max(MAX_SECTION_INDEX).nullable().default(null),
  usernameFragment: z.string().regex(USERNAME_FRAGMENT).nullable().default(null),
})

const clientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('offer'), epoch, sdp }),
  z.object({ type: z.literal('answer'), epoch, sdp }),
  z.object({ type: z.literal('candidate'), epoch, candidate }),
  z.object({ type: z.literal('accept') }),
  z.object({ type: z.literal('decline') }),
  z.object({ type: z.literal('hangup') }),
  z.object({ type: z.literal('connected'), epoch }),
  /** Sent when the peer's packets stop or return. */
  z.object({
    type: z.literal('report'),
    /** Packets of the peer. RTCP may report a negative loss (RFC 3550, section 6.4.1). */
    lost: z.int(),
    received: z.int().min(0),
    /** Round-trip time in milliseconds, or null while it is unknown. */
    rtt: z.number().min(0).max(MAX_RTT_MS).nullable(),
  }),
])

/** Message as a client sends it. */
export type SentMessage = z.infer<typeof clientMessage>

/** WebSocket close code (RFC 6455, section 7.4.1): policy violation, or message too big. */
export interface SocketClose {
  readonly code: 1008 | 1009
  readonly reason: string
}

export type ReadMessage =
  | { readonly ok: true; readonly message: SentMessage }
  | { readonly ok: false; readonly close: SocketClose }

const close = (code: SocketClose['code'], reason: string): ReadMessage => ({
  ok: false,
  close: { code, reason },
})

/** Counts bytes only of a text that may have too many: each character has one to three. */
const isOversized = (data: string | ArrayBuffer): boolean =>
  typeof data === 'string'
    ? data.length * 3 > MAX_MESSAGE_BYTES &&
      (data.length > MAX_MESSAGE_BYTES || new TextEncoder().encode(data).length > MAX_MESSAGE_BYTES)
    : data.byteLength > MAX_MESSAGE_BYTES

/** Reads a message without the fields that are not declared, or returns how to close its socket. */
export function readClientMessage(data: string | ArrayBuffer): ReadMessage {
  if (isOversized(data))
    return close(1009, `A message must have at most ${MAX_MESSAGE_BYTES} bytes.`)
  if (typeof data !== 'string') return close(1008, 'A message must be text.')
  const value = parseJson(data)
  if (value === undefined) return close(1008, 'A message must be JSON.')
  const { data: message, error } = clientMessage.safeParse(value)
  if (message) return { ok: true, message }
  const field = error.issues[0]?.path.join('.')
  return close(1008, field ? `The field ${field} is not valid.` : 'A message must be an object.')
}
