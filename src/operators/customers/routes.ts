/** Operators' routes about customers. Each read and each action is recorded; personal data is masked until revealed. */
import { createRoute, z } from '@hono/zod-openapi'
import { jsonBody } from '../../http/declarations'
import { parsedField, wholeNumberField } from '../../http/fields'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { toNairaNumber } from '../../common/money'
import { parseUuid } from '../../common/text/uuid'
import type { CallView } from '../../wallets/core/wallet'
import { limitByOperator, operatorOf } from '../access/guard'
import { operatorRoute } from '../access/operator-route'
import {
  type ActedBody,
  CUSTOMER_ACTIONS,
  type EndedCallBody,
  TIMELINE_KINDS,
  type TimelineBody,
} from '../desk-types'
import { recordRead } from '../log/record'
import { reasonLine } from '../schemas'
import { type ActionDeps, actOnCustomer, endCallOf } from './actions'
import { findCustomer, readCustomer, readState } from './customer'
import { effectOf } from './effect'
import { type RevealDeps, revealCustomer } from './reveal'
import { searchCustomers, type SearchDeps } from './search'
import { readTimeline, type TimelineDeps } from './timeline/read'
import { toTimeOrNull } from '../../common/text/time'

export interface CustomerRouteDeps extends ActionDeps, RevealDeps, SearchDeps, TimelineDeps {}

const uuid = parsedField(parseUuid)
const customer = z.object({ uuid })
const actionName = z.enum(CUSTOMER_ACTIONS, `must be one of ${CUSTOMER_ACTIONS.join(', ')}`)

const search = createRoute({
  ...operatorRoute('post', '/operator/search', 'customers.read', 'Customers, masked.'),
  request: {
    body: jsonBody(z.strictObject({ text: z.string('must be a string').min(1).max(300) })),
  },
})

const opened = createRoute({
  ...operatorRoute('get', '/operator/customers/{uuid}', 'customers.read', 'The customer, masked.'),
  request: { params: customer },
})

/** Kinds, separated by commas. */
const kinds = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(TIMELINE_KINDS, `must be some of ${TIMELINE_KINDS.join(', ')}`)))
  .transform((listed) => [...new Set(listed)])

const timeline = createRoute({
  ...operatorRoute(
    'get',
    '/operator/customers/{uuid}/timeline',
    'customers.read',
    'Page of the timeline, newest first.',
  ),
  request: {
    params: customer,
    query: z.object({
      before: z.string().max(400).optional(),
      limit: wholeNumberField(1, 100, 50),
      kinds: kinds.default([...TIMELINE_KINDS]),
      query_gateway: z.stringbool('must be true or false').default(false),
    }),
  },
})

const effect = createRoute({
  ...operatorRoute(
    'get',
    '/operator/customers/{uuid}/effect',
    'customers.act',
    'Figures that the action would change.',
  ),
  request: { params: customer, query: z.object({ action: actionName }) },
})

const reveal = createRoute({
  ...operatorRoute(
    'post',
    '/operator/customers/{uuid}/reveal',
    'customers.reveal',
    'Personal data.',
  ),
  request: { params: customer, body: jsonBody(z.strictObject({ reason: reasonLine })) },
})

const act = createRoute({
  ...operatorRoute('post', '/operator/customers/{uuid}/actions', 'customers.act', 'Done.'),
  request: {
    params: customer,
    body: jsonBody(z.strictObject({ action: actionName, reason: reasonLine })),
  },
})

const endCall = createRoute({
  ...operatorRoute(
    'post',
    '/operator/customers/{uuid}/calls/{call}/end',
    'customers.act',
    'The call has ended.',
  ),
  request: {
    params: customer.extend({ call: uuid }),
    body: jsonBody(z.strictObject({ reason: reasonLine })),
  },
})

const callState = ({ status, endReason, endedAtMs, costKobo }: CallView) => ({
  status,
  end_reason: endReason,
  ended_at: toTimeOrNull(endedAtMs),
  cost: toNairaNumber(costKobo),
})

export function customerRoutes(deps: CustomerRouteDeps) {
  const router = createRouter()
  router.post(search.path, limitByOperator(deps, deps.policies.operatorSearches))
  return router
    .openapi(search, async (c) => {
      const { text } = c.req.valid('json')
      return c.json(await searchCustomers(deps, operatorOf(c), text), 200)
    })
    .openapi(opened, async (c) => {
      const { uuid: subject } = c.req.valid('param')
      const read = await readCustomer(deps, subject)
      if (!read.ok) return problemResponse(c, read.refusal)
      await recordRead(deps, operatorOf(c), { action: 'customer_read', subject })
      return c.json(read.value, 200)
    })
    .openapi(timeline, async (c) => {
      const { uuid: subject } = c.req.valid('param')
      const { before: cursor, limit, kinds: listed, ...query } = c.req.valid('query')
      const found = await findCustomer(deps, subject)
      if (!found.ok) return problemResponse(c, found.refusal)
      const isGatewayQueried = query.query_gateway
      const asked = { cursor, limit, kinds: listed, isGatewayQueried }
      const page = await readTimeline(deps, subject, asked)
      if (!page.ok) return problemResponse(c, page.refusal)
      const facts = { gateway: isGatewayQueried, items: page.value.items.length }
      await recordRead(deps, operatorOf(c), { action: 'timeline_read', subject, facts })
      const { items, nextCursor } = page.value
      return c.json({ items, next: nextCursor ?? null } satisfies TimelineBody, 200)
    })
    .openapi(effect, async (c) => {
      const { uuid: subject } = c.req.valid('param')
      const state = await readState(deps, subject)
      if (!state.ok) return problemResponse(c, state.refusal)
      await recordRead(deps, operatorOf(c), { action: 'customer_read', subject })
      return c.json(effectOf(c.req.valid('query').action, state.value), 200)
    })
    .openapi(reveal, async (c) => {
      const { uuid: subject } = c.req.valid('param')
      const { reason } = c.req.valid('json')
      const revealed = await revealCustomer(deps, operatorOf(c), subject, reason)
      return revealed.ok ? c.json(revealed.value, 200) : problemResponse(c, revealed.refusal)
    })
    .openapi(act, async (c) => {
      const { uuid: user } = c.req.valid('param')
      const asked = c.req.valid('json')
      const acted = await actOnCustomer(deps, operatorOf(c), user, asked)
      if (!acted.ok) return problemResponse(c, acted.refusal)
      return c.json({ user, action: asked.action } satisfies ActedBody, 200)
    })
    .openapi(endCall, async (c) => {
      const named = c.req.valid('param')
      const ended = await endCallOf(deps, operatorOf(c), named, c.req.valid('json').reason)
      if (!ended.ok) return problemResponse(c, ended.refusal)
      const { before, after } = ended.value
      const body = { call: named.call, before: callState(before), after: callState(after) }
      return c.json(body satisfies EndedCallBody, 200)
    })
}
