/** Routes that show, verify and export the log of actions. */
import { createRoute, z } from '@hono/zod-openapi'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import type { LimitDeps } from '../../limits/service'
import { allow, limitByOperator, operatorOf } from '../access/guard'
import { operatorRoute } from '../access/operator-route'
import { exportLog, readLog, type ReadLogDeps, verifyLog } from './read'
import {
  filterQuery,
  logCsv,
  logQuery,
  presentLog,
  presentVerified,
  toFilter,
  verifyQuery,
} from './schemas'

export interface LogRouteDeps extends ReadLogDeps, LimitDeps {}

const list = createRoute({
  ...operatorRoute('get', '/operator/log', 'log.read', 'Page of the log.'),
  request: { query: logQuery },
})

const verify = createRoute({
  ...operatorRoute('get', '/operator/log/verify', 'log.read', 'Verified part of the log.'),
  request: { query: verifyQuery },
})

const csv = createRoute({
  hide: true,
  method: 'get',
  path: '/operator/log.csv',
  middleware: allow('finance.export'),
  request: { query: filterQuery },
  responses: {
    200: { description: 'Log as CSV.', content: { 'text/csv': { schema: z.string() } } },
  },
})

/** Media type with its parameters (RFC 4180 section 3, RFC 7111). */
const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

export function logRoutes(deps: LogRouteDeps) {
  const router = createRouter()
  router.get(csv.path, limitByOperator(deps, deps.policies.operatorExports))
  return router
    .openapi(list, async (c) => {
      const { limit, ...query } = c.req.valid('query')
      const page = await readLog(deps, { ...toFilter(query), limit })
      return c.json(presentLog(page), 200)
    })
    .openapi(verify, async (c) => {
      const verified = await verifyLog(deps, c.req.valid('query').after)
      return verified.ok
        ? c.json(presentVerified(verified.value), 200)
        : problemResponse(c, verified.refusal)
    })
    .openapi(csv, async (c) => {
      const page = await exportLog(deps, operatorOf(c), toFilter(c.req.valid('query')))
      const headers = {
        'Content-Type': CSV_TYPE,
        'Content-Disposition': 'attachment; filename="log.csv"',
      }
      return c.body(await logCsv(page), 200, headers)
    })
}
