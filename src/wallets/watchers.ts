/**
 * The sockets of those who watch a wallet's calls. They hibernate with the object: what each
 * watches and was told last is kept with its socket, so nothing is lost when the object sleeps.
 */
import type { Caller } from '../common/access-token'
import { type CallEvent, nextEventType, nextNoticeMs, type Told, toldOf } from './call-event'
import type { CallView } from './wallet'

/** What is watched, by whom, and at which origin it was asked for. */
export interface Watch {
  readonly caller: Caller
  readonly callUuid: string
  readonly origin: string
}

interface Attachment extends Watch {
  /** Which connection it is, counted from the oldest one that is open. */
  readonly number: number
  readonly told?: Told
}

/** An event as it goes over the wire. */
export type PresentEvent = (event: CallEvent, origin: string) => object

const MAX_WATCHERS = 20
const CLOSE_NORMAL = 1000
const CLOSE_POLICY = 1008

const attachmentOf = (socket: WebSocket) => socket.deserializeAttachment() as Attachment

const numberOf = (socket: WebSocket): number => attachmentOf(socket).number

export class Watchers {
  readonly #ctx: DurableObjectState
  readonly #present: PresentEvent

  constructor(ctx: DurableObjectState, present: PresentEvent) {
    this.#ctx = ctx
    this.#present = present
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** Takes a watcher in; beyond the limit the one that came first, which may be long gone, is let go. */
  accept(watch: Watch): WebSocket {
    const { 0: client, 1: server } = new WebSocketPair()
    const open = this.#ctx.getWebSockets().toSorted((a, b) => numberOf(a) - numberOf(b))
    if (open.length >= MAX_WATCHERS)
      open[0]?.close(CLOSE_POLICY, `at most ${MAX_WATCHERS} connections`)
    const newest = open.at(-1)
    const number = newest ? numberOf(newest) + 1 : 0
    this.#ctx.acceptWebSocket(server)
    server.serializeAttachment({ ...watch, number } satisfies Attachment)
    return client
  }

  dismiss(isRefused: (caller: Caller) => boolean): void {
    for (const socket of this.#ctx.getWebSockets())
      if (isRefused(attachmentOf(socket).caller))
        socket.close(CLOSE_POLICY, 'the session has ended')
  }

  /**
   * Tells each watcher what is new about its call, and lets it go once the call has ended.
   * @returns when the next low-credit notice is due to one of them
   */
  tell(callOf: (uuid: string) => CallView | undefined, nowMs: number): number | undefined {
    let dueMs = Infinity
    for (const socket of this.#ctx.getWebSockets()) {
      const attachment = attachmentOf(socket)
      const call = callOf(attachment.callUuid)
      if (!call || socket.readyState !== WebSocket.OPEN) continue
      const now = toldOf(call, nowMs)
      const type = nextEventType(attachment.told, now)
      dueMs = Math.min(dueMs, nextNoticeMs(call, nowMs) ?? Infinity)
      if (!type) continue
      const event = this.#present({ type, atMs: nowMs, call }, attachment.origin)
      socket.send(JSON.stringify(event))
      socket.serializeAttachment({ ...attachment, told: now } satisfies Attachment)
      if (call.endedAtMs !== null) socket.close(CLOSE_NORMAL, 'the call has ended')
    }
    return dueMs === Infinity ? undefined : dueMs
  }
}
