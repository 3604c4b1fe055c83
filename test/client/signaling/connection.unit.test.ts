import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectToRoom, type RoomConnection, type RoomOptions } from '../../../client/room'
import type { SocketClass } from '../../../client/socket'
import { FakeSocket } from './fake-socket'

const URL = 'wss://calls.example/signaling/3f0b8c1e?ticket=eyJhbGci'
const ENDED = { type: 'ended', reason: 'hangup', charge: 10, started_at: null, ended_at: null }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** A connection whose waits are exactly 0.5 s, 1 s, 2 s, 4 s and 8 s, and the events that it reports. */
function connect(options: Partial<RoomOptions> = {}) {
  const sockets: FakeSocket[] = []
  const events: string[] = []
  const questions: string[] = []
  const connection: RoomConnection = connectToRoom({
    url: URL,
    random: () => 0.5,
    WebSocket: class extends FakeSocket {
      constructor(url: string) {
        super(url)
        sockets.push(this)
      }
    } as unknown as SocketClass,
    fetch: async (request) => {
      questions.push(request.url)
      return Response.json({ code: 'upgrade_required' }, { status: 426 })
    },
    onMessage: ({ type }) => events.push(type),
    onLink: (link) => events.push(link),
    onRejected: (rejection) => events.push(`rejected: ${rejection}`),
    ...options,
  })
  const last = (): FakeSocket => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('There is no socket.')
    return socket
  }
  return { connection, sockets, events, questions, last }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** Fails each attempt at once. */
async function failAttempts(room: ReturnType<typeof connect>, count: number): Promise<void> {
  for (let attempt = 0; attempt < count; attempt++) {
    room.last().fails()
    await pass(8000)
  }
}

describe('an open connection', () => {
  it('uses the URL of the seat, and reports each message in order', () => {
    const { sockets, events, last } = connect()
    last().opens()
    for (const type of ['offer', 'candidate', 'error']) last().receives({ type })
    expect(sockets.map(({ url }) => url)).toEqual([URL])
    expect(events).toEqual(['open', 'offer', 'candidate', 'error'])
  })

  it('ignores unknown and malformed messages', () => {
    const { events, last } = connect()
    last().opens()
    for (const text of ['pong', 'null', '{', '{"type":"recording"}']) last().receives(text)
    expect(events).toEqual(['open'])
  })

  it('sends messages as JSON, and nothing while it is not open', () => {
    const { connection, last } = connect()
    expect(connection.send({ type: 'accept' })).toBe(false)
    last().opens()
    expect(connection.send({ type: 'hangup' })).toBe(true)
    expect(last().sent).toEqual(['ping', '{"type":"hangup"}'])
    last().closes(1006)
    expect(connection.send({ type: 'hangup' })).toBe(false)
  })

  it('sends a ping at the start and every 10 s', async () => {
    const { last, sockets } = connect()
    last().opens()
    for (let pings = 1; pings <= 6; pings++) {
      expect(last().sent).toEqual(Array.from({ length: pings }, () => 'ping'))
      last().receives('pong')
      await pass(10_000)
    }
    expect(sockets).toHaveLength(1)
  })

  it.each(['pong', '{"type":"offer"}'])('is alive after the message %s', async (text) => {
    const { last, sockets } = connect()
    last().opens()
    await pass(9999)
    last().receives(text)
    await pass(1)
    expect(last().sent).toEqual(['ping', 'ping'])
    expect(sockets).toHaveLength(1)
  })

  it('is lost if a ping has no response for 10 s, and connects again', async () => {
    const { last, sockets, events } = connect()
    const [first] = sockets
    last().opens()
    last().receives('pong')
    await pass(19_999)
    expect(events).toEqual(['open'])
    await pass(1)
    expect(events).toEqual(['open', 'lost'])
    expect(first?.readyState).toBe(2)
    await pass(500)
    expect(sockets).toHaveLength(2)
    last().opens()
    first?.receives({ type: 'offer' })
    first?.closes(4001, 'replaced')
    expect(events).toEqual(['open', 'lost', 'open'])
  })

  it('is lost if the first ping has no response', async () => {
    const { last, events } = connect()
    last().opens()
    await pass(10_000)
    expect(events).toEqual(['open', 'lost'])
  })
})

