/** Scopes of API keys. Pure. */

/** What a key may do. A route names the scope that it requires. */
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
