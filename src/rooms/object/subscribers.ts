/**
 * The sockets that follow a call. They hibernate with the room: each socket's attachment has the state that it
 * last received, so nothing is lost when the room sleeps.
 */
import { logError } from '../../common/log'
import type { Caller } from '../../common/tokens/access-token'
import {
  type CallEvent,
  nextEventType,
  nextNoticeMs,
  type NotifiedState,
  notifiedState,
} from '../../wallets/core/call-event'
import type { CallView } from '../../wallets/core/wallet'

/** Subscriber, and its signaling URL, which events contain. */
export interface Subscription {
  readonly caller: Caller
  readonly signalingUrl: string
}

interface Attachment extends Subscription {
  /** Orders connections by age. Counted from the oldest open one. */
  readonly number: number
  readonly notified?: NotifiedState
  readonly isDisconnected?: true
}

export type PresentEvent = (event: CallEvent, signalingUrl: string) => object

const TAG = 'subscriber'
const MAX_SUBSCRIBERS = 20
const MAX_SOCKETS = 100
const CLOSE_NORMAL = 1000
const CLOSE_POLICY = 1008
const CLOSE_ERROR = 1011

const attachmentOf = (socket: WebSocket) => socket.deserializeAttachment() as Attachment | null

interface Subscriber {
  readonly socket: WebSocket
  readonly attachment: Attachment
}

/** The socket stays with the object until the client closes it too, which may never happen. */
function disconnectSocket({ socket, attachment }: Subscriber, code: number, reason: string): void {
  socket.serializeAttachment({ ...attachment, isDisconnected: true } satisfies Attachment)
  socket.close(code, reason)
}

export class Subscribers {
  readonly #ctx: DurableObjectState
  readonly #present: PresentEvent

  constructor(ctx: DurableObjectState, present: PresentEvent) {
    this.#ctx = ctx
    this.#present = present
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  #subscribed(): Subscriber[] {
    return this.#ctx.getWebSockets(TAG).flatMap((socket) => {
      const attachment = attachmentOf(socket)
      return attachment && !attachment.isDisconnected ? [{ socket, attachment }] : []
    })
  }

  /**
   * Accepts a subscriber. Beyond the limit, the oldest is disconnected, because its client may be gone.
   * @returns the client's socket, or `undefined` if too many disconnected sockets have not closed yet
   */
  accept(subscription: Subscription): WebSocket | undefined {
    if (this.#ctx.getWebSockets(TAG).length >= MAX_SOCKETS) return undefined
    const subscribed = this.#subscribed().toSorted(
      (a, b) => a.attachment.number - b.attachment.number,
    )
    const number = (subscribed.at(-1)?.attachment.number ?? 0) + 1
    const { 0: client, 1: server } = new WebSocketPair()
    server.serializeAttachment({ ...subscription, number } satisfies Attachment)
    this.#ctx.acceptWebSocket(server, [TAG])
    const [oldest] = subscribed
    if (oldest && subscribed.length >= MAX_SUBSCRIBERS)
      disconnectSocket(oldest, CLOSE_POLICY, `at most ${MAX_SUBSCRIBERS} connections`)
    return client
  }

  disconnect(isRevoked: (caller: Caller) => boolean): void {
    for (const subscriber of this.#subscribed())
      if (isRevoked(subscriber.attachment.caller))
        disconnectSocket(subscriber, CLOSE_POLICY, 'the session has ended')
  }

  /** Sends each subscriber what is new about the call, and disconnects it after the call has ended. */
  notify(call: CallView, nowMs: number): void {
    for (const subscriber of this.#subscribed())
      try {
        this.#notifyOne(subscriber, call, nowMs)
      } catch (error) {
        logError('subscriber_not_notified', error)
        disconnectSocket(subscriber, CLOSE_ERROR, 'internal error')
      }
  }

  /** Time of the next low-credit notice, if there is a subscriber. */
  nextNoticeMs(call: CallView, nowMs: number): number | undefined {
    return this.#subscribed().length > 0 ? nextNoticeMs(call, nowMs) : undefined
  }

  #notifyOne({ socket, attachment }: Subscriber, call: CallView, nowMs: number): void {
    const now = notifiedState(call, nowMs)
    const type = nextEventType(attachment.notified, now)
    if (!type) return
    const event = this.#present({ type, atMs: nowMs, call }, attachment.signalingUrl)
    socket.send(JSON.stringify(event))
    const notified = { ...attachment, notified: now }
    socket.serializeAttachment(notified satisfies Attachment)
    if (call.endedAtMs !== null)
      disconnectSocket({ socket, attachment: notified }, CLOSE_NORMAL, 'the call has ended')
  }
}
