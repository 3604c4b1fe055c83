/**
 * Client of Cloudflare's TURN API, which a coturn agent serves too. Responses are not trusted: time and size
 * are limited, redirects are not followed, and nothing is used that the schema does not describe. No request
 * is repeated here: each repeated order would create another credential, and the room retries revocations.
 */
import { z } from 'zod'
import { boundedText } from '../../common/bounded-text'
import { logEvent } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import { parseJson } from '../../common/text/json'
import type { SeatName } from '../core/room'
import type { RelayCredential } from './credential'
import type { RelayAccess } from './settings'
import { isTurn, usableUrls } from './urls'

const TIMEOUT_MS = 5000
const MAX_RESPONSE_BYTES = 16 * 1024
const MAX_SERVERS = 8
const MAX_SERVER_URLS = 32

export interface RelayOptions extends RelayAccess {
  readonly fetch: (request: Request) => Promise<Response>
  readonly now: () => number
}

export interface CredentialOrder {
  readonly callUuid: string
  readonly seat: SeatName
  /** Lifetime in whole seconds, from 1 to 172,800 (48 hours). */
  readonly ttlSeconds: number
}

/** Credentials of the relay. Both methods refuse `relay_unavailable` without a usable response. */
export interface Relay {
  issue(order: CredentialOrder): Promise<Result<RelayCredential>>
  /** Ends a credential and its allocations. An unknown or expired username counts as revoked. */
  revoke(username: string): Promise<Result<null>>
}

/** Printable ASCII. A username is part of a path, in which a dot segment would be removed. */
const credentialText = z.string().regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,512}$/)

const serverSchema = z.object({
  urls: z.union([z.string().transform((url) => [url]), z.array(z.string()).max(MAX_SERVER_URLS)]),
  username: credentialText.optional(),
  credential: credentialText.optional(),
})

const issuedSchema = z.object({ iceServers: z.array(serverSchema).max(MAX_SERVERS) })

/** Reads the credential. A second one is rejected, because it would never be revoked. */
function readIssued(text: string): Omit<RelayCredential, 'expiresAtMs'> | undefined {
  const servers = issuedSchema.safeParse(parseJson(text)).data?.iceServers ?? []
  const [server, ...others] = servers.filter(({ username }) => username !== undefined)
  if (server?.username === undefined || server.credential === undefined) return undefined
  const { username, credential } = server
  if (others.some((other) => other.username !== username || other.credential !== credential))
    return undefined
  const urls = usableUrls(servers.flatMap((each) => each.urls))
  return urls.some(isTurn) ? { username, credential, urls } : undefined
}

const unavailable = (step: string, reason: string) => {
  logEvent('relay_unavailable', { step, reason })
  return refuse({ code: 'relay_unavailable' })
}

interface BoundedResponse {
  readonly status: number
  readonly text: string
}

export function createRelay({ baseUrl, keyId, token, fetch, now }: RelayOptions): Relay {
  const credentialsUrl = `${baseUrl}/turn/keys/${encodeURIComponent(keyId)}/credentials`

  async function post(step: string, path: string, body?: object): Promise<Result<BoundedResponse>> {
    /** A timer that outlives the request would keep the room in memory, so it is cleared. */
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS)
    try {
      const request = new Request(`${credentialsUrl}/${path}`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: 'application/json',
          'User-Agent': 'aileana/1',
          ...(body ? { 'Content-Type': 'application/json' } : {}),
        },
        redirect: 'manual',
        signal: timeout.signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      const response = await fetch(request)
      return ok({
        status: response.status,
        text: await boundedText(response, MAX_RESPONSE_BYTES),
      })
    } catch (error) {
      return unavailable(step, error instanceof Error ? error.name : 'unknown')
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async issue({ callUuid, seat, ttlSeconds }) {
      const posted = await post('issue', 'generate-ice-servers', {
        ttl: ttlSeconds,
        customIdentifier: `${callUuid}/${seat}`,
      })
      if (!posted.ok) return posted
      const { status, text } = posted.value
      if (status !== 201) return unavailable('issue', `status ${status}`)
      const issued = readIssued(text)
      if (!issued) return unavailable('issue', 'the response has no usable credential')
      return ok({ ...issued, expiresAtMs: now() + ttlSeconds * 1000 })
    },

    async revoke(username) {
      const posted = await post('revoke', `${encodeURIComponent(username)}/revoke`)
      if (!posted.ok) return posted
      const { status } = posted.value
      if (status === 404) logEvent('relay_username_unknown', { step: 'revoke' })
      const isRevoked = status === 204 || status === 404
      return isRevoked ? ok(null) : unavailable('revoke', `status ${status}`)
    },
  }
}
