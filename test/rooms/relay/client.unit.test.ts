import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Handler, issued, RELAY_TOKEN, relayBefore } from '../../support/relay-client'

const CALL = '0198c0de-0000-7000-8000-000000000001'
const order = { callUuid: CALL, seat: 'caller', ttlSeconds: 610 } as const
const UNAVAILABLE = { ok: false, refusal: { code: 'relay_unavailable' } }
const HOST = 'https://rtc.live.cloudflare.com'

afterEach(() => {
  vi.restoreAllMocks()
})

const silenced = () => vi.spyOn(console, 'log').mockImplementation(() => undefined)

describe("the relay's client", () => {
  it('orders a credential for a seat, and keeps the URLs that a browser may use', async () => {
    const { relay, requests } = relayBefore(() => issued())
    expect(await relay.issue(order)).toEqual({
      ok: true,
      value: {
        username: 'g01f2a',
        credential: 'c5e8',
        urls: [
          'stun:stun.cloudflare.com:3478',
          'turn:turn.cloudflare.com:3478?transport=udp',
          'turns:turn.cloudflare.com:443?transport=tcp',
        ],
        expiresAtMs: 1_700_000_610_000,
      },
    })
    const [request] = requests as [Request]
    expect(request.method).toBe('POST')
    expect(request.url).toBe(`${HOST}/v1/turn/keys/k1/credentials/generate-ice-servers`)
    expect(request.headers.get('Authorization')).toBe(`Bearer ${RELAY_TOKEN}`)
    expect(await request.json()).toEqual({ ttl: 610, customIdentifier: `${CALL}/caller` })
  })

  it('counts the lifetime from the response, after which the relay cannot expire later', async () => {
    const { relay, clock } = relayBefore(() => {
      clock.nowMs += 4000
      return issued()
    })
    expect(await relay.issue(order)).toMatchObject({ value: { expiresAtMs: 1_700_000_614_000 } })
  })

  it.each([
    ['g01f2a', 'g01f2a'],
    ['1795646673:call1/caller', '1795646673%3Acall1%2Fcaller'],
    ['a?b#c%', 'a%3Fb%23c%25'],
  ])('revokes %s by the path %s, without a body', async (username, path) => {
    const { relay, requests } = relayBefore(() => new Response(null, { status: 204 }))
    expect(await relay.revoke(username)).toEqual({ ok: true, value: null })
    expect(requests[0]?.url).toBe(`${HOST}/v1/turn/keys/k1/credentials/${path}/revoke`)
    expect(requests[0]?.method).toBe('POST')
    expect(await requests[0]?.text()).toBe('')
  })

  it('counts an unknown username as revoked, and logs it without the username', async () => {
    const log = silenced()
    const { relay } = relayBefore(() => new Response('', { status: 404 }))
    expect(await relay.revoke('g01f2a')).toEqual({ ok: true, value: null })
    expect(log.mock.calls).toEqual([['{"event":"relay_username_unknown","step":"revoke"}']])
  })

  it('follows no redirect', async () => {
    const { relay, requests } = relayBefore(() => issued())
    await relay.issue(order)
    await relay.revoke('g01f2a')
    expect(requests.map(({ redirect }) => redirect)).toEqual(['manual', 'manual'])
  })

  it('waits five seconds for a response, and leaves no timer behind', async () => {
    vi.useFakeTimers()
    try {
      silenced()
      const { relay, requests } = relayBefore(() => new Promise<Response>(() => undefined))
      void relay.issue(order)
      await vi.advanceTimersByTimeAsync(4999)
      expect(requests[0]?.signal.aborted).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(requests[0]?.signal.aborted).toBe(true)
      await relayBefore(() => issued()).relay.issue(order)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('reads a response of 16 KiB, and rejects a larger one', async () => {
    silenced()
    const sized = async (bytes: number) => {
      const text = await issued().text()
      return relayBefore(() => new Response(text.padEnd(bytes), { status: 201 })).relay
    }
    expect(await (await sized(16 * 1024)).issue(order)).toMatchObject({ ok: true })
    expect(await (await sized(16 * 1024 + 1)).issue(order)).toEqual(UNAVAILABLE)
  })

  it.each<[string, Handler]>([
    ['a 200', async () => new Response(await issued().text())],
    ['a 401', () => new Response('{}', { status: 401 })],
    ['a 404', () => new Response('{}', { status: 404 })],
    ['a 429', () => new Response('', { status: 429, headers: { 'Retry-After': '1' } })],
    ['a 502', () => new Response('error code: 502', { status: 502 })],
    ['a redirect', () => new Response(null, { status: 307, headers: { Location: `${HOST}/x` } })],
    ['an empty body', () => new Response('', { status: 201 })],
    ['another shape', () => Response.json([1, 2, 3], { status: 201 })],
    ['no server', () => Response.json({ iceServers: [] }, { status: 201 })],
    ['ten megabytes', () => new Response('x'.repeat(10_000_000), { status: 201 })],
    ['a failed connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['a time-out', () => Promise.reject(new DOMException('timed out', 'TimeoutError'))],
  ])('treats %s as unavailable, and does not repeat the order', async (_, respond) => {
    const log = silenced()
    const { relay, requests } = relayBefore(respond)
    expect(await relay.issue(order)).toEqual(UNAVAILABLE)
    expect(requests).toHaveLength(1)
    expect(log).toHaveBeenCalledTimes(1)
    expect(String(log.mock.calls)).not.toContain(RELAY_TOKEN)
  })

  it.each([[200], [400], [401], [500], [503]])(
    'treats the status %i of a revocation as unavailable',
    async (status) => {
      silenced()
      const { relay, requests } = relayBefore(() => new Response('', { status }))
      expect(await relay.revoke('g01f2a')).toEqual(UNAVAILABLE)
      expect(requests).toHaveLength(1)
    },
  )

  const turn = { urls: 'turn:turn.example.com', username: 'u1', credential: 'p1' }
  const only = (server: object) => Response.json({ iceServers: [server] }, { status: 201 })

  it('accepts a single URL that is not in a list', async () => {
    expect(await relayBefore(() => only(turn)).relay.issue(order)).toMatchObject({
      value: { username: 'u1', credential: 'p1', urls: ['turn:turn.example.com'] },
    })
  })

  it.each<[string, object]>([
    ['no username', { ...turn, username: undefined }],
    ['no password', { ...turn, credential: undefined }],
    ['an empty username', { ...turn, username: '' }],
    ['a username that is a dot segment', { ...turn, username: '..' }],
    ['a username with a space', { ...turn, username: 'u 1' }],
    ['a username with a line break', { ...turn, username: 'u1\n' }],
    ['a username of 513 characters', { ...turn, username: 'u'.repeat(513) }],
    ['a password that is a number', { ...turn, credential: 5 }],
    ['no usable TURN URL', { ...turn, urls: ['stun:a.example', 'turn:a.example:53', 'http://a'] }],
    ['33 URLs', { ...turn, urls: Array.from({ length: 33 }, (_, n) => `turn:a${n}.example`) }],
  ])('rejects a response with %s', async (_, server) => {
    silenced()
    expect(await relayBefore(() => only(server)).relay.issue(order)).toEqual(UNAVAILABLE)
  })

  it('rejects a second credential, which would never be revoked', async () => {
    silenced()
    expect(await relayBefore(() => issued(turn)).relay.issue(order)).toEqual(UNAVAILABLE)
  })
})
