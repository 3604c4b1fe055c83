/** Checks of a request for a WebSocket. */
import type { AppContext } from './router'
import { createProblem } from './problems'

/** Browsers always send `Origin`; other clients do not. */
const isAllowedOrigin = (c: AppContext, allowed: readonly string[]): boolean => {
  const origin = c.req.header('Origin')
  return origin === undefined || origin === new URL(c.req.url).origin || allowed.includes(origin)
}

/** Returns `origin_refused` for a page of another web origin, unless it is allowed. */
export const refuseOrigin = (c: AppContext, allowed: readonly string[]): Response | undefined =>
  isAllowedOrigin(c, allowed)
    ? undefined
    : createProblem(
        c,
        'origin_refused',
        'The origin is not allowed. The operator can add it to ALLOWED_ORIGINS.',
      )

/** Returns `upgrade_required` for a request that opens no WebSocket. */
export const requireUpgrade = (c: AppContext): Response | undefined =>
  c.req.header('Upgrade')?.toLowerCase() === 'websocket'
    ? undefined
    : createProblem(c, 'upgrade_required', 'Open this URL as a WebSocket.', {
        headers: { Upgrade: 'websocket' },
      })
