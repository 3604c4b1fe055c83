/** Routes by which admins manage operators. */
import { createRoute, z } from '@hono/zod-openapi'
import { jsonBody, jsonContent } from '../../../http/declarations'
import { uuidParam } from '../../../http/fields'
import { problemResponse } from '../../../http/problems'
import { type AppContext, createRouter } from '../../../http/router'
import { allow, operatorOf } from '../guard'
import { operatorRoute } from '../operator-route'
import {
  type AccountAction,
  actOnOperator,
  inviteOperator,
  listOperators,
  type ManageDeps,
} from './manage'
import type { OperatorsBody } from '../../desk-types'
import { actBody, inviteBody, presentInvited, presentSummary } from './schemas'

const list = createRoute(
  operatorRoute('get', '/operator/operators', 'operators.read', 'All operators.'),
)

const invite = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/operators',
  middleware: allow('operators.act'),
  request: { body: jsonBody(inviteBody) },
  responses: { 201: jsonContent(z.unknown(), 'Invited operator.') },
})

const act = createRoute({
  ...operatorRoute('post', '/operator/operators/{uuid}', 'operators.act', 'Changed operator.'),
  request: { params: uuidParam('UUID of the operator.'), body: jsonBody(actBody) },
})

export const originOf = (c: AppContext): string => new URL(c.req.url).origin

/** The schema requires a role exactly for a change of role. */
const toAction = ({ action, role }: z.infer<typeof actBody>): AccountAction =>
  action === 'change_role' && role !== undefined
    ? { action, role }
    : { action: action === 'change_role' ? 'enable' : action }

export const accountRoutes = (deps: ManageDeps) =>
  createRouter()
    .openapi(list, async (c) => {
      const operators = await listOperators(deps)
      return c.json({ operators: operators.map(presentSummary) } satisfies OperatorsBody, 200)
    })
    .openapi(invite, async (c) => {
      const invited = await inviteOperator(deps, operatorOf(c), c.req.valid('json'))
      return invited.ok
        ? c.json(presentInvited(invited.value, originOf(c)), 201)
        : problemResponse(c, invited.refusal)
    })
    .openapi(act, async (c) => {
      const { uuid } = c.req.valid('param')
      const body = c.req.valid('json')
      const asked = { ...toAction(body), reason: body.reason }
      const done = await actOnOperator(deps, operatorOf(c), uuid, asked)
      return done.ok
        ? c.json(presentInvited(done.value, originOf(c)), 200)
        : problemResponse(c, done.refusal)
    })
