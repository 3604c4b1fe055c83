/** API keys of users and of the deployment: create, list and revoke. */
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { type Caller, LONGEST_TOKEN_MS, type TokenRevocation } from '../common/tokens/access-token'
import type { ApiKey } from '../events/core/stream'
import type { StreamOf } from '../events/object/client'
import { DEPLOYMENT, type StreamOwner } from '../outbox/event'
import { keyHashOf, newKey } from './key'
import { needsStream, type Scope } from './scopes'

export interface KeyDeps {
  readonly streamOf: StreamOf
  /** Begins an owner's stream of events. A repeat changes nothing. Refuses `no_stream` after an erasure. */
  readonly openStream: (owner: StreamOwner) => Promise<Result<null>>
  /** Notifies the user's wallets of revoked tokens. May be repeated. */
  readonly revokeTokens: (userUuid: string, refusal: TokenRevocation) => Promise<void>
  /** Whether the deployment has a stream of events. */
  readonly hasDeploymentEvents: boolean
  readonly now: () => number
}

export interface KeyRequest {
  readonly name: string
  readonly scopes: readonly Scope[]
}

export interface CreatedKey extends ApiKey {
  /** The key itself. It is not stored, so it is returned only once. */
  readonly key: string
}

async function issue(
  { streamOf }: KeyDeps,
  owner: StreamOwner,
  tokenVersion: number,
  { name, scopes: given }: KeyRequest,
): Promise<Result<CreatedKey>> {
  const scopes = [...new Set(given)]
  const key = newKey(owner)
  const uuid = crypto.randomUUID()
  const stored = { uuid, hash: keyHashOf(key), name, scopes, tokenVersion }
  const created = await streamOf(owner).createKey(stored)
  if (!created.ok) return created
  logEvent('key_created', { user: owner, key: uuid })
  return ok({ ...created.value, key })
}

/** Opens the user's stream first, if a scope needs it. Refuses `too_many_keys`, and `no_stream` after an erasure. */
export async function createKey(
  deps: KeyDeps,
  { userUuid, tokenVersion }: Caller,
  request: KeyRequest,
): Promise<Result<CreatedKey>> {
  const opened = needsStream(request.scopes) ? await deps.openStream(userUuid) : ok(null)
  if (!opened.ok) return opened
  return issue(deps, userUuid, tokenVersion, request)
}

/** The user's keys, oldest first, without those that ended with earlier sessions. */
export const listKeys = (
  { streamOf }: KeyDeps,
  { userUuid, tokenVersion }: Caller,
): Promise<ApiKey[]> => streamOf(userUuid).listKeys(tokenVersion)

/**
 * Ends a key at its object first, then its sockets and the tokens that it received, and removes it last: after a failure,
 * the key is dead, and still there to be revoked again. Refuses `not_found`.
 */
export async function revokeKey(
  deps: KeyDeps,
  { userUuid }: Pick<Caller, 'userUuid'>,
  uuid: string,
): Promise<Result<null>> {
  const stream = deps.streamOf(userUuid)
  const disabled = await stream.disableKey(uuid)
  if (!disabled.ok) return disabled
  await deps.revokeTokens(userUuid, { sessionUuid: uuid, untilMs: deps.now() + LONGEST_TOKEN_MS })
  await stream.removeKey(uuid)
  logEvent('key_revoked', { user: userUuid, key: uuid })
  return ok(null)
}

/** Refuses `deployment_events_off` and `too_many_keys`. */
export async function createDeploymentKey(
  deps: KeyDeps,
  request: KeyRequest,
): Promise<Result<CreatedKey>> {
  if (!deps.hasDeploymentEvents) return refuse({ code: 'deployment_events_off' })
  const opened = await deps.openStream(DEPLOYMENT)
  return opened.ok ? issue(deps, DEPLOYMENT, 0, request) : opened
}

/** Works without the setting too, so that earlier keys can be found and revoked. */
export const listDeploymentKeys = ({ streamOf }: KeyDeps): Promise<ApiKey[]> =>
  streamOf(DEPLOYMENT).listKeys(0)

/** No wallet knows the deployment's keys. Refuses `not_found`. */
export async function revokeDeploymentKey(
  { streamOf }: KeyDeps,
  uuid: string,
): Promise<Result<null>> {
  const stream = streamOf(DEPLOYMENT)
  const disabled = await stream.disableKey(uuid)
  if (!disabled.ok) return disabled
  await stream.removeKey(uuid)
  logEvent('key_revoked', { user: DEPLOYMENT, key: uuid })
  return ok(null)
}
