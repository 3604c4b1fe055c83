/** The relay's client with a relay whose responses a test sets. */
import { createRelay } from '../../src/rooms/relay/client'

export const RELAY_TOKEN = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'

export const issued = (...servers: readonly object[]) =>
  Response.json(
    {
      iceServers: [
        { urls: ['stun:stun.cloudflare.com:3478'] },
        {
          urls: [
            'turn:turn.cloudflare.com:3478?transport=udp',
            'turn:turn.cloudflare.com:53?transport=udp',
            'turns:turn.cloudflare.com:443?transport=tcp',
          ],
          username: 'g01f2a',
          credential: 'c5e8',
        },
        ...servers,
      ],
    },
    { status: 201 },
  )

export type Handler = (request: Request) => Response | Promise<Response>

export function relayBefore(respond: Handler) {
  const requests: Request[] = []
  const clock = { nowMs: 1_700_000_000_000 }
  const relay = createRelay({
    baseUrl: 'https://rtc.live.cloudflare.com/v1',
    keyId: 'k1',
    token: RELAY_TOKEN,
    now: () => clock.nowMs,
    fetch: async (request) => {
      requests.push(request.clone())
      return respond(request)
    },
  })
  return { relay, requests, clock }
}
