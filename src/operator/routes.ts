/** What an operator may ask, with a token of its own. Without one configured, nothing is here. */
import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { timingSafeEqual } from 'hono/utils/buffer'
import { toTime } from '../common/fields'
import { bearerOf } from '../common/guard'
import { type AppEnv, createRouter, jsonBody, jsonContent, refused } from '../common/http'
import { type CaseDeps, openCase } from './case'
import { presentCase } from './present-case'
import type { AuditDeps } from './finding'
import { type AuditPage, auditUsers } from './service'

export interface OperatorDeps extends AuditDeps, CaseDeps {
  readonly operatorToken: string | undefined
}

const auditQuery = z.object({
  after: z.union([z.uuid(), z.literal('')], 'must be a UUID').default(''),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  repair: z.stringbool('must be true or false').default(false),
  since: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-03-14T10:15:30Z' })
    .default(toTime(0))
    .transform((text) => Date.parse(text)),
})

const audit = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/audit',
  request: { query: auditQuery },
  responses: { 200: jsonContent(z.unknown(), 'A page of the audit') },
})

const name = z.string('must be text').min(1).max(300).optional()

/** One subject, by which its case is opened; a call may have its user beside it. */
const caseBody = z
  .strictObject({ payment: name, call: name, wallet: name, user: name })
  .refine(
    ({ call, user, ...others }) =>
      [call ?? user, ...Object.values(others)].filter((subject) => subject !== undefined).length ===
      1,
    'must name a payment, a call (with its user or without), a wallet or a user',
  )

const openedCase = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/case',
  request: { body: jsonBody(caseBody) },
  responses: { 200: jsonContent(z.unknown(), 'What bears on the subject') },
})

const presentPage = ({ sumsKobo, inTransitKobo, next, ...page }: AuditPage) => ({
  ...page,
  sums_kobo: sumsKobo,
  in_transit_kobo: inTransitKobo,
  next: next ?? null,
})

const operatorGuard =
  (operatorToken: string): MiddlewareHandler<AppEnv> =>
  async (c, next) =>
    (await timingSafeEqual(bearerOf(c), operatorToken))
      ? next()
      : refused(c, { code: 'unauthenticated' })

export function operatorRoutes({ operatorToken, ...deps }: OperatorDeps) {
  const router = createRouter()
  if (operatorToken === undefined) return router
  router.use('/operator/*', operatorGuard(operatorToken))
  return router
    .openapi(audit, async (c) => {
      const { since: sinceMs, ...request } = c.req.valid('query')
      return c.json(presentPage(await auditUsers(deps, { ...request, sinceMs })), 200)
    })
    .openapi(openedCase, async (c) => {
      const opened = await openCase(deps, c.req.valid('json'))
      return opened.ok ? c.json(presentCase(opened.value), 200) : refused(c, opened.refusal)
    })
}
