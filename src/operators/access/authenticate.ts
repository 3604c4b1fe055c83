/** Finds the operator of a token: of a session, of a key of the command line, or of Cloudflare Access. */
import { emailKeyOf } from '../../common/text/email'
import type { Operator } from './operator'
import { permissionsOf, type Via } from './permissions'
import { isLiveSession, USE_WRITTEN_MS } from './session'
import type { OperatorRow, OperatorSession, OperatorSessionStore } from './session-store'
import { tokenHashOf } from './tokens'

export interface AuthenticateDeps {
  readonly operatorSessions: OperatorSessionStore
  /** Verifies a token of Cloudflare Access. `undefined` without its configuration. */
  readonly verifyAccessToken:
    | ((token: string) => Promise<{ email: string } | undefined>)
    | undefined
  readonly now: () => number
}

/** Tokens of a request; an empty text stands for none. */
export interface Credentials {
  /** Token of the `Authorization` header or of the cookie. */
  readonly token: string
  /** `Cf-Access-Jwt-Assertion`. */
  readonly accessToken: string
}

export { tokenHashOf }

const operatorOf = (
  { uuid, name, email, emailKey, role }: OperatorRow,
  via: Via,
  session: OperatorSession | null,
): Operator => ({
  uuid,
  name,
  email,
  emailKey,
  role,
  via,
  sessionUuid: session?.uuid ?? null,
  permissions: permissionsOf(role, via),
  expiresAtMs: session?.expiresAtMs ?? null,
})

/**
 * Reads D1 for each request, so that a revoked session ends at once. After the end of a session, Cloudflare Access still
 * identifies its operator.
 */
export async function authenticate(
  deps: AuthenticateDeps,
  { token, accessToken }: Credentials,
): Promise<Operator | undefined> {
  const holder = token === '' ? undefined : await bySession(deps, token)
  if (holder) return holder
  if (accessToken === '' || !deps.verifyAccessToken) return undefined
  const verified = await deps.verifyAccessToken(accessToken)
  if (!verified) return undefined
  const row = await deps.operatorSessions.operatorByEmailKey(emailKeyOf(verified.email))
  return row && row.disabledAtMs === null ? operatorOf(row, 'access', null) : undefined
}

async function bySession(
  { operatorSessions, now }: AuthenticateDeps,
  token: string,
): Promise<Operator | undefined> {
  const found = await operatorSessions.byTokenHash(tokenHashOf(token))
  const nowMs = now()
  if (!found || found.operator.disabledAtMs !== null || !isLiveSession(found.session, nowMs))
    return undefined
  const { session, operator } = found
  if (session.lastUsedAtMs + USE_WRITTEN_MS <= nowMs)
    await operatorSessions.markUsed(session.uuid, nowMs)
  return operatorOf(operator, session.kind, session)
}
