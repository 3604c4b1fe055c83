/** Operators of tests. Their rows are inserted without a log-in. */
import { env } from 'cloudflare:workers'
import { tokenHashOf } from '../../src/operators/access/authenticate'
import type { Role } from '../../src/operators/access/permissions'
import { SESSION_LIFETIME_MS } from '../../src/operators/access/session'
import { type Send, send } from './client'
import { canaries } from './secrets'

export interface TestOperator {
  readonly uuid: string
  readonly email: string
  readonly role: Role
  readonly token: string
  readonly send: Send
}

/** Inserts an operator with a session, or with a key of the command line. */
export async function newOperator(
  role: Role = 'admin',
  via: Send = send,
  kind: 'session' | 'key' = 'session',
): Promise<TestOperator> {
  const uuid = crypto.randomUUID()
  const email = `operator-${uuid}@example.com`
  const token = crypto.randomUUID() + crypto.randomUUID()
  canaries.add(token)
  const nowMs = Date.now()
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO operators (uuid, name, email, email_key, role, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)`,
    ).bind(uuid, `${role} of a test`, email, email, role, nowMs),
    env.DB.prepare(
      `INSERT INTO operator_sessions (uuid, token_hash, operator_uuid, kind, created_at_ms, last_used_at_ms,
         expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).bind(
      crypto.randomUUID(),
      tokenHashOf(token),
      uuid,
      kind,
      nowMs,
      nowMs,
      nowMs + SESSION_LIFETIME_MS,
    ),
  ])
  const asOperator: Send = (method, path, options) => via(method, path, { token, ...options })
  return { uuid, email, role, token, send: asOperator }
}

/** Sends each request as a new operator, so that the test's clock ends no session. */
export const operatorSender =
  (via: Send = send, role: Role = 'admin'): Send =>
  async (method, path, options) =>
    (await newOperator(role, via)).send(method, path, options)
