import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { jsonContent, publicAccess, declareProblems } from '../http/declarations'
import { createProblem } from '../http/problems'
import { createRouter } from '../http/router'
import { createReadiness, type Part, type ReadinessDeps } from './readiness'

const health = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  tags: ['Health'],
  security: publicAccess,
  summary: 'Say whether the service runs',
  description: 'Asks nothing of any other part, so it answers whenever the code runs at all.',
  responses: {
    200: jsonContent(
      z.strictObject({ status: z.literal('ok').openapi({ example: 'ok' }) }),
      'The service runs',
    ),
    ...declareProblems(),
  },
})

const ready = createRoute({
  method: 'get',
  path: '/ready',
  operationId: 'getReadiness',
  tags: ['Health'],
  security: publicAccess,
  summary: 'Say whether the service can do its work',
  description:
    'Checks each part: the database, which must have every migration, an object of each kind, a wallet among them, and whether the other bindings are there. Monnify is not asked. Each part has two seconds. The result is kept for five seconds. A refusal names the parts that fail in `failing`; the log has the cause.',
  responses: {
    200: jsonContent(
      z.strictObject({ status: z.literal('ready').openapi({ example: 'ready' }) }),
      'The service can do its work',
    ),
    ...declareProblems('rate_limited', 'not_ready'),
  },
})

/** Names each part that fails, and says no more of it. */
export const notReady = (c: Context, failing: readonly Part[]): Response =>
  createProblem(c, 'not_ready', `What fails: ${failing.join(', ')}.`, {
    members: { failing: [...failing] },
  })

export function healthRoutes(deps: ReadinessDeps) {
  const findFailing = createReadiness(deps)
  return createRouter()
    .openapi(health, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(ready, async (c) => {
      const failing = await findFailing()
      if (failing.length === 0) return c.json({ status: 'ready' as const }, 200)
      return notReady(c, failing) as never
    })
}
