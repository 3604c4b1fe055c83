import { createRoute } from '@hono/zod-openapi'
import { uuidParam } from '../http/fields'
import { requireLiveSession, type LiveSessionDeps } from '../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  jsonBody,
  jsonContent,
  declareProblems,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByUser, limitGuesses } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { changePassword } from './change-password'
import { accessTokenSchema, changePasswordBody, presentSession, sessionsSchema } from './schemas'
import type { AuthDeps } from './service'
import { endOwnSession, listSessions, logOut, logOutEverywhere } from './sessions'

const shared = { tags: ['Accounts'], security: bearer }

const logout = createRoute({
  ...shared,
  method: 'post',
  path: '/auth/logout',
  operationId: 'logOut',
  summary: 'Log out',
  description: 'Ends the session of the access token and revokes its tokens.',
  responses: {
    204: { description: 'The session has ended.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated'),
  },
})

const logoutAll = createRoute({
  ...shared,
  method: 'post',
  path: '/auth/logout-all',
  operationId: 'logOutEverywhere',
  summary: 'Log out everywhere',
  description:
    'Ends all your sessions, including this one. After a 500, refresh the session and retry.',
  responses: {
    204: { description: 'All sessions have ended.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated'),
  },
})

const list = createRoute({
  ...shared,
  method: 'get',
  path: '/auth/sessions',
  operationId: 'listSessions',
  summary: 'List your sessions',
  description: 'Returns your active sessions, at most 100, most recently used first.',
  responses: {
    200: jsonContent(sessionsSchema, 'Your active sessions.'),
    ...declareProblems('unauthenticated'),
  },
})

const end = createRoute({
  ...shared,
  method: 'delete',
  path: '/auth/sessions/{uuid}',
  operationId: 'endSession',
  summary: 'End a session',
  description: 'Ends one of your sessions, for example on a lost device.',
  request: { params: uuidParam('UUID of the session.') },
  responses: {
    204: { description: 'The session has ended.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated', 'not_found'),
  },
})

const password = createRoute({
  ...shared,
  method: 'post',
  path: '/users/me/password',
  operationId: 'changePassword',
  summary: 'Change your password',
  description:
    'Changes the password, ends your other sessions and revokes all earlier access tokens. This session continues with its refresh token and the returned access token. You can safely repeat the request.',
  request: { body: jsonBody(changePasswordBody) },
  responses: {
    200: jsonContent(
      accessTokenSchema,
      'The password was changed. The response contains the new access token.',
    ),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'wrong_password',
      'unauthenticated',
      'not_found',
      'rate_limited',
    ),
  },
})

export function sessionRoutes(deps: AuthDeps & LiveSessionDeps & LimitDeps) {
  const router = createRouter()
  /** The wildcard also matches `/auth/sessions`. Do not list both: each match costs a read of D1. */
  for (const path of [logout.path, logoutAll.path, '/auth/sessions/*', password.path])
    router.use(path, requireLiveSession(deps))
  router.use(password.path, limitByUser(deps, deps.policies.passwords))
  return router
    .openapi(logout, async (c) => {
      await logOut(deps, c.get('caller'))
      return c.body(null, 204)
    })
    .openapi(logoutAll, async (c) => {
      await logOutEverywhere(deps, c.get('caller'))
      return c.body(null, 204)
    })
    .openapi(list, async (c) => {
      const caller = c.get('caller')
      const sessions = await listSessions(deps, caller)
      return c.json(
        sessions.map((session) => presentSession(session, caller.sessionUuid)),
        200,
      )
    })
    .openapi(end, async (c) => {
      const ended = await endOwnSession(deps, c.get('caller'), c.req.valid('param').uuid)
      return ended.ok ? c.body(null, 204) : problemResponse(c, ended.refusal)
    })
    .openapi(password, async (c) => {
      const { current_password: currentPassword, new_password: newPassword } = c.req.valid('json')
      const caller = c.get('caller')
      const changed = await limitGuesses(c, deps, 'password_change', caller.userUuid, () =>
        changePassword(deps, caller, { currentPassword, newPassword }),
      )
      return changed.ok
        ? c.json({ access_token: changed.value.accessToken }, 200)
        : problemResponse(c, changed.refusal)
    })
}
