import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../../client/client'
import { events, type EventsOptions } from '../../client/webhooks'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

type Reply = { readonly next?: number; readonly ids?: readonly number[]; readonly status?: number }

const eventOf = (sequence: number) => ({
  id: `evt_${sequence}`,
  type: 'wallet.frozen',
  version: 1,
  sequence,
  timestamp: '2026-11-27T12:00:00.000Z',
  data: {},
})

/** Reads a stream whose responses are given; afterwards it is empty. */
function read(replies: readonly Reply[], options: EventsOptions = {}) {
  const urls: URL[] = []
  const sequences: (number | null)[] = []
  const client = createClient({
    url: 'https://calls.example',
    retries: { attempts: 1 },
    fetch: async ({ url }) => {
      const asked = new URL(url)
      const after = Number(asked.searchParams.get('after'))
      const { ids = [], next = ids.at(-1) ?? after, status = 200 } = replies[urls.length] ?? {}
      urls.push(asked)
      if (status !== 200) return Response.json({ code: 'any', detail: 'No.' }, { status })
      const headers = { Link: `</events?after=${next}&limit=100>; rel="next"` }
      return Response.json(ids.map(eventOf), { headers })
    },
  })
  const run = async () => {
    for await (const { sequence } of events(client, { random: () => 0.5, ...options }))
      sequences.push(sequence)
    return 'ended'
  }
  const result = run().catch((error: Error) => error.message)
  return { urls, sequences, result, pass: (ms = 0) => vi.advanceTimersByTimeAsync(ms) }
}

describe('the events of a stream', () => {
  it('arrive page after page, from the cursor on, until the newest', async () => {
    const cursors: number[] = []
    const { result, sequences, urls } = read([{ ids: [8, 9] }, { ids: [10] }], {
      after: 7,
      stopsAtEnd: true,
      onCursor: (after) => void cursors.push(after),
    })
    expect(await result).toBe('ended')
    expect(sequences).toEqual([8, 9, 10])
    expect(urls.map(({ searchParams }) => searchParams.get('after'))).toEqual(['7', '9', '10'])
    expect(urls.map(({ searchParams }) => searchParams.get('wait'))).toEqual(['0', '0', '0'])
    expect(cursors).toEqual([9, 10, 10])
  })

  it('continue after an empty page that passed events of other types', async () => {
    const options = { stopsAtEnd: true, types: ['wallet.frozen', 'payment.failed'] } as const
    const { result, sequences, urls } = read([{ next: 500 }, { ids: [501] }], options)
    expect(await result).toBe('ended')
    expect(sequences).toEqual([501])
    expect(urls[1]?.search).toContain('after=500')
    expect(urls[0]?.searchParams.get('types')).toBe('wallet.frozen,payment.failed')
  })

  it('are awaited by long polls, and not requested at full speed', async () => {
    const stopped = new AbortController()
    const { result, sequences, urls, pass } = read([{}, {}, { ids: [1] }], {
      signal: stopped.signal,
    })
    await pass()
    expect(urls).toHaveLength(1)
    expect(urls[0]?.searchParams.get('wait')).toBe('25')
    await pass(250)
    await pass(250)
    expect(sequences).toEqual([1])
    stopped.abort()
    await pass(1000)
    expect(await result).toBe('ended')
  })

  it.each([429, 500, 503])('continue after status %d, without a gap', async (status) => {
    const { result, sequences, urls, pass } = read([{ ids: [1] }, { status }, { ids: [2] }], {
      stopsAtEnd: true,
    })
    await pass(10_000)
    expect(await result).toBe('ended')
    expect(sequences).toEqual([1, 2])
    expect(urls[2]?.search).toContain('after=1&')
  })

  it.each([401, 403, 409])('throw for status %d', async (status) => {
    const { result, urls } = read([{ status }])
    expect(await result).toBe('No.')
    expect(urls).toHaveLength(1)
  })

  it('throw after 80 failures in a row', async () => {
    const { result, urls, pass } = read(Array.from({ length: 200 }, () => ({ status: 503 })))
    await pass(20 * 60_000)
    expect(await result).toBe('No.')
    expect(urls).toHaveLength(80)
  })

  it('do not add up failures between which an event arrived', async () => {
    const down = Array.from({ length: 60 }, () => ({ status: 503 }))
    const { result, sequences, pass } = read([...down, { ids: [1] }, ...down, { ids: [2] }], {
      stopsAtEnd: true,
    })
    await pass(30 * 60_000)
    expect(await result).toBe('ended')
    expect(sequences).toEqual([1, 2])
  })

  it('throw if the cursor leads back', async () => {
    const { result } = read([{ ids: [1], next: 4 }], { after: 9 })
    expect(await result).toBe('The response has no link to the next events.')
  })

  it('end at once if the signal is aborted', async () => {
    const { result, urls } = read([{ ids: [1] }], { signal: AbortSignal.abort() })
    expect([await result, urls.length]).toEqual(['ended', 0])
  })
})
