/**
 * One line for each request that could change something or was refused: what was asked of which route,
 * how it ended, how long it took. One that was refused for who asked is an event of its own name. A read
 * that succeeds is in the platform's own log of invocations; a line of ours cost a third of its time.
 */
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Caller } from '../common/tokens/access-token'
import type { AppEnv } from './router'
import { logEvent, logWith } from '../common/log'

/** Logs the route's pattern, and of what a client sent only the request id, which has a form; all that is logged on the way has that too. */
export const requestLog =
  (now: () => number): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const startedAtMs = now()
    const request_id = c.get('requestId')
    await logWith({ request_id }, next)
    const caller: Caller | undefined = c.get('caller')
    if (c.req.method === 'GET' && c.res.ok) return
    const isRefused = c.res.status === 401 || c.res.status === 403
    logEvent(isRefused ? 'access_refused' : 'request', {
      request_id,
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      code: c.get('problem'),
      duration_ms: now() - startedAtMs,
      user: caller?.userUuid,
    })
  }
