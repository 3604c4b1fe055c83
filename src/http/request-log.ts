/**
 * Logs one line for each request that can change state or that failed. Status 401 and 403 have their own
 * event. Successful reads are in no log: a line took a third of their time.
 */
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Caller } from '../common/tokens/access-token'
import type { AppEnv } from './router'
import { logEvent, logWith } from '../common/log'

/**
 * The log line contains no text from the client except the request ID, whose characters are restricted:
 * it has the route's pattern, not the path. Every other log line of the request has the same ID.
 */
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
