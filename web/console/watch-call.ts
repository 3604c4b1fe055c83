/** Follows a call's events over a WebSocket, with a new ticket for each connection, until the call ends. */
import type { Api } from './api'
import type { CallEvent } from './model'

const RETRY_MS = [500, 1000, 2000, 4000, 8000]

export interface Subscriber {
  readonly onEvent: (event: CallEvent) => void
  readonly onConnected: (isConnected: boolean) => void
}

/** @returns a function that stops following */
export function watchCall(
  api: Api,
  uuid: string,
  { onEvent, onConnected }: Subscriber,
): () => void {
  const params = { path: { uuid } }
  let isOver = false
  let failures = 0
  let socket: WebSocket | undefined
  let timer: number | undefined

  const retry = () => {
    if (isOver) return
    onConnected(false)
    const waitMs = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]
    timer = window.setTimeout(() => void connect(), waitMs)
  }
  const take = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as CallEvent
    failures = 0
    if (event.call.ended_at !== null) isOver = true
    onEvent(event)
  }
  const connect = async () => {
    const ticket = await api.call((client) => client.POST('/calls/{uuid}/ticket', { params }))
    if (isOver) return
    if (!ticket.ok) return retry()
    socket = new WebSocket(ticket.value.url)
    socket.addEventListener('open', () => onConnected(true))
    socket.addEventListener('message', take)
    socket.addEventListener('close', retry)
  }

  void connect()
  return () => {
    isOver = true
    window.clearTimeout(timer)
    socket?.close()
  }
}
