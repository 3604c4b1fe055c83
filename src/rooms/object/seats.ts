/** The sockets of the two seats. They hibernate with the room, each with its occupant as attachment. */
import { logError } from '../../common/log'
import type { Caller } from '../../common/tokens/access-token'
import type { Outgoing, RoomMessage } from '../core/outgoing'
import { type SeatName, SEATS } from '../core/room'

/** Holder of a signaling token. */
export interface Occupant {
  readonly seat: SeatName
  /** Name of the other participant. */
  readonly peerName: string | null
  /** Session of the caller; the callee has none. */
  readonly caller?: Caller
}

interface Attachment extends Occupant {
  /** The room has closed the socket. It stays with the object until the client closes it too. */
  readonly isDisconnected?: true
}

export type PresentMessage = (message: RoomMessage, peerName: string | null) => object

/** Sockets of a seat that may wait for their clients to close them. */
const MAX_SOCKETS = 20
/** Another connection has the seat, so the client must not connect again. */
const CLOSE_REPLACED = 4001

const attachmentOf = (socket: WebSocket) => socket.deserializeAttachment() as Attachment | null
const tagOf = (seat: SeatName): string => `seat/${seat}`

export class Seats {
  readonly #ctx: DurableObjectState
  readonly #present: PresentMessage

  constructor(ctx: DurableObjectState, present: PresentMessage) {
    this.#ctx = ctx
    this.#present = present
  }

  /**
   * Gives the seat to a new socket, and closes the previous one.
   * @returns the client's socket, or `undefined` if too many closed sockets of the seat remain
   */
  accept(occupant: Occupant): WebSocket | undefined {
    const tag = tagOf(occupant.seat)
    if (this.#ctx.getWebSockets(tag).length >= MAX_SOCKETS) return undefined
    this.#close(occupant.seat, CLOSE_REPLACED, 'replaced')
    const { 0: client, 1: server } = new WebSocketPair()
    server.serializeAttachment(occupant satisfies Attachment)
    this.#ctx.acceptWebSocket(server, [tag])
    return client
  }

  #socketOf(seat: SeatName): WebSocket | undefined {
    const sockets = this.#ctx.getWebSockets(tagOf(seat))
    return sockets.find((socket) => attachmentOf(socket)?.isDisconnected === undefined)
  }

  occupantOf(seat: SeatName): Occupant | undefined {
    const socket = this.#socketOf(seat)
    return socket ? (attachmentOf(socket) ?? undefined) : undefined
  }

  /** Returns the seat of a socket, or `undefined` for a socket that has no seat or lost it. */
  seatOf(socket: WebSocket): SeatName | undefined {
    const attachment = attachmentOf(socket)
    return attachment?.isDisconnected ? undefined : attachment?.seat
  }

  isSeat(socket: WebSocket): boolean {
    return attachmentOf(socket)?.seat !== undefined
  }

  /** Takes the seat from its socket. */
  release(socket: WebSocket): void {
    const attachment = attachmentOf(socket)
    if (attachment) socket.serializeAttachment({ ...attachment, isDisconnected: true })
  }

  /** Time of the last ping of each seat, which the runtime keeps with the socket and loses with it. */
  lastSeenMs(): Record<SeatName, number | null> {
    const [caller = null, callee = null] = SEATS.map((seat) => {
      const socket = this.#socketOf(seat)
      return socket
        ? (this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null)
        : null
    })
    return { caller, callee }
  }

  send(outgoing: Outgoing): void {
    const { seat } = outgoing
    if ('close' in outgoing) return this.#close(seat, outgoing.close.code, outgoing.close.reason)
    const socket = this.#socketOf(seat)
    if (!socket) return
    const peerName = attachmentOf(socket)?.peerName ?? null
    try {
      socket.send(JSON.stringify(this.#present(outgoing.message, peerName)))
    } catch (error) {
      logError('seat_not_notified', error)
    }
  }

  #close(seat: SeatName, code: number, reason: string): void {
    const socket = this.#socketOf(seat)
    if (socket) this.reject(socket, code, reason)
  }

  /** Closes the socket of a client that broke a rule, and frees the seat. */
  reject(socket: WebSocket, code: number, reason: string): void {
    this.release(socket)
    socket.close(code, reason)
  }
}
