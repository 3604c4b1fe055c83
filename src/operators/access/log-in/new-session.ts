/** New sessions of operators, and new keys of the command line. */
import type { ClientInfo } from '../../../auth/client-info'
import { SESSION_LIFETIME_MS } from '../session'
import type { OperatorRow, OperatorSession } from '../session-store'
import { newToken, tokenHashOf } from '../tokens'

export interface Begun {
  readonly operator: OperatorRow
  readonly session: OperatorSession
  /** Returned once; only its hash is stored. */
  readonly token: string
}

export function newSession(
  operator: OperatorRow,
  { device, place }: ClientInfo,
  nowMs: number,
): Begun {
  const token = newToken('session')
  const session: OperatorSession = {
    uuid: crypto.randomUUID(),
    tokenHash: tokenHashOf(token),
    operatorUuid: operator.uuid,
    kind: 'session',
    name: device,
    place,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
    expiresAtMs: nowMs + SESSION_LIFETIME_MS,
    endedAtMs: null,
  }
  return { operator, session, token }
}
