import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { jsonContent, publicAccess, declareProblems } from '../http/declarations'
import { timeField } from '../http/fields'
import { createProblem } from '../http/problems'
import { createRouter } from '../http/router'
import { createReadiness, type Part, type ReadinessDeps } from './readiness'
import { toTimeOrNull } from '../common/text/time'

const statusSchema = <T extends string>(name: string, status: T) =>
  z
    .strictObject({
      status: z.literal(status).openapi({ description: 'State of the service.', example: status }),
    })
    .openapi(name, { description: 'State of the service.' })

const health = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  tags: ['Health'],
  security: publicAccess,
  summary: 'Check that the service runs',
  description: 'Uses no other part of the service, so it succeeds whenever the code runs.',
  responses: {
    200: jsonContent(statusSchema('Health', 'ok'), 'The service runs.'),
    ...declareProblems(),
  },
})

const readinessSchema = z
  .strictObject({
    status: z.literal('ready').openapi({ description: 'State of the service.', example: 'ready' }),
    audit: z
      .strictObject({
        last_full_pass_at: timeField.nullable().openapi({
          description:
            'Time at which the last full audit ended, in UTC; null before the first one, or if it could not be read.',
        }),
      })
      .openapi('AuditState', {
        description: 'Audit of all wallets, which a cron job runs at most once a day.',
      }),
  })
  .openapi('Readiness', { description: 'State of the service.' })

const ready = createRoute({
  method: 'get',
  path: '/ready',
  operationId: 'getReadiness',
  tags: ['Health'],
  security: publicAccess,
  summary: 'Check that the service is ready',
  description:
    'Checks each part: the database and its migrations, one Durable Object of each class, and the presence of the other bindings. It does not call Monnify. Each check has two seconds; the result is cached for five seconds. On failure, `failing` lists the failed parts, and the log has the cause.',
  responses: {
    200: jsonContent(readinessSchema, 'The service is ready.'),
    ...declareProblems('rate_limited', 'not_ready'),
  },
})

/** Names the failed parts only: the causes are in the log. */
export const notReady = (c: Context, failing: readonly Part[]): Response =>
  createProblem(
    c,
    'not_ready',
    `These parts failed: ${failing.join(', ')}. The log has the cause.`,
    {
      members: { failing: [...failing] },
    },
  )

export function healthRoutes(deps: ReadinessDeps) {
  const readiness = createReadiness(deps)
  return createRouter()
    .openapi(health, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(ready, async (c) => {
      const { failing, lastAuditAtMs } = await readiness()
      if (failing.length > 0) return notReady(c, failing) as never
      const audit = { last_full_pass_at: toTimeOrNull(lastAuditAtMs) }
      return c.json({ status: 'ready' as const, audit }, 200)
    })
}
