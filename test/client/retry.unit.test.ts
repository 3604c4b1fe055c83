import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ClientOptions, createClient } from '../../client/client'

const URL = 'https://calls.example'
const KEY = { header: { 'idempotency-key': '7c0d9a52-1f7e-4d5b-8a3e-2b9f6c4d1e80' } }
const NEW_PAYMENT = { amount: 50, method: 'monnify' } as const

type Failing = () => Response

const offline: Failing = () => {
  throw new TypeError('fetch failed')
}
const answers =
  (status: number, headers: Record<string, string> = {}, code = 'any'): Failing =>
  () =>
    Response.json({ code, detail: 'A reason.' }, { status, headers })

let waits: number[] = []

/** Ends each wait at once, and records it. */
beforeEach(() => {
  waits = []
  const timer = (callback: () => void, ms: number) => {
    waits.push(ms)
    queueMicrotask(callback)
  }
  vi.stubGlobal('setTimeout', timer)
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  return () => {
    vi.unstubAllGlobals()
    random.mockRestore()
  }
})

/** @param failures results of the first requests; later ones succeed. @returns client and sent requests */
function clientWith(failures: readonly Failing[], options: Partial<ClientOptions> = {}) {
  const sent: { method: string; key: string | null; body: string }[] = []
  const client = createClient({
    url: URL,
    ...options,
    async fetch(request) {
      const { method, headers } = request
      sent.push({ method, key: headers.get('Idempotency-Key'), body: await request.text() })
      return failures[sent.length - 1]?.() ?? Response.json({})
    },
  })
  return { client, sent }
}

const PASSING: [what: string, failure: Failing][] = [
  ['a network failure', offline],
  ...[429, 500, 502, 503, 504].map((status): [string, Failing] => [
    `status ${status}`,
    answers(status),
  ]),
]

describe.each(PASSING)('after %s', (_, failure) => {
  it('a GET is retried', async () => {
    const { client, sent } = clientWith([failure, failure])
    expect((await client.GET('/wallets')).response.status).toBe(200)
    expect(sent).toHaveLength(3)
  })

  it('a POST is retried with its idempotency key, byte for byte', async () => {
    const { client, sent } = clientWith([failure, failure])
    const { response } = await client.POST('/payments', { body: NEW_PAYMENT, params: KEY })
    expect(response.status).toBe(200)
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map((request) => JSON.stringify(request))).size).toBe(1)
    expect(sent[0]).toMatchObject({ key: KEY.header['idempotency-key'] })
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(NEW_PAYMENT)
  })

  it('a POST without a key, a PATCH and a DELETE are never retried', async () => {
    const id = { path: { uuid: '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55' } }
    for (const ask of [
      (client: ReturnType<typeof createClient>) => client.POST('/payments', { body: NEW_PAYMENT }),
      (client: ReturnType<typeof createClient>) =>
        client.PATCH('/calls/{uuid}/end', { params: id }),
      (client: ReturnType<typeof createClient>) =>
        client.DELETE('/auth/sessions/{uuid}', { params: id }),
    ]) {
      const { client, sent } = clientWith([failure])
      await ask(client).catch(() => undefined)
      expect(sent).toHaveLength(1)
      expect(waits).toEqual([])
    }
  })

  it('the client stops after four attempts and reports the last failure', async () => {
    const { client, sent } = clientWith(Array.from({ length: 9 }, () => failure))
    const last = await client.GET('/wallets').catch((error: unknown) => error)
    if (failure === offline) expect(last).toBeInstanceOf(TypeError)
    else expect(last).toMatchObject({ error: { detail: 'A reason.' } })
    expect(sent).toHaveLength(4)
    expect(waits).toEqual([200, 400, 800])
  })
})

