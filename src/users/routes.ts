import { createRoute } from '@hono/zod-openapi'
import { requireLiveSession, type LiveSessionDeps } from '../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  jsonBody,
  jsonContent,
  publicAccess,
  declareProblems,
} from '../http/declarations'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByClientIp } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { presentUser, profileBody, registerBody, userSchema } from './schemas'
import { changeProfile, findActiveUser, registerUser, type UserDeps } from './service'

const register = createRoute({
  method: 'post',
  path: '/users/register',
  operationId: 'registerUser',
  tags: ['Accounts'],
  summary: 'Create an account',
  description:
    'Creates an account with two wallets. An e-mail address can have only one account; letter case is ignored.',
  security: publicAccess,
  request: { body: jsonBody(registerBody) },
  responses: {
    201: jsonContent(userSchema, 'New account.'),
    ...declareProblems(...BODY_PROBLEMS, 'email_taken', 'rate_limited'),
  },
})

const me = createRoute({
  method: 'get',
  path: '/users/me',
  operationId: 'getMe',
  tags: ['Accounts'],
  summary: 'Get your account',
  description: 'Returns the account of the access token.',
  security: bearer,
  responses: {
    200: jsonContent(userSchema, 'Your account.'),
    ...declareProblems('unauthenticated', 'not_found'),
  },
})

const change = createRoute({
  method: 'patch',
  path: '/users/me',
  operationId: 'changeProfile',
  tags: ['Accounts'],
  summary: 'Change your account',
  description:
    'Changes names, language, time zone, and which messages are switched off. Absent fields stay as they are.',
  security: bearer,
  request: { body: jsonBody(profileBody) },
  responses: {
    200: jsonContent(userSchema, 'Your account.'),
    ...declareProblems(...BODY_PROBLEMS, 'unauthenticated', 'not_found'),
  },
})

export function userRoutes(deps: UserDeps & LiveSessionDeps & LimitDeps) {
  const router = createRouter()
  router.use(me.path, requireLiveSession(deps))
  router.use(register.path, limitByClientIp(deps, deps.policies.register))
  return router
    .openapi(register, async (c) => {
      const { email, password, first_name, last_name } = c.req.valid('json')
      const names = { firstName: first_name, lastName: last_name }
      const registered = await registerUser(deps, { email, password, ...names })
      return registered.ok
        ? c.json(presentUser(registered.value), 201)
        : problemResponse(c, registered.refusal)
    })
    .openapi(change, async (c) => {
      const { first_name, last_name, muted_messages, language, time_zone } = c.req.valid('json')
      const changed = await changeProfile(deps, c.get('caller').userUuid, {
        ...(first_name !== undefined && { firstName: first_name }),
        ...(last_name !== undefined && { lastName: last_name }),
        ...(muted_messages && { mutedMessages: JSON.stringify(muted_messages) }),
        ...(language && { language }),
        ...(time_zone !== undefined && { timeZone: time_zone }),
      })
      return changed.ok
        ? c.json(presentUser(changed.value), 200)
        : problemResponse(c, changed.refusal)
    })
    .openapi(me, async (c) => {
      const found = await findActiveUser(deps, c.get('caller').userUuid)
      return found.ok ? c.json(presentUser(found.value), 200) : problemResponse(c, found.refusal)
    })
}
