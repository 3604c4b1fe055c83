import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../../client/client'
import { type CallEvent, watchCall } from '../../client/events'
import type { SocketClass } from '../../client/socket'
import { FakeSocket } from './signaling/fake-socket'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const eventText = (type: string, ended_at: string | null = null) =>
  JSON.stringify({ type, call: { ended_at } })

/** @param statuses of the requests for tickets; later ones succeed */
function follow(statuses: readonly number[] = [], signal?: AbortSignal) {
  const sockets: FakeSocket[] = []
  const events: string[] = []
  const links: boolean[] = []
  let requests = 0
  const client = createClient({
    url: 'https://calls.example',
    fetch: async () => {
      const status = statuses[requests++] ?? 201
      const body = status === 201 ? { url: `wss://calls.example/${requests}` } : { code: 'any' }
      return Response.json(body, { status })
    },
  })
  const options = {
    ...(signal && { signal }),
    random: () => 0.5,
    onConnected: (isConnected: boolean) => void links.push(isConnected),
    WebSocket: class extends FakeSocket {
      constructor(url: string) {
        super(url)
        sockets.push(this)
      }
    } as unknown as SocketClass,
  }
  const run = async () => {
    for await (const { type } of watchCall(client, 'a-call', options)) events.push(type)
    return 'ended'
  }
  const result = run().catch((error: Error) => error.message)
  const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
  const last = () => sockets.at(-1)
  return { sockets, events, links, result, pass, last, requests: () => requests }
}

describe('the events of a call', () => {
  it('end after the event with which the call has ended', async () => {
    const { result, events, links, pass, last } = follow()
    await pass()
    last()?.opens()
    last()?.receives(eventText('state' satisfies CallEvent['type']))
    last()?.receives(eventText('ended', '2026-11-27T12:00:00Z'))
    await pass()
    expect(await result).toBe('ended')
    expect(events).toEqual(['state', 'ended'])
    expect(links).toEqual([true])
    expect(last()?.readyState).not.toBe(FakeSocket.OPEN)
  })

  it('continue over a new socket with a new ticket after the old one closed', async () => {
    const { sockets, events, links, pass, last } = follow()
    await pass()
    last()?.opens()
    last()?.receives(eventText('state'))
    last()?.closes(1006)
    await pass(499)
    expect(sockets).toHaveLength(1)
    await pass(1)
    expect(sockets.map(({ url }) => url)).toEqual([
      'wss://calls.example/1',
      'wss://calls.example/2',
    ])
    last()?.opens()
    last()?.receives(eventText('answered'))
    await pass()
    expect(events).toEqual(['state', 'answered'])
    expect(links).toEqual([true, false, true])
  })

  it.each([401, 404, 410])('throw if a ticket is refused with status %d', async (status) => {
    const { result, pass, requests } = follow([status])
    await pass()
    expect(await result).toBe(`The request failed with status ${status}.`)
    expect(requests()).toBe(1)
  })

  it.each([429, 503])('continue after a ticket failed with status %d', async (status) => {
    const { sockets, pass } = follow([status])
    await pass(500)
    expect(sockets).toHaveLength(1)
  })

  it('throw after 80 attempts in a row without an event', async () => {
    const { result, pass, requests } = follow(Array.from({ length: 200 }, () => 503))
    await pass(20 * 60_000)
    expect(await result).toBe('The events of the call cannot be received.')
    expect(requests()).toBe(80)
  })

  it('continue over a new socket if the old one does not respond to a ping', async () => {
    const { sockets, pass, last, links } = follow()
    await pass()
    last()?.opens()
    last()?.receives(eventText('state'))
    await pass(10_000)
    expect(last()?.sent).toEqual(['ping'])
    last()?.receives('pong')
    await pass(10_000)
    expect(sockets).toHaveLength(1)
    await pass(10_000 + 500)
    expect(sockets).toHaveLength(2)
    expect(links).toEqual([true, false])
  })

  it('continue over a new socket if a handshake takes 20 s', async () => {
    const { sockets, pass } = follow()
    await pass(19_999)
    expect(sockets).toHaveLength(1)
    await pass(501)
    expect(sockets).toHaveLength(2)
  })

  it('wait ever longer, and at last throw, if each connection closes at once', async () => {
    const { sockets, result, pass, last } = follow()
    let seen = 0
    for (let seconds = 0; seconds < 20 * 60; seconds += 0.5) {
      await pass(500)
      if (sockets.length === seen) continue
      seen = sockets.length
      last()?.opens()
      last()?.receives(eventText('state'))
      last()?.closes(1011)
    }
    expect(await result).toBe('The events of the call cannot be received.')
    expect(sockets).toHaveLength(80)
  })

  it('throw if the service rejects the connection', async () => {
    const { sockets, result, pass, last } = follow()
    await pass()
    last()?.opens()
    last()?.closes(1008, 'at most 20 connections')
    await pass(60_000)
    expect(await result).toBe('The service rejected the connection: at most 20 connections.')
    expect(sockets).toHaveLength(1)
  })

  it('skip what they cannot read', async () => {
    const { events, result, pass, last } = follow()
    await pass()
    last()?.opens()
    for (const text of ['pong', 'null', '7', '{', '{}', '{"call":null}']) last()?.receives(text)
    last()?.receives(eventText('ended', '2026-11-27T12:00:00Z'))
    await pass()
    expect([await result, events]).toEqual(['ended', ['ended']])
  })

  it('throw the error of the token at once', async () => {
    const client = createClient({
      url: 'https://calls.example',
      token: () => {
        throw new RangeError('the session has ended')
      },
      fetch: async () => Response.json({}),
    })
    const WebSocket = FakeSocket as unknown as SocketClass
    await expect(watchCall(client, 'a-call', { WebSocket }).next()).rejects.toThrow('has ended')
  })

  it('end without the events that wait, when the signal is aborted', async () => {
    const stopped = new AbortController()
    const { result, events, pass, last } = follow([], stopped.signal)
    await pass()
    last()?.opens()
    for (let count = 0; count < 3; count += 1) last()?.receives(eventText('state'))
    stopped.abort()
    await pass()
    expect([await result, events]).toEqual(['ended', []])
  })

  it('end when the signal is aborted, while connected and while waiting', async () => {
    for (const ms of [0, 100]) {
      const stopped = new AbortController()
      const { result, pass, last, sockets } = follow([], stopped.signal)
      await pass()
      if (ms > 0) last()?.closes(1006)
      await pass(ms)
      stopped.abort()
      await pass(60_000)
      expect(await result).toBe('ended')
      expect(sockets).toHaveLength(1)
    }
  })
})
