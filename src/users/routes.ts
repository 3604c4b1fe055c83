import { createRoute } from '@hono/zod-openapi'
import { liveGuard, type LiveGuardDeps } from '../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  createRouter,
  jsonBody,
  jsonContent,
  open,
  problemResponses,
  refused,
} from '../http/problems'
import { limitByAddress } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { presentUser, registerBody, userSchema } from './schemas'
import { findActiveUser, registerUser, type UserDeps } from './service'

const register = createRoute({
  method: 'post',
  path: '/users/register',
  operationId: 'registerUser',
  tags: ['Accounts'],
  summary: 'Make an account',
  description:
    'Makes an account with its two wallets. An e-mail address has one account, in whatever letter case.',
  security: open,
  request: { body: jsonBody(registerBody) },
  responses: {
    201: jsonContent(userSchema, 'The new account'),
    ...problemResponses(...BODY_PROBLEMS, 'email_taken', 'rate_limited'),
  },
})

const me = createRoute({
  method: 'get',
  path: '/users/me',
  operationId: 'getMe',
  tags: ['Accounts'],
  summary: 'Show your account',
  description: 'The account that the access token belongs to.',
  security: bearer,
  responses: {
    200: jsonContent(userSchema, 'Your account'),
    ...problemResponses('unauthenticated', 'not_found'),
  },
})

export function userRoutes(deps: UserDeps & LiveGuardDeps & LimitDeps) {
  const router = createRouter()
  router.use(me.path, liveGuard(deps))
  router.use(register.path, limitByAddress(deps, deps.policies.register))
  return router
    .openapi(register, async (c) => {
      const { email, password, first_name, last_name } = c.req.valid('json')
      const names = { firstName: first_name, lastName: last_name }
      const registered = await registerUser(deps, { email, password, ...names })
      return registered.ok
        ? c.json(presentUser(registered.value), 201)
        : refused(c, registered.refusal)
    })
    .openapi(me, async (c) => {
      const found = await findActiveUser(deps, c.get('caller').userUuid)
      return found.ok ? c.json(presentUser(found.value), 200) : refused(c, found.refusal)
    })
}
