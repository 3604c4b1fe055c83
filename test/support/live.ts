/** Client of a call's events for the tests. */
import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'
import { callEventSchema } from '../../src/calls/schemas'
import type { z } from 'zod'
import type { TestUser } from './client'

export type Event = z.infer<typeof callEventSchema>

export interface Subscriber {
  readonly socket: WebSocket
  /** Returns the next message, which must be a documented event. */
  readonly next: () => Promise<Event>
  /** Received messages that were not read yet. */
  readonly unread: () => number
  /** Resolves with the socket's close code. */
  readonly closed: Promise<number>
}

export async function ticketTo(user: TestUser, callUuid: string): Promise<string> {
  const issued = await user.send('POST', `/calls/${callUuid}/ticket`)
  expect(issued.status).toBe(201)
  return issued.body.url
}

/** Opens a socket at a `ws:` or `http:` URL. */
export const upgrade = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  exports.default.fetch(
    new Request(url.replace(/^ws/, 'http'), { headers: { Upgrade: 'websocket', ...headers } }),
  )

export async function watch(user: TestUser, callUuid: string): Promise<Subscriber> {
  const { status, webSocket: socket } = await upgrade(await ticketTo(user, callUuid))
  expect(status).toBe(101)
  if (!socket) throw new Error('no socket')
  const messages: string[] = []
  const waiting: ((text: string) => void)[] = []
  socket.addEventListener('message', ({ data }) => {
    const wanted = waiting.shift()
    if (wanted) wanted(String(data))
    else messages.push(String(data))
  })
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code))
  })
  socket.accept()
  const text = () =>
    new Promise<string>((resolve) => {
      const message = messages.shift()
      if (message === undefined) waiting.push(resolve)
      else resolve(message)
    })
  return {
    socket,
    next: async () => callEventSchema.parse(JSON.parse(await text())),
    unread: () => messages.length,
    closed,
  }
}
