/** A room without money, in front of two pages: it forwards and stores messages as docs/rooms.md says. */
import type { Page, WebSocketRoute } from 'playwright-core'

type Seat = 'caller' | 'callee'
type Message = Readonly<Record<string, unknown>> & { readonly type: string }

const MINUTE_MS = 60_000
const peerOf = (seat: Seat): Seat => (seat === 'caller' ? 'callee' : 'caller')

export class FakeRoom {
  readonly received: { readonly seat: Seat; readonly message: Message }[] = []
  /** Types of messages that are lost on their way to the room. */
  readonly lost = new Set<string>()
  /** Keeps the call from being live, and the messages stored. */
  isHeld = false
  readonly #sockets = new Map<Seat, WebSocketRoute>()
  readonly #stored = new Map<Seat, readonly Message[]>()
  readonly #connected = new Set<Seat>()
  #epoch = 0

  /** Connects the sockets of a page to its seat. */
  async seat(page: Page, seat: Seat): Promise<void> {
    await page.routeWebSocket(/\/signaling\//, (socket) => {
      this.#sockets.set(seat, socket)
      socket.onMessage((text) => this.#receive(seat, String(text)))
      socket.onClose(() => this.#leave(seat, socket))
      this.#send(seat, this.#stateOf(seat))
      if (this.#epoch > 0) this.#send(seat, this.#relay())
      for (const message of this.#stored.get(peerOf(seat)) ?? []) this.#send(seat, message)
      this.#send(peerOf(seat), this.#stateOf(peerOf(seat)))
    })
  }

  get isLive(): boolean {
    return this.#connected.size === 2 && !this.isHeld
  }

  /** Lets the call be live. */
  release(): void {
    this.isHeld = false
    if (this.isLive) this.#goLive()
  }

  count(seat: Seat, type: string): number {
    return this.received.filter((one) => one.seat === seat && one.message.type === type).length
  }

  /** Begins the first epoch or the next one, in direct mode. */
  beginEpoch(): void {
    this.#epoch++
    for (const seat of this.#sockets.keys()) this.#send(seat, this.#stateOf(seat))
    for (const seat of this.#sockets.keys()) this.#send(seat, this.#relay())
  }

  /** Closes a seat's socket. The page connects again by itself. */
  async drop(seat: Seat): Promise<void> {
    const socket = this.#sockets.get(seat)
    if (!socket) return
    this.#leave(seat, socket)
    await socket.close({ code: 1012, reason: 'restart' })
  }

  #leave(seat: Seat, socket: WebSocketRoute): void {
    if (this.#sockets.get(seat) !== socket) return
    this.#sockets.delete(seat)
    this.#send(peerOf(seat), this.#stateOf(peerOf(seat)))
  }

  #receive(seat: Seat, text: string): void {
    if (text === 'ping') return this.#sockets.get(seat)?.send('pong')
    const message = JSON.parse(text) as Message
    if (this.lost.has(message.type)) return
    this.received.push({ seat, message })
    if (message.type === 'connected') this.#connect(seat)
    if (!['offer', 'answer', 'candidate'].includes(message.type)) return
    if (!this.isLive) this.#store(seat, message)
    this.#send(peerOf(seat), message)
  }

  #store(seat: Seat, message: Message): void {
    const earlier = message.type === 'candidate' ? (this.#stored.get(seat) ?? []) : []
    this.#stored.set(seat, [...earlier, message])
  }

  #connect(seat: Seat): void {
    const wasLive = this.isLive
    this.#connected.add(seat)
    if (!wasLive && this.isLive) this.#goLive()
  }

  #goLive(): void {
    this.#stored.clear()
    for (const seat of this.#sockets.keys()) this.#send(seat, this.#stateOf(seat))
  }

  #relay(): Message {
    return { type: 'relay', epoch: this.#epoch, ice_servers: [], until: null }
  }

  #phase(): string {
    if (this.isLive) return 'live'
    return this.#epoch > 0 ? 'connecting' : 'ringing'
  }

  #stateOf(seat: Seat): Message {
    return {
      type: 'state',
      at: new Date().toISOString(),
      seat,
      phase: this.#phase(),
      peer_present: this.#sockets.has(peerOf(seat)),
      peer_name: null,
      call_type: 'audio',
      status: this.#epoch > 0 ? 'ongoing' : 'pending',
      rate: null,
      cost: null,
      started_at: null,
      must_end_by: new Date(Date.now() + 10 * MINUTE_MS).toISOString(),
      must_end_reason: null,
      end: null,
    }
  }

  #send(seat: Seat, message: Message): void {
    this.#sockets.get(seat)?.send(JSON.stringify(message))
  }
}
