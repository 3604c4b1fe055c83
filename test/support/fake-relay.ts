/** A relay in place of the network: records what was issued and revoked. */
import { vi } from 'vitest'

export interface IssuedCredential {
  readonly username: string
  readonly ttlSeconds: number
  /** `<call UUID>/<seat>` */
  readonly identifier: string
  readonly issuedAtMs: number
}

export interface FakeRelay {
  readonly issued: IssuedCredential[]
  readonly revoked: string[]
  /** While set, requests fail. */
  isDown: boolean
}

/** Replaces `fetch`. `vi.restoreAllMocks` ends it. */
export function useRelay(): FakeRelay {
  const relay: FakeRelay = { issued: [], revoked: [], isDown: false }
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const path = new URL(request.url).pathname.split('/')
    if (relay.isDown) return new Response('down', { status: 503 })
    if (path.at(-1) === 'revoke') {
      relay.revoked.push(decodeURIComponent(path.at(-2) ?? ''))
      return new Response(null, { status: 204 })
    }
    const { ttl, customIdentifier } = await request.json<{
      ttl: number
      customIdentifier: string
    }>()
    const username = `user-${relay.issued.length + 1}`
    relay.issued.push({
      username,
      ttlSeconds: ttl,
      identifier: customIdentifier,
      issuedAtMs: Date.now(),
    })
    const server = { urls: ['turn:relay.example:3478'], username, credential: 'a-password' }
    return Response.json({ iceServers: [server] }, { status: 201 })
  })
  return relay
}
