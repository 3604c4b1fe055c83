/** Checks of a request for a WebSocket. */
import type { AppContext } from './router'
import { type AllowedOrigins, allowsOrigin, originRefused } from './cross-origin'
import { createProblem } from './problems'

/** Browsers always send `Origin`; other clients do not. */
const isAllowedOrigin = (c: AppContext, allowed: AllowedOrigins): boolean => {
  const origin = c.req.header('Origin')
  return (
    origin === undefined || origin === new URL(c.req.url).origin || allowsOrigin(allowed, origin)
  )
}

/** Returns `origin_refused` for a page of another web origin, unless it is allowed. */
export const refuseOrigin = (c: AppContext, allowed: AllowedOrigins): Response | undefined =>
  isAllowedOrigin(c, allowed) ? undefined : originRefused(c)

/** Returns `upgrade_required` for a request that opens no WebSocket. */
export const requireUpgrade = (c: AppContext): Response | undefined =>
  c.req.header('Upgrade')?.toLowerCase() === 'websocket'
    ? undefined
    : createProblem(c, 'upgrade_required', 'Open this URL as a WebSocket.', {
        headers: { Upgrade: 'websocket' },
      })
