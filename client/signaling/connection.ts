/** Connection to a seat in a call's room. It reconnects automatically until the call ends. */
import {
  rejectionOfClose,
  rejectionOfProblem,
  type Rejection,
  STABLE_MS,
  waitMs,
} from './closing.ts'
import type { Fetch } from '../retry.ts'
import { type Socket, type SocketClass, socketClass, SOCKET_OPEN } from '../socket.ts'
import { readRoomMessage, type RoomMessage, type SentMessage } from './messages.ts'

const PING_MS = 10_000
/** Limit of the handshake, for slow networks. */
const OPEN_MS = 20_000
const REASON_TIMEOUT_MS = 8000
/** Failed attempts after which the client requests the reason. */
const ATTEMPTS_BEFORE_REASON = 2
/** About three hours at one attempt in 8 s. The call is lost long before. */
const MAX_ATTEMPTS = 1400

export type Link = 'opening' | 'open' | 'lost' | 'closed'

export interface RoomListener {
  readonly onMessage: (message: RoomMessage) => void
  readonly onLink: (link: Link) => void
  /** Called when the connection ends without an `ended` message. */
  readonly onRejected: (rejection: Rejection) => void
}

export interface RoomOptions extends RoomListener {
  /** `signaling_url` of the seat. */
  readonly url: string
  readonly WebSocket?: SocketClass
  readonly fetch?: Fetch
  readonly random?: () => number
}

export interface RoomConnection {
  /** @returns false if no socket is open, so that nothing is sent */
  send(message: SentMessage): boolean
  /** Connects at once, for example when the device is online again. */
  retryNow(): void
  close(): void
}

export function connectToRoom(options: RoomOptions): RoomConnection {
  const { url, onMessage, onLink, onRejected, random = Math.random } = options
  const WebSocket = socketClass(options.WebSocket)
  const send: Fetch = options.fetch ?? ((request) => globalThis.fetch(request))
  let socket: Socket | undefined
  let isOver = false
  let failures = 0
  let isAwaitingPong = false
  let isRetrying = false
  /** When the socket opened. */
  let openedAtMs = Infinity
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  /** Limits the handshake of the socket, then sends its pings. */
  let socketTimer: ReturnType<typeof setInterval> | undefined

  function finish(rejection?: Rejection): void {
    if (isOver) return
    isOver = true
    clearTimeout(retryTimer)
    clearInterval(socketTimer)
    socket?.close()
    socket = undefined
    onLink('closed')
    if (rejection) onRejected(rejection)
  }

  /** Detects a socket without a network, which does not close by itself. */
  function ping(current: Socket): void {
    if (isAwaitingPong) return lose(current)
    isAwaitingPong = true
    current.send('ping')
  }

  function lose(current: Socket): void {
    if (current !== socket) return
    clearInterval(socketTimer)
    socket = undefined
    current.close()
    if (Date.now() - openedAtMs >= STABLE_MS) failures = 0
    openedAtMs = Infinity
    const isLast = failures >= MAX_ATTEMPTS
    /** Set before the listener is called, which may close the connection or retry at once. */
    if (!isLast) retryTimer = setTimeout(() => void retry(), waitMs(failures++, random()))
    onLink('lost')
    if (isLast) finish('unavailable')
  }

  /** Browsers do not show why a socket was rejected, so the client sends an ordinary request. */
  async function fetchRejection(): Promise<Rejection | undefined> {
    try {
      const signal = AbortSignal.timeout(REASON_TIMEOUT_MS)
      const response = await send(new Request(url.replace(/^ws/, 'http'), { signal }))
      const { code } = (await response.json()) as { readonly code?: string }
      return rejectionOfProblem(code)
    } catch {
      return undefined
    }
  }

  async function retry(): Promise<void> {
    if (isRetrying) return
    isRetrying = true
    const reason = failures >= ATTEMPTS_BEFORE_REASON ? await fetchRejection() : undefined
    isRetrying = false
    if (isOver || socket) return
    if (reason) finish(reason)
    else open()
  }

  function open(): void {
    const current = new WebSocket(url)
    socket = current
    socketTimer = setInterval(() => lose(current), OPEN_MS)
    current.addEventListener('open', () => {
      if (current !== socket) return
      clearInterval(socketTimer)
      socketTimer = setInterval(() => ping(current), PING_MS)
      isAwaitingPong = false
      openedAtMs = Date.now()
      ping(current)
      onLink('open')
    })
    current.addEventListener('message', ({ data }) => {
      if (current !== socket) return
      isAwaitingPong = false
      const message = data === 'pong' ? undefined : readRoomMessage(String(data))
      try {
        if (message) onMessage(message)
      } finally {
        if (message?.type === 'ended') finish()
      }
    })
    current.addEventListener('close', ({ code, reason }) => {
      if (current !== socket) return
      const closing = rejectionOfClose(code, reason)
      if (closing) finish(closing)
      else lose(current)
    })
    current.addEventListener('error', () => lose(current))
  }

  open()
  return {
    send(message) {
      if (socket?.readyState !== SOCKET_OPEN) return false
      socket.send(JSON.stringify(message))
      return true
    },
    retryNow() {
      if (isOver || socket) return
      clearTimeout(retryTimer)
      void retry()
    },
    close: () => finish(),
  }
}
