import { createRoute } from '@hono/zod-openapi'
import { emailKeyOf } from '../common/text/email'
import {
  BODY_PROBLEMS,
  jsonBody,
  jsonContent,
  publicAccess,
  declareProblems,
} from '../http/declarations'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByClientIp, limitGuesses, limitRefreshes } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { presentUser } from '../users/schemas'
import { clientInfoOf } from './client-info'
import { loginBody, refreshBody, logInSchema, tokenPairSchema } from './schemas'
import { type AuthDeps, logIn, refreshSession, type TokenPair } from './service'

const login = createRoute({
  method: 'post',
  path: '/auth/login',
  operationId: 'logIn',
  tags: ['Accounts'],
  summary: 'Log in',
  description:
    'Returns an access token for all other requests, and a refresh token for `POST /auth/refresh`.',
  security: publicAccess,
  request: { body: jsonBody(loginBody) },
  responses: {
    200: jsonContent(logInSchema, 'Tokens and account.'),
    ...declareProblems(...BODY_PROBLEMS, 'invalid_credentials', 'rate_limited'),
  },
})

const refresh = createRoute({
  method: 'post',
  path: '/auth/refresh',
  operationId: 'refreshSession',
  tags: ['Accounts'],
  summary: 'Refresh a session',
  description:
    'Exchanges a refresh token for a new pair of tokens. Each refresh token works once. If the response is lost, repeat the request within a short time to get the same new refresh token; any later use ends the session.',
  security: publicAccess,
  request: { body: jsonBody(refreshBody) },
  responses: {
    200: jsonContent(tokenPairSchema, 'New tokens.'),
    ...declareProblems(...BODY_PROBLEMS, 'invalid_token', 'rate_limited'),
  },
})

export const presentTokens = ({ accessToken, refreshToken }: TokenPair) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
})

export function authRoutes(deps: AuthDeps & LimitDeps) {
  const router = createRouter()
  router.use(login.path, limitByClientIp(deps, deps.policies.loginClientIp))
  router.use(refresh.path, limitRefreshes(deps, deps.policies.refresh))
  return router
    .openapi(login, async (c) => {
      const { email, password } = c.req.valid('json')
      const client = clientInfoOf(c.req.header('User-Agent'), c.req.raw.cf)
      const session = await limitGuesses(c, deps, 'login', emailKeyOf(email), () =>
        logIn(deps, email, password, client),
      )
      if (!session.ok) return problemResponse(c, session.refusal)
      return c.json({ ...presentTokens(session.value), user: presentUser(session.value.user) }, 200)
    })
    .openapi(refresh, async (c) => {
      const pair = await refreshSession(deps, c.req.valid('json').refresh_token)
      return pair.ok ? c.json(presentTokens(pair.value), 200) : problemResponse(c, pair.refusal)
    })
}
