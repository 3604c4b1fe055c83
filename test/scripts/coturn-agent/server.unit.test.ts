import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import type { Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { passwordOf } from '../../../scripts/coturn-agent/credentials'
import type { Enforcement } from '../../../scripts/coturn-agent/enforcement'
import { createAgentServer } from '../../../scripts/coturn-agent/server'
import { SECRETS } from '../../support/coturn'

const NOW_MS = 1_795_646_673_500
const URLS = ['turn:turn.example.com:3478?transport=udp']
const CREDENTIALS = '/turn/keys/lagos-1/credentials'
const ISSUE = `${CREDENTIALS}/generate-ice-servers`
const USERNAME = '1795646700:call1/caller/9f'
const REVOKE = `${CREDENTIALS}/${encodeURIComponent(USERNAME)}/revoke`

interface Init {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(enforcement: Partial<Enforcement> = {}) {
  const revoked: string[] = []
  const logged: string[] = []
  server = createAgentServer({
    secrets: SECRETS,
    urls: URLS,
    now: () => NOW_MS,
    timeoutMs: 300,
    log: (event, fields) => logged.push(JSON.stringify({ event, ...fields })),
    enforcement: {
      sweep: async () => 0,
      isWorking: () => true,
      revoke: async (username) => revoked.push(username),
      ...enforcement,
    },
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = (path: string, init: Init = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      ...init,
      headers: { Authorization: `Bearer ${SECRETS.RELAY_TOKEN}`, ...init.headers },
    })
  const order = (body: unknown, path = ISSUE) => send(path, { body: JSON.stringify(body) })
  return { port, send, order, revoked, logged }
}

describe('the agent', () => {
  it.each(['', '/v1'])('issues a credential at %s%s', async (prefix) => {
    const { order } = await serve()
    const body = { ttl: 610, customIdentifier: 'call1/caller', unknown: 1 }
    const response = await order(body, `${prefix}${ISSUE}`)
    expect(response.status).toBe(201)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    const { iceServers } = (await response.json()) as { iceServers: [Record<string, string>] }
    const [{ username = '' }] = iceServers
    expect(username).toMatch(/^1795647283:call1\/caller\/[\da-f]{16}$/)
    const credential = passwordOf(SECRETS.COTURN_AUTH_SECRET, username)
    expect(iceServers).toEqual([{ urls: URLS, username, credential }])
  })

  it('issues another username for an equal order', async () => {
    const { order } = await serve()
    const texts = await Promise.all([1, 2].map(async () => (await order({ ttl: 60 })).text()))
    expect(texts[0]).not.toBe(texts[1])
  })

  it('revokes a username', async () => {
    const { send, revoked } = await serve()
    const response = await send(REVOKE)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(revoked).toEqual([USERNAME])
  })

  it.each<[string, number, string, Init, string]>([
    ['no token', 401, ISSUE, { headers: { Authorization: '' } }, 'Bearer <token>'],
    ['another token', 401, ISSUE, { headers: { Authorization: 'Bearer x' } }, 'Bearer <token>'],
    ['another scheme', 401, REVOKE, { headers: { Authorization: 'Basic x' } }, 'Bearer'],
    ['another path', 404, '/', {}, 'no such resource'],
    ['a longer path', 404, `${REVOKE}/x`, {}, 'no such resource'],
    ['another key', 404, ISSUE.replace('lagos-1', 'abuja'), {}, 'Check RELAY_KEY_ID'],
    ['GET', 405, ISSUE, { method: 'GET' }, 'POST only'],
    ['DELETE', 405, REVOKE, { method: 'DELETE' }, 'POST only'],
    ['a large body', 413, ISSUE, { body: 'x'.repeat(4097) }, 'at most 4096 bytes'],
    ['a body of 900 KB', 413, ISSUE, { body: 'x'.repeat(900_000) }, 'at most 4096 bytes'],
    ['a body for a revocation', 413, REVOKE, { body: 'x'.repeat(4097) }, 'at most 4096 bytes'],
    ['no body', 400, ISSUE, {}, 'not valid JSON'],
    ['broken JSON', 400, ISSUE, { body: '{' }, 'not valid JSON'],
    ['a list', 400, ISSUE, { body: '[]' }, 'must be a JSON object'],
    ['null', 400, ISSUE, { body: 'null' }, 'must be a JSON object'],
    ['no ttl', 400, ISSUE, { body: '{}' }, 'from 1 to 172800'],
    ['a ttl of 0', 400, ISSUE, { body: '{"ttl":0}' }, 'from 1 to 172800'],
    ['a ttl above 48 h', 400, ISSUE, { body: '{"ttl":172801}' }, 'from 1 to 172800'],
    ['a ttl of 1.5', 400, ISSUE, { body: '{"ttl":1.5}' }, 'from 1 to 172800'],
    ['a ttl in quotes', 400, ISSUE, { body: '{"ttl":"60"}' }, 'from 1 to 172800'],
    ['a space', 400, ISSUE, { body: '{"ttl":60,"customIdentifier":"a b"}' }, '1 to 100'],
    ['a number', 400, ISSUE, { body: '{"ttl":60,"customIdentifier":5}' }, 'a string'],
    ['a bad escape', 400, `${CREDENTIALS}/%E0/revoke`, {}, 'percent-encoding'],
    ['a foreign username', 404, `${CREDENTIALS}/alice/revoke`, {}, 'never issued'],
    ['a line break', 404, `${CREDENTIALS}/1795646700:a%0d%0astop/revoke`, {}, 'never issued'],
    ['a later expiry', 404, `${CREDENTIALS}/1795819474:a/revoke`, {}, 'never issued'],
  ])('rejects %s with the status %i', async (_, status, path, init, message) => {
    const { send, revoked } = await serve()
    const response = await send(path, init)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.stringContaining(message),
    })
    if (status === 401) expect(response.headers.get('WWW-Authenticate')).toContain('Bearer')
    if (status === 405) expect(response.headers.get('Allow')).toBe('POST')
    expect(revoked).toEqual([])
  })

  it.each([1, 172_800])('accepts a ttl of %i s', async (ttl) => {
    expect((await (await serve()).order({ ttl })).status).toBe(201)
  })

  it('issues nothing while sessions cannot be ended', async () => {
    const { order } = await serve({ isWorking: () => false })
    const response = await order({ ttl: 60 })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'coturn_unavailable' })
  })

  it('reports a revocation that coturn did not carry out, so that it is retried', async () => {
    const { send, logged } = await serve({
      revoke: () => Promise.reject(new Error('coturn closed the connection')),
    })
    const response = await send(REVOKE)
    expect(response.status).toBe(503)
    expect(logged).toEqual([
      '{"event":"revocation_failed","reason":"coturn closed the connection"}',
    ])
  })

  it('logs no secret and no username', async () => {
    const { order, send, logged } = await serve()
    await order({ ttl: 60, customIdentifier: 'call1/caller' })
    await send(REVOKE)
    expect(logged.join()).not.toMatch(/call1|lagos|n3Kf8|q7Vd2|Zt6Qb/)
  })

  async function raw(bytes: string): Promise<string> {
    const { port } = await serve()
    const socket = connect(port, '127.0.0.1')
    socket.write(bytes)
    return text(socket)
  }

  const head = (more: string) =>
    `POST ${ISSUE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SECRETS.RELAY_TOKEN}\r\n${more}`

  it.each([
    ['that is not HTTP', 'hello\r\n\r\n', '400 Bad Request', 'not HTTP'],
    ['whose headers do not end', head('X: 1\r\n'), '408 Request Timeout', 'not sent in time'],
    ['whose body does not end', head('Content-Length: 9\r\n\r\n{'), '408', 'not sent in time'],
    ['with 9 KB of headers', head(`X: ${'x'.repeat(9000)}\r\n\r\n`), '431', 'too large'],
  ])('ends a connection %s with a JSON error', async (_, bytes, status, message) => {
    const response = await raw(bytes)
    expect(response).toContain(`HTTP/1.1 ${status}`)
    expect(response).toContain(message)
  })
})
