/** Tokens of Cloudflare Access: JWTs that name the person's e-mail address, signed with the team's keys. */
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import { logError, logEvent } from '../../common/log'
import type { AuthenticateDeps } from './authenticate'

export interface AccessSettings {
  /** Issuer, such as `https://example.cloudflareaccess.com`. */
  readonly teamDomain: string
  /** AUD tag of the Access application. */
  readonly audience: string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
}

const KEYS_PATH = '/cdn-cgi/access/certs'
/** An asymmetric algorithm only: the published keys must never be accepted as HMAC secrets (RFC 8725 section 3.1). */
const ALGORITHM = 'RS256'

export function createAccessVerifier({
  teamDomain,
  audience,
  fetch,
  now,
}: AccessSettings): NonNullable<AuthenticateDeps['verifyAccessToken']> {
  const keys = createRemoteJWKSet(new URL(KEYS_PATH, teamDomain), { [customFetch]: fetch })
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: [ALGORITHM],
        issuer: teamDomain,
        audience,
        requiredClaims: ['exp', 'email'],
        currentDate: new Date(now()),
      })
      const { email } = payload
      return typeof email === 'string' ? { email } : undefined
    } catch (error) {
      if (error instanceof errors.JOSEError)
        logEvent('access_token_refused', { reason: error.code })
      else logError('access_keys_not_read', error)
      return undefined
    }
  }
}
