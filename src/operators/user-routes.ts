/** Operators' routes that freeze, unfreeze, disable and enable a user. */
import { createRoute, z } from '@hono/zod-openapi'
import { jsonBody, jsonContent } from '../http/declarations'
import { createProblem, problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { allow, operatorOf } from './access/guard'
import { findUserBy, reasonLine, subjectField } from './schemas'
import {
  disableUser,
  enableUser,
  type FreezeDeps,
  freezeUser,
  unfreezeUser,
} from './customers/freeze'
import { NOTHING_FOUND } from './customers/lookup'

const ACTIONS = ['freeze', 'unfreeze', 'disable', 'enable'] as const

const body = z.strictObject({
  action: z.enum(ACTIONS, `must be one of ${ACTIONS.join(', ')}`),
  user: subjectField,
  reason: reasonLine,
})

const act = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/users',
  middleware: allow('customers.act'),
  request: { body: jsonBody(body) },
  responses: { 200: jsonContent(z.unknown(), 'Done.') },
})

export const userRoutes = (deps: FreezeDeps) =>
  createRouter().openapi(act, async (c) => {
    const { action, user: written, reason } = c.req.valid('json')
    const user = await findUserBy(deps.userStore, written)
    if (!user) return createProblem(c, 'not_found', NOTHING_FOUND) as never
    const done = await ACTING[action](deps, { user, operator: operatorOf(c).uuid, reason })
    if (done && !done.ok) return problemResponse(c, done.refusal)
    return c.json({ user: user.uuid, action }, 200)
  })

const ACTING = {
  freeze: freezeUser,
  unfreeze: unfreezeUser,
  disable: disableUser,
  enable: enableUser,
} as const
