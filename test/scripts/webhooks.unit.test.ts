import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stripVTControlCharacters } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAileana } from '../../scripts/aileana/program'
import { listen } from '../../scripts/aileana/webhooks/listen'
import { runCommand } from '../support/usage'

const SECRET = `whsec_${Buffer.from('EXAMPLE-WEBHOOK-SECRET-00001').toString('base64')}`
const UUID = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const OTHER = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a56'
const EVENT = `evt_${'0'.repeat(32)}`

interface Asked {
  readonly method: string
  readonly path: string
  readonly token: string
  readonly body: Record<string, unknown> | undefined
}

type Reply = readonly [status: number, body?: unknown]
type Answer = (asked: Asked) => Reply

let url = ''
let asked: Asked[] = []
let answer: Answer

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const service = createServer((request, response) => {
  void respond(request, response)
})

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await readText(request)
  const { method = '', url: path = '', headers } = request
  const token = headers.authorization?.replace('Bearer ', '') ?? ''
  const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)
  const one = { method, path, token, body }
  asked.push(one)
  const [status, reply] = answer(one)
  response.writeHead(status).end(reply === undefined ? undefined : JSON.stringify(reply))
}

beforeAll(
  () =>
    new Promise<void>((resolve) => {
      service.listen(0, '127.0.0.1', () => {
        url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
        resolve()
      })
    }),
)
afterAll(() => service.close())
beforeEach(() => {
  asked = []
  vi.stubEnv('AILEANA_KEY', 'aik_example')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const endpoints = (...all: readonly (readonly [uuid: string, status: string])[]) =>
  all.map(([uuid, status]) => ({ uuid, status, url: `https://${uuid.slice(-2)}.example/hook` }))

const webhooks = (...args: string[]) =>
  runCommand(createAileana(), ['webhooks', ...args, '--url', url])

const paths = () => asked.map(({ method, path }) => `${method} ${path}`)

describe('trigger', () => {
  it('sends a sample to each endpoint that is not disabled', async () => {
    answer = ({ method }) =>
      method === 'GET'
        ? [200, endpoints([UUID, 'enabled'], [OTHER, 'disabled'])]
        : [200, { status: 204, fault: null, duration_ms: 12 }]
    const { exitCode, printed } = await webhooks('trigger', 'call.ended')
    expect(printed).toBe('call.ended → https://55.example/hook: 204 after 12 ms\n')
    expect(exitCode).toBe(0)
    expect(paths()).toEqual(['GET /endpoints', `POST /endpoints/${UUID}/test`])
    expect(asked.map(({ token }) => token)).toEqual(['aik_example', 'aik_example'])
    expect(asked[1]?.body).toEqual({ type: 'call.ended' })
  })

  it.each([
    [{ status: 500, fault: null, duration_ms: 3 }, '500 after 3 ms'],
    [{ status: null, fault: 'timeout', duration_ms: 15_000 }, 'timeout after 15000 ms'],
    [{ status: 302, fault: 'redirect', duration_ms: 3 }, '302 after 3 ms'],
  ])('reports an endpoint that does not accept the sample: %j', async (attempt, sentence) => {
    answer = ({ method }) => [200, method === 'GET' ? endpoints([UUID, 'enabled']) : attempt]
    const { exitCode, printed } = await webhooks('trigger', 'credit.low')
    expect(printed).toContain(sentence)
    expect(printed).toContain('1 of the deliveries failed.')
    expect(exitCode).toBe(1)
  })

  it.each<[string, Answer, string]>([
    ['no endpoint', () => [200, []], 'There is no endpoint. Start `npm run aileana -- webhooks'],
    [
      'only disabled ones',
      () => [200, endpoints([UUID, 'disabled'])],
      'Every endpoint is disabled.',
    ],
    ['a service that is down', () => [503, { detail: 'Not now.' }], 'status 503: Not now.'],
    ['a key without the scope', () => [403, { detail: 'It requires a scope.' }], 'requires a'],
    ['a revoked key', () => [401, { detail: 'x' }], 'rejects the API key. It may be revoked'],
  ])('fails with %s', async (_, reply, sentence) => {
    answer = reply
    const { exitCode, printed } = await webhooks('trigger', 'credit.low')
    expect(printed).toContain(sentence)
    expect(exitCode).toBeGreaterThan(0)
  })
})

describe('replay', () => {
  it.each<[string[], object]>([
    [[EVENT], { event: EVENT }],
    [['--from', '3', '--to', '9'], { from: 3, to: 9 }],
  ])('%j requests the events for each endpoint', async (args, body) => {
    answer = ({ method }) =>
      method === 'GET' ? [200, endpoints([UUID, 'enabled'])] : [202, { events: 7 }]
    const { printed } = await webhooks('replay', ...args)
    expect(printed).toBe('7 events are sent to https://55.example/hook.\n')
    expect(asked[1]).toMatchObject({ path: `/endpoints/${UUID}/replay`, body })
  })

  it('concerns only the named endpoint if there is one', async () => {
    answer = ({ method }) =>
      method === 'GET' ? [200, endpoints([OTHER, 'paused'])[0]] : [202, { events: 1 }]
    const { printed } = await webhooks('replay', EVENT, '--endpoint', OTHER)
    expect(printed).toBe('1 event is sent to https://56.example/hook.\n')
    expect(paths()).toEqual([`GET /endpoints/${OTHER}`, `POST /endpoints/${OTHER}/replay`])
  })
})

describe('a log-in without a key', () => {
  it('is refreshed when the access token has ended, and ends with the command', async () => {
    vi.stubEnv('AILEANA_KEY', '')
    vi.stubEnv('AILEANA_EMAIL', 'ada@example.com')
    vi.stubEnv('AILEANA_PASSWORD', 'correct horse battery')
    answer = ({ path, token, body }) => {
      if (path === '/auth/login') return [200, { access_token: 'first', refresh_token: 'r1' }]
      if (path === '/auth/refresh')
        return body?.['refresh_token'] === 'r1'
          ? [200, { access_token: 'second', refresh_token: 'r2' }]
          : [401]
      if (token !== 'second') return [401]
      return path === '/auth/logout' ? [204] : [200, []]
    }
    const { printed } = await webhooks('trigger', 'credit.low')
    expect(printed).toContain('There is no endpoint.')
    expect(paths()).toEqual([
      'POST /auth/login',
      'GET /endpoints',
      'POST /auth/refresh',
      'GET /endpoints',
      'POST /auth/logout',
    ])
  })

  it('needs a terminal or the environment', async () => {
    vi.stubEnv('AILEANA_KEY', '')
    const { printed, exitCode } = await webhooks('trigger', 'credit.low')
    expect(printed).toContain('AILEANA_EMAIL is not set, and there is no terminal to ask in.')
    expect(exitCode).toBe(2)
  })
})

/** Starts `listen`, and waits until its endpoint exists. */
async function startListening(options: { readonly forwardTo?: string } = {}) {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(stripVTControlCharacters(line))
  })
  answer = ({ method }) => (method === 'POST' ? [201, { uuid: UUID, secret: SECRET }] : [204])
  let stop = () => undefined as void
  const stopped = new Promise<void>((resolve) => (stop = resolve))
  const ended = listen({ url, port: 0, types: ['call.ended'], ...options }, stopped)
  await vi.waitFor(() => expect(lines[0]).toContain('Receives call.ended at'))
  const receiver = String(asked[0]?.body?.['url'])
  const send = async (secret = SECRET, sequence: number | null = 4) => {
    const body = JSON.stringify({ id: EVENT, type: 'call.ended', version: 1, sequence, data: {} })
    const at = new Date()
    const headers = {
      'webhook-id': EVENT,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(EVENT, at, body),
    }
    return (await fetch(receiver, { method: 'POST', headers, body })).status
  }
  return { lines, send, stop, ended, receiver }
}

