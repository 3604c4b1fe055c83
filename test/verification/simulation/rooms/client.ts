/** A simulated participant of a call: its socket, what it received, and whether it pings. */
import type { CallJudge } from '../auditor/call-judge'
import type { ServerSocket } from './sockets'

export type SeatName = 'caller' | 'callee'
type Message = Readonly<Record<string, unknown>> & { readonly type: string }

const PING_MS = 10_000

export class SeatClient {
  readonly seat: SeatName
  readonly callUuid: string
  token: string
  socket: ServerSocket | undefined
  phase = 'none'
  epoch = 0
  hasEnded = false
  isPinging = true
  #pingedMs = 0
  readonly #judge: CallJudge
  readonly #report: (error: unknown) => void

  constructor(
    { seat, callUuid, token }: { seat: SeatName; callUuid: string; token: string },
    judge: CallJudge,
    report: (error: unknown) => void,
  ) {
    this.seat = seat
    this.callUuid = callUuid
    this.token = token
    this.#judge = judge
    this.#report = report
  }

  get isOpen(): boolean {
    return this.socket !== undefined && !this.socket.isClosed
  }

  opened(socket: ServerSocket): void {
    this.socket = socket
    this.#pingedMs = Date.now()
    this.#judge.sign(this.callUuid, this.seat, Date.now())
  }

  receive(text: string): void {
    const message = JSON.parse(text) as Message
    if (typeof message['phase'] === 'string') this.phase = message['phase']
    if (message.type === 'relay') this.epoch = Number(message['epoch'])
    if (message.type === 'ended') this.hasEnded = true
    try {
      this.#judge.received(this.callUuid, message)
    } catch (error) {
      this.#report(error)
    }
  }

  /** Sends the pings that were due since the last one. */
  ping(): void {
    const { socket } = this
    if (!this.isPinging || !socket || socket.isClosed) return
    const count = Math.floor((Date.now() - this.#pingedMs) / PING_MS)
    if (count <= 0) return
    this.#pingedMs += count * PING_MS
    socket.lastPingMs = this.#pingedMs
    this.#judge.sign(this.callUuid, this.seat, this.#pingedMs)
  }

  /** Continues to ping, from now on. */
  resume(): void {
    this.isPinging = true
    this.#pingedMs = Date.now()
  }
}
