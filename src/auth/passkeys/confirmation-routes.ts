import { createRoute } from '@hono/zod-openapi'
import { type LiveSessionDeps, requireLiveSession } from '../../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  declareProblems,
  jsonBody,
  jsonContent,
} from '../../http/declarations'
import { toTime } from '../../http/fields'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { limitGuesses } from '../../limits/middleware'
import type { LimitDeps } from '../../limits/service'
import { confirmationBody, confirmationSchema } from './schemas'
import { confirmByPassword, type ConfirmDeps } from './service'

const confirm = createRoute({
  method: 'post',
  path: '/users/me/confirmation',
  operationId: 'confirmIdentity',
  tags: ['Accounts'],
  summary: 'Confirm your identity',
  description:
    'Confirms your identity by your password. Returns a token for the header `Confirmation`, which refunds require. It is valid for five minutes.',
  security: bearer,
  request: { body: jsonBody(confirmationBody) },
  responses: {
    200: jsonContent(confirmationSchema, 'Your identity was confirmed.'),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'wrong_password',
      'unauthenticated',
      'not_found',
      'rate_limited',
    ),
  },
})

export function confirmationRoutes(deps: ConfirmDeps & LiveSessionDeps & LimitDeps) {
  const router = createRouter()
  router.use(confirm.path, requireLiveSession(deps))
  return router.openapi(confirm, async (c) => {
    const { password } = c.req.valid('json')
    const caller = c.get('caller')
    const confirmed = await limitGuesses(c, deps, 'confirmation', caller.userUuid, () =>
      confirmByPassword(deps, caller, password),
    )
    if (!confirmed.ok) return problemResponse(c, confirmed.refusal)
    const { token, expiresAtMs } = confirmed.value
    return c.json({ confirmation: token, expires_at: toTime(expiresAtMs) }, 200)
  })
}