describe('listen', () => {
  it('prints genuine events, rejects forgeries, and removes its endpoint at the end', async () => {
    const { lines, send, stop, ended, receiver } = await startListening()
    expect(asked[0]).toMatchObject({ path: '/endpoints', body: { types: ['call.ended'] } })
    expect(receiver).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await send()).toBe(204)
    expect(await send(SECRET, null)).toBe(204)
    expect(await send(`whsec_${Buffer.from('FOREIGN-SECRET').toString('base64')}`)).toBe(400)
    stop()
    await ended
    expect(lines.slice(1)).toEqual([
      `4 call.ended  ${EVENT} {}`,
      `sample call.ended  ${EVENT} {}`,
      'rejected: No signature of the webhook matches its body.',
      'The endpoint is removed.',
    ])
    expect(paths()).toEqual(['POST /endpoints', `DELETE /endpoints/${UUID}`])
  })

  it('passes deliveries on with their signature, and returns the status of the response', async () => {
    const signatures: string[] = []
    const app = createServer((request, response) => {
      signatures.push(String(request.headers['webhook-signature']))
      response.writeHead(503).end()
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    const forwardTo = `http://127.0.0.1:${(app.address() as AddressInfo).port}/hook`
    const { lines, send, stop, ended } = await startListening({ forwardTo })
    expect(await send()).toBe(503)
    app.closeAllConnections()
    await new Promise((resolve) => app.close(resolve))
    expect(await send()).toBe(502)
    stop()
    await ended
    expect(signatures).toEqual([expect.stringMatching(/^v1,/)])
    expect(lines[1]).toContain(`their secret is ${SECRET}`)
    expect(lines).toContain(`  → ${forwardTo}: 503`)
  })

  it('closes its receiver if the endpoint cannot be created', async () => {
    answer = () => [409, { detail: 'There can be at most 10 endpoints.' }]
    await expect(listen({ url, port: 0 }, new Promise(() => undefined))).rejects.toThrow(
      'status 409: There can be at most 10 endpoints.',
    )
    const { port } = new URL(String(asked[0]?.body?.['url']))
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed')
  })

  it('rejects a service that cannot send to this machine', async () => {
    await expect(
      listen({ url: 'https://calls.example', port: 0 }, Promise.resolve()),
    ).rejects.toThrow('https://calls.example cannot send to this machine.')
  })

  it('reports a port that is in use', async () => {
    const port = Number(new URL(url).port)
    await expect(listen({ url, port }, Promise.resolve())).rejects.toThrow(
      `The port ${port} cannot be used`,
    )
  })
})
