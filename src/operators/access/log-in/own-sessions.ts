/** An operator's own sessions, and the keys of the command line. */
import { ok, refuse, type Result } from '../../../common/result'
import { DAY_MS } from '../../../common/settings/fields'
import { type LogDeps, perform } from '../../log/record'
import type { Operator } from '../operator'
import type { OperatorSession, OperatorSessionStore } from '../session-store'
import { newToken, tokenHashOf } from '../tokens'

export interface OwnSessionDeps extends LogDeps {
  readonly operatorSessions: OperatorSessionStore
}

export const listOwnSessions = (
  { operatorSessions }: OwnSessionDeps,
  { uuid }: Operator,
): Promise<OperatorSession[]> => operatorSessions.list(uuid)

/** Ends a session or key of the operator. Refuses `not_found` if it is not live. */
export async function endOwnSession(
  deps: OwnSessionDeps,
  operator: Operator,
  uuid: string,
): Promise<Result<null>> {
  const action = { action: 'operator_session_ended', subject: uuid }
  return perform(deps, operator, action, async () =>
    (await deps.operatorSessions.end(operator.uuid, uuid, deps.now()))
      ? ok(null)
      : refuse({ code: 'not_found' }),
  )
}

export interface NewKey {
  /** Returned once; only its hash is stored. */
  readonly key: string
  readonly expiresAtMs: number
}

/**
 * Creates a key of the command line, with the permissions of a viewer at most.
 * @param days lifetime in days, at most `MAX_KEY_DAYS`. Refuses `operator_unknown` if the operator was just disabled.
 */
export async function createKey(
  deps: OwnSessionDeps,
  operator: Operator,
  { name, days }: { readonly name: string; readonly days: number },
): Promise<Result<NewKey>> {
  const nowMs = deps.now()
  const key = newToken('key')
  const expiresAtMs = nowMs + days * DAY_MS
  const session: OperatorSession = {
    uuid: crypto.randomUUID(),
    tokenHash: tokenHashOf(key),
    operatorUuid: operator.uuid,
    kind: 'key',
    name,
    place: null,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    expiresAtMs,
    endedAtMs: null,
  }
  return perform(
    deps,
    operator,
    { action: 'operator_key_created', subject: session.uuid },
    async () =>
      (await deps.operatorSessions.insert(session))
        ? ok({ key, expiresAtMs })
        : refuse({ code: 'operator_unknown' }),
    () => ({ days }),
  )
}
