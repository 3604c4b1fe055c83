/** A model of the relay behind its client's `fetch`. It expires credentials by its own clock. */
import { Lost } from '../faults'

export interface RelayRow {
  readonly username: string
  readonly callUuid: string
  readonly seat: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  revokedAtMs: number | null
}

export type RelayFault = 'down' | 'failing' | 'drops revocations'

export interface IssueOrder {
  readonly callUuid: string
  readonly seat: string
  readonly ttlSeconds: number
}

export class RelayTwin {
  readonly rows = new Map<string, RelayRow>()
  fault: RelayFault | undefined
  #serial = 0

  async fetch(request: Request): Promise<Response> {
    if (this.fault === 'down') throw new Lost('the relay is down', false)
    if (this.fault === 'failing') return new Response('', { status: 503 })
    const path = new URL(request.url).pathname
    if (path.endsWith('/generate-ice-servers')) return this.#issue(await request.text())
    return this.#revoke(decodeURIComponent(path.split('/').at(-2) ?? ''))
  }

  #issue(text: string): Response {
    const { ttl, customIdentifier } = JSON.parse(text) as { ttl: number; customIdentifier: string }
    const [callUuid = '', seat = ''] = customIdentifier.split('/')
    const username = `user-${++this.#serial}`
    const issuedAtMs = Date.now()
    const expiresAtMs = issuedAtMs + ttl * 1000
    this.rows.set(username, {
      username,
      callUuid,
      seat,
      issuedAtMs,
      expiresAtMs,
      revokedAtMs: null,
    })
    const urls = ['turn:relay.example:3478']
    const iceServers = [{ urls, username, credential: `secret-of-${username}` }]
    return Response.json({ iceServers }, { status: 201 })
  }

  #revoke(username: string): Response {
    if (this.fault === 'drops revocations') throw new Lost('a revocation was dropped', false)
    const row = this.rows.get(username)
    if (!row) return new Response('', { status: 404 })
    row.revokedAtMs ??= Date.now()
    return new Response(null, { status: 204 })
  }
}