describe('an attempt', () => {
  it('follows a failure after 0.5 s, 1 s, 2 s, 4 s, and then every 8 s', async () => {
    const room = connect()
    for (const [index, waitMs] of [500, 1000, 2000, 4000, 8000, 8000, 8000].entries()) {
      room.last().fails()
      await pass(waitMs - 1)
      expect(room.sockets).toHaveLength(index + 1)
      await pass(1)
      expect(room.sockets).toHaveLength(index + 2)
    }
  })

  it.each([
    [0, 375],
    [1, 625],
  ])('waits for a random time: with %d it is %d ms', async (random, waitMs) => {
    const { last, sockets } = connect({ random: () => random })
    last().fails()
    await pass(waitMs - 1)
    expect(sockets).toHaveLength(1)
    await pass(1)
    expect(sockets).toHaveLength(2)
  })

  it('resets the waits after a connection of three seconds, and not after a shorter one', async () => {
    const room = connect()
    await failAttempts(room, 4)
    room.last().opens()
    room.last().closes(1006)
    await pass(7999)
    expect(room.sockets).toHaveLength(5)
    await pass(1)
    expect(room.sockets).toHaveLength(6)
    room.last().opens()
    room.last().receives('pong')
    await pass(3000)
    room.last().closes(1006)
    await pass(500)
    expect(room.sockets).toHaveLength(7)
  })

  it('is the only one, however often a retry is requested', async () => {
    const requests: Request[] = []
    const room = connect({ fetch: (request) => (requests.push(request), new Promise(() => {})) })
    await failAttempts(room, 3)
    for (let times = 0; times < 50; times += 1) room.connection.retryNow()
    expect(requests).toHaveLength(1)
  })

  it('is given up if it does not open in 20 s', async () => {
    const { last, sockets, events } = connect()
    await pass(19_999)
    expect(events).toEqual([])
    await pass(1)
    expect(events).toEqual(['lost'])
    expect(sockets[0]?.readyState).toBe(2)
    await pass(500)
    expect(sockets).toHaveLength(2)
    last().opens()
    await pass(9999)
    expect(events).toEqual(['lost', 'open'])
  })

  it('is made at once on request, without the wait', async () => {
    const { connection, last, sockets } = connect()
    connection.retryNow()
    expect(sockets).toHaveLength(1)
    last().fails()
    connection.retryNow()
    connection.retryNow()
    expect(sockets).toHaveLength(2)
    last().opens()
    last().receives('pong')
    await pass(9000)
    connection.retryNow()
    expect(sockets).toHaveLength(2)
  })

  it('is made at once for a listener that requests it when the connection is lost', async () => {
    const { connection, last, sockets } = connect({
      onLink: (link) => {
        if (link === 'lost') connection.retryNow()
      },
    })
    last().opens()
    last().receives('pong')
    last().closes(1006)
    expect(sockets).toHaveLength(2)
    last().opens()
    await pass(1000)
    expect(sockets).toHaveLength(2)
  })

  it('is not made after 1400 failures in a row', async () => {
    const room = connect()
    await failAttempts(room, 1400)
    expect(room.sockets).toHaveLength(1401)
    room.last().fails()
    expect(room.events.slice(-3)).toEqual(['lost', 'closed', 'rejected: unavailable'])
    room.connection.retryNow()
    await pass(60_000)
    expect(room.sockets).toHaveLength(1401)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the request for the reason of a failure', () => {
  it('is sent before the third attempt, to the same URL over HTTP', async () => {
    const room = connect()
    await failAttempts(room, 1)
    expect(room.questions).toEqual([])
    await failAttempts(room, 1)
    expect(room.questions).toEqual([URL.replace('wss:', 'https:')])
    expect(room.sockets).toHaveLength(3)
  })

  it.each([
    ['validation_failed', 'invalid_link'],
    ['invalid_ticket', 'invalid_link'],
    ['not_found', 'invalid_link'],
    ['origin_refused', 'invalid_link'],
    ['call_ended', 'call_ended'],
    ['call_without_media', 'without_media'],
    ['unauthenticated', 'signed_out'],
    ['wallet_frozen', 'signed_out'],
    ['relay_not_configured', 'unavailable'],
  ])('with the response %s ends the connection: %s', async (code, rejection) => {
    const room = connect({ fetch: async () => Response.json({ code }, { status: 400 }) })
    await failAttempts(room, 2)
    expect(room.events).toEqual(['lost', 'lost', 'closed', `rejected: ${rejection}`])
    expect(room.sockets).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['a problem that passes', async () => Response.json({ code: 'rate_limited' })],
    ['no JSON', async () => new Response('<html>', { status: 502 })],
    ['JSON that is no object', async () => new Response('null')],
    ['a network failure', () => Promise.reject(new TypeError('fetch failed'))],
  ])('with the result "%s" is followed by an attempt', async (_, fetch) => {
    const room = connect({ fetch })
    await failAttempts(room, 2)
    expect(room.events).toEqual(['lost', 'lost'])
    expect(room.sockets).toHaveLength(3)
  })

  it('is given up after 8 s without a response', async () => {
    const limit = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal)
    const room = connect({
      fetch: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('timeout')))
        }),
    })
    await failAttempts(room, 2)
    expect(room.sockets).toHaveLength(2)
    expect(timeout.mock.calls).toEqual([[8000]])
    limit.abort()
    await pass(0)
    expect(room.sockets).toHaveLength(3)
  })

  it('has no effect after the connection was closed, or has opened meanwhile', async () => {
    const answers: ((response: Response) => void)[] = []
    const fetch = () => new Promise<Response>((resolve) => answers.push(resolve))
    const refusal = () => Response.json({ code: 'call_ended' })
    const closed = connect({ fetch })
    await failAttempts(closed, 2)
    closed.connection.close()
    answers.shift()?.(refusal())
    await pass(0)
    expect(closed.events).toEqual(['lost', 'lost', 'closed'])
    expect(closed.sockets).toHaveLength(2)

    const opened = connect({ fetch })
    await failAttempts(opened, 2)
    opened.connection.retryNow()
    answers.pop()?.(Response.json({ code: 'upgrade_required' }))
    await pass(0)
    opened.last().opens()
    answers.pop()?.(refusal())
    await pass(0)
    expect(opened.events).toEqual(['lost', 'lost', 'open'])
    expect(opened.sockets).toHaveLength(3)
  })
})