describe('the wait', () => {
  it('is as long as `Retry-After`', async () => {
    const { client } = clientWith([answers(429, { 'Retry-After': '7' })])
    await client.GET('/wallets')
    expect(waits).toEqual([7000])
  })

  it('is left to the caller if it is too long', async () => {
    const { client, sent } = clientWith([answers(429, { 'Retry-After': '31' })])
    expect((await client.GET('/wallets')).response.status).toBe(429)
    expect([sent.length, waits]).toEqual([1, []])
  })

  it('is never shorter than without the header, even if that asks for none', async () => {
    for (const text of ['0', '', 'soon']) {
      waits = []
      const { client } = clientWith([answers(429, { 'Retry-After': text })])
      await client.GET('/wallets')
      expect(waits, text).toEqual([200])
    }
  })

  it('may be given as a date', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
    const { client, sent } = clientWith([answers(503, { 'Retry-After': inAnHour })])
    expect((await client.GET('/wallets')).response.status).toBe(503)
    expect(sent).toHaveLength(1)
  })

  it('is shortened by up to a half, so that clients do not retry together', async () => {
    vi.mocked(Math.random).mockReturnValue(1)
    const { client } = clientWith([answers(503)])
    await client.GET('/wallets')
    expect(waits).toEqual([100])
  })
})

describe('a response that is cut off', () => {
  const cut: Failing = () => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"amount":'))
        controller.error(new TypeError('terminated'))
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'application/json' } })
  }

  it('is requested again, with a key also for a POST', async () => {
    const { client, sent } = clientWith([cut])
    const { response } = await client.POST('/payments', { body: NEW_PAYMENT, params: KEY })
    expect([response.status, sent.length]).toEqual([200, 2])
  })

  it('is not requested again for a POST without a key', async () => {
    const { client, sent } = clientWith([cut])
    await expect(client.POST('/payments', { body: NEW_PAYMENT })).rejects.toThrow()
    expect(sent).toHaveLength(1)
  })
})

it.each([0, -1, Number.NaN, 1.5])('with %d attempts a request is sent once', async (attempts) => {
  const { client, sent } = clientWith([answers(503)], { retries: { attempts } })
  await client.GET('/wallets')
  expect(sent).toHaveLength(1)
})

it.each(['.', '..'])('a parameter %j of the path is rejected', async (uuid) => {
  const { client, sent } = clientWith([])
  const ended = client.PATCH('/calls/{uuid}/end', { params: { path: { uuid } } })
  await expect(ended).rejects.toThrow('parameter of the path')
  expect(sent).toEqual([])
})

describe('a failed request', () => {
  it.each([400, 401, 404, 409, 422])('with status %i is not retried', async (status) => {
    const { client, sent } = clientWith([answers(status)])
    await client.POST('/payments', { body: NEW_PAYMENT, params: KEY })
    expect(sent).toHaveLength(1)
  })

  it('is retried while the first request with its key is in progress', async () => {
    const { client, sent } = clientWith([answers(409, {}, 'request_in_progress')])
    const { response } = await client.POST('/payments', { body: NEW_PAYMENT, params: KEY })
    expect([response.status, sent.length]).toEqual([200, 2])
  })

  it('is not retried if the caller aborts it', async () => {
    const { client, sent } = clientWith([offline])
    const asked = client.GET('/wallets', { signal: AbortSignal.abort() })
    await expect(asked).rejects.toThrow('abort')
    expect(sent).toHaveLength(1)
  })

  it('is not retried if the caller aborts the wait', async () => {
    const abort = new AbortController()
    vi.stubGlobal('setTimeout', () => queueMicrotask(() => abort.abort()))
    const { client, sent } = clientWith([offline])
    const asked = client.GET('/wallets', { signal: abort.signal })
    await expect(asked).rejects.toThrow('abort')
    expect(sent).toHaveLength(1)
  })
})

it('each request has the newest token', async () => {
  const tokens = ['first', 'second']
  const seen: (string | null)[] = []
  const client = createClient({
    url: URL,
    token: () => tokens.shift(),
    fetch: async (request) => {
      seen.push(request.headers.get('Authorization'))
      return Response.json([])
    },
  })
  await client.GET('/wallets')
  await client.GET('/wallets')
  await client.GET('/wallets')
  expect(seen).toEqual(['Bearer first', 'Bearer second', null])
})
