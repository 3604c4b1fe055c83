/** Live events of a call over a WebSocket, with a new ticket for each connection, until the call ends. */
import { bodyOf, type ApiClient } from './client.ts'
import { ApiError } from './problem.ts'
import { waitMs } from './signaling/closing.ts'
import { type Socket, type SocketClass, socketClass } from './socket.ts'
import type { components } from './schema.ts'

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

/** Attempts in a row without an event, after which `watchCall` throws: some ten minutes. */
const MAX_FAILURES = 80

const isFinal = (error: unknown): boolean =>
  error instanceof ApiError && error.status < 500 && error.status !== 429

/** Messages of one connection. It ends when the socket closes. */
async function* messagesOf(socket: Socket, onOpen: () => void, signal?: AbortSignal) {
  const queue: string[] = []
  let isClosed = false
  let wake: () => void = () => undefined
  const close = () => {
    isClosed = true
    wake()
  }
  socket.addEventListener('open', onOpen)
  socket.addEventListener('message', ({ data }) => {
    queue.push(String(data))
    wake()
  })
  socket.addEventListener('close', close)
  socket.addEventListener('error', close)
  signal?.addEventListener('abort', close)
  try {
    for (;;) {
      const text = queue.shift()
      if (text !== undefined) yield text
      else if (isClosed) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal?.removeEventListener('abort', close)
    socket.close()
  }
}

/** Waits, or returns at once when the signal is aborted. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })

/**
 * Events of a call, the first of which is its state. The iterator reconnects automatically, and ends after the
 * event with which the call has ended. Leaving the loop closes the connection.
 * @throws ApiError if no ticket is issued, for example because the call belongs to another user. An ended call yields one `state` event.
 */
export async function* watchCall(
  client: ApiClient,
  uuid: string,
  { signal, onConnected, random = Math.random, ...options }: WatchOptions = {},
): AsyncGenerator<CallEvent, void, undefined> {
  const WebSocket = socketClass(options.WebSocket)
  const issueTicket = () =>
    bodyOf(client.POST('/calls/{uuid}/ticket', { params: { path: { uuid } } }))
  for (let failures = 0; failures < MAX_FAILURES; failures++) {
    if (failures > 0) await pause(waitMs(failures - 1, random()), signal)
    if (signal?.aborted) return
    const ticket = await issueTicket().catch((error: unknown) => {
      if (isFinal(error)) throw error
      return undefined
    })
    if (signal?.aborted) return
    if (!ticket) continue
    const socket = new WebSocket(ticket.url)
    for await (const text of messagesOf(socket, () => onConnected?.(true), signal)) {
      const event = JSON.parse(text) as CallEvent
      failures = 0
      yield event
      if (event.call.ended_at !== null) return
    }
    onConnected?.(false)
  }
  throw new Error('The events of the call cannot be received.')
}
