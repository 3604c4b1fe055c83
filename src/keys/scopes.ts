/** Scopes of API keys. Pure. */
import { DEPLOYMENT, type StreamOwner } from '../outbox/event'

/** Scopes of a user's keys. A route names the scope that it requires. */
export const USER_SCOPES = [
  'wallets:read',
  'payments:read',
  'payments:write',
  'calls:read',
  'calls:write',
  'events:read',
  'endpoints:write',
] as const

/** Scopes of the deployment's keys: it has no wallet of its own. */
export const DEPLOYMENT_SCOPES = ['events:read', 'endpoints:write'] as const

export type Scope = (typeof USER_SCOPES)[number]

/** Scopes for which the owner needs a stream. */
export const needsStream = (scopes: readonly Scope[]): boolean =>
  scopes.some((scope) => scope === 'events:read' || scope === 'endpoints:write')

const DEPLOYMENT_MAY: ReadonlySet<string> = new Set(DEPLOYMENT_SCOPES)

interface Holder {
  readonly owner: StreamOwner
  readonly scopes: readonly string[]
}

/** Reports whether a key has a scope. A key of the deployment never has a user's scope, whatever was stored. */
export const grants = ({ owner, scopes }: Holder, scope: Scope): boolean =>
  scopes.includes(scope) && (owner !== DEPLOYMENT || DEPLOYMENT_MAY.has(scope))