describe('the end of a connection', () => {
  it.each([
    [4001, 'replaced', 'replaced'],
    [1008, 'the session has ended', 'signed_out'],
    [1008, 'the call was answered without media', 'without_media'],
    [1008, 'too many messages', 'rejected_message'],
    [1009, 'A message must have at most 32768 bytes.', 'rejected_message'],
  ])('is a close with %d and "%s"', async (code, reason, rejection) => {
    const { connection, events, last, sockets } = connect()
    last().opens()
    last().closes(code, reason)
    connection.retryNow()
    await pass(60_000)
    expect(events).toEqual(['open', 'closed', `rejected: ${rejection}`])
    expect(sockets).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([1000, 1001, 1005, 1006, 1011, 1012, 4000])(
    'does not follow a close with %d, after which it connects again',
    async (code) => {
      const { events, last, sockets } = connect()
      last().opens()
      last().closes(code, 'any')
      await pass(500)
      expect(events).toEqual(['open', 'lost'])
      expect(sockets).toHaveLength(2)
    },
  )

  it('follows the message `ended`, without a rejection', async () => {
    const { connection, events, last, sockets } = connect()
    const socket = last()
    socket.opens()
    socket.receives(ENDED)
    expect(socket.readyState).toBe(2)
    socket.receives({ type: 'offer' })
    socket.closes(1008, 'the session has ended')
    connection.retryNow()
    await pass(60_000)
    expect(events).toEqual(['open', 'ended', 'closed'])
    expect(sockets).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each(['opening', 'open', 'lost'] as const)(
    'by the client leaves no timer if the connection is %s',
    async (link) => {
      const { connection, events, last, sockets } = connect()
      const socket = last()
      if (link !== 'opening') socket.opens()
      if (link === 'lost') socket.closes(1006)
      connection.close()
      connection.close()
      expect(vi.getTimerCount()).toBe(0)
      socket.opens()
      socket.receives({ type: 'offer' })
      socket.fails()
      await pass(60_000)
      expect(events.filter((event) => event === 'closed')).toEqual(['closed'])
      expect(events.at(-1)).toBe('closed')
      expect(sockets).toHaveLength(1)
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it.each(['open', 'lost'] as const)(
    'by a listener leaves no timer when the link becomes %s',
    async (closing) => {
      const { connection, last, sockets } = connect({
        onLink: (link) => {
          if (link === closing) connection.close()
        },
      })
      last().opens()
      last().closes(1006)
      await pass(60_000)
      expect(sockets).toHaveLength(1)
      expect(vi.getTimerCount()).toBe(0)
    },
  )
})
