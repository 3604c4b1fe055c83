/** What an operator may ask, with a token of its own. Without one configured, nothing is here. */
import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { timingSafeEqual } from 'hono/utils/buffer'
import { parseEmail } from '../common/email'
import { parsedField, timeParameter } from '../common/fields'
import { bearerOf } from '../common/guard'
import { type AppEnv, createRouter, jsonBody, jsonContent, refused } from '../common/http'
import type { Parsed } from '../common/parsed'
import { parseUuid } from '../common/uuid'
import { parseReference } from '../payments/attempt'
import { type CaseDeps, openCase } from './case'
import { checkGateway, type GatewayCheckDeps } from './gateway-check'
import { presentCase } from './present-case'
import type { AuditDeps } from './finding'
import { type AuditPage, auditUsers } from './service'

export interface OperatorDeps extends AuditDeps, CaseDeps, GatewayCheckDeps {
  readonly operatorToken: string | undefined
}

const auditQuery = z.object({
  after: z.union([z.literal(''), parsedField(parseUuid)], 'must be a UUID').default(''),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  repair: z.stringbool('must be true or false').default(false),
  since: timeParameter.default(0),
})

const audit = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/audit',
  request: { query: auditQuery },
  responses: { 200: jsonContent(z.unknown(), 'A page of the audit') },
})

/** A name in one spelling where the parser knows it; any other text names nothing, and is not found. */
const name = (parse: (text: string) => Parsed<string>) =>
  z
    .string('must be text')
    .min(1)
    .max(300)
    .transform((text) => {
      const result = parse(text)
      return result.ok ? result.value : text
    })
    .optional()

const uuidOr = (parse: (text: string) => Parsed<string>) => (text: string) => {
  const uuid = parseUuid(text)
  return uuid.ok ? uuid : parse(text)
}

/** One subject, by which its case is opened; a call may have its user beside it. */
const caseBody = z
  .strictObject({
    payment: name(uuidOr(parseReference)),
    call: name(parseUuid),
    wallet: name(parseUuid),
    user: name(uuidOr(parseEmail)),
  })
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

const gatewayCheck = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/gateway',
  responses: { 200: jsonContent(z.unknown(), 'The gateway accepts the credentials') },
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
    .openapi(gatewayCheck, async (c) => {
      const checked = await checkGateway(deps)
      return checked.ok ? c.json({ gateway: checked.value }, 200) : refused(c, checked.refusal)
    })
    .openapi(openedCase, async (c) => {
      const opened = await openCase(deps, c.req.valid('json'))
      return opened.ok ? c.json(presentCase(opened.value), 200) : refused(c, opened.refusal)
    })
}
