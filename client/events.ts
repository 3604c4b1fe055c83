/** Live events of a call over a WebSocket, with a new ticket for each connection, until the call ends. */
import { bodyOf, type ApiClient } from './client.ts'
import { STABLE_MS, waitMs } from './signaling/closing.ts'
import { type Socket, type SocketClass, socketClass } from './socket.ts'
import type { components } from './schema.ts'
import { askedMs, isTemporary, pause } from './waiting.ts'

export type CallEvent = components['schemas']['CallEvent']

export interface WatchOptions {
  /** `WebSocket` of the runtime, unless another class is given. */
  readonly WebSocket?: SocketClass
  /** Ends the events when it is aborted. */
  readonly signal?: AbortSignal
  /** Called with `true` when a socket opens, and with `false` when it closes before the call has ended. */
  readonly onConnected?: (isConnected: boolean) => void
  readonly random?: () => number
}

/** Attempts in a row without a stable connection, after which `watchCall` throws: some ten minutes. */
const MAX_FAILURES = 80
const PING_MS = 10_000
/** Limit of the handshake, for slow networks. */
const OPEN_MS = 20_000
/** The service closes a socket with this code when the client must not connect again. */
const CLOSE_POLICY = 1008

/** One connection, whose messages are read in a loop. It ends when the socket closes or does not respond. */
class Connection {
  /** Reason for which the service does not want another connection. */
  rejection: string | undefined
  readonly #socket: Socket
  readonly #queue: string[] = []
  readonly #signal: AbortSignal | undefined
  #openedAtMs: number | undefined
  #isClosed = false
  #isAwaitingPong = false
  #wake: () => void = () => undefined
  /** Limits the handshake, then sends pings. */
  #timer: ReturnType<typeof setInterval>

  constructor(socket: Socket, onOpen: () => void, signal: AbortSignal | undefined) {
    this.#socket = socket
    this.#signal = signal
    this.#timer = setInterval(this.#close, OPEN_MS)
    socket.addEventListener('open', () => {
      if (this.#isClosed) return
      clearInterval(this.#timer)
      this.#openedAtMs = Date.now()
      this.#timer = setInterval(() => this.#ping(), PING_MS)
      onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      this.#isAwaitingPong = false
      if (data === 'pong') return
      this.#queue.push(String(data))
      this.#wake()
    })
    socket.addEventListener('close', ({ code, reason }) => {
      if (code === CLOSE_POLICY) this.rejection = reason
      this.#close()
    })
    socket.addEventListener('error', this.#close)
    signal?.addEventListener('abort', this.#close)
  }

  get isStable(): boolean {
    return this.#openedAtMs !== undefined && Date.now() - this.#openedAtMs >= STABLE_MS
  }

  async *messages(): AsyncGenerator<string, void, undefined> {
    try {
      while (!this.#signal?.aborted) {
        const text = this.#queue.shift()
        if (text !== undefined) yield text
        else if (this.#isClosed) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.#close()
      this.#socket.close()
    }
  }

  /** Detects a socket without a network, which does not close by itself. */
  #ping(): void {
    if (this.#isAwaitingPong) return this.#close()
    this.#isAwaitingPong = true
    this.#socket.send('ping')
  }

  readonly #close = (): void => {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#signal?.removeEventListener('abort', this.#close)
    this.#wake()
  }
}

/** Returns `undefined` for a message that this release cannot read. */
function readEvent(text: string): CallEvent | undefined {
  try {
    const event = JSON.parse(text) as Partial<CallEvent> | null
    return typeof event?.call === 'object' && event.call !== null ? (event as CallEvent) : undefined
  } catch {
    return undefined
  }
}

/**
 * Events of a call, the first of which is its state. The iterator reconnects automatically, and ends after the
 * event with which the call has ended. Leaving the loop closes the connection. After a lost connection, the changes
 * meanwhile arrive as one event of type `state`, so read `call.status` rather than `type`.
 * @throws ApiError if no ticket is issued, for example because the call belongs to another user. An ended call yields
 * one `state` event. Throws an `Error` if the service rejects the connection, or after 80 failed attempts in a row.
 */
export async function* watchCall(
  client: ApiClient,
  uuid: string,
  { signal, onConnected, random = Math.random, ...options }: WatchOptions = {},
): AsyncGenerator<CallEvent, void, undefined> {
  const WebSocket = socketClass(options.WebSocket)
  const init = { params: { path: { uuid } }, ...(signal && { signal }) }
  let cause: unknown
  for (let failures = 0; failures < MAX_FAILURES; failures++) {
    if (failures > 0) await pause(Math.max(askedMs(cause), waitMs(failures - 1, random())), signal)
    if (signal?.aborted) return
    try {
      const ticket = await bodyOf(client.POST('/calls/{uuid}/ticket', init))
      cause = undefined
      if (signal?.aborted) return
      const socket = new WebSocket(ticket.url)
      const connection = new Connection(socket, () => onConnected?.(true), signal)
      for await (const text of connection.messages()) {
        const event = readEvent(text)
        if (!event) continue
        yield event
        if (event.call.ended_at !== null) return
      }
      if (signal?.aborted) return
      onConnected?.(false)
      if (connection.rejection !== undefined)
        throw new Error(`The service rejected the connection: ${connection.rejection}.`)
      if (connection.isStable) failures = 0
    } catch (error) {
      if (signal?.aborted) return
      if (!isTemporary(error)) throw error
      cause = error
    }
  }
  throw new Error('The events of the call cannot be received.', { cause })
}
