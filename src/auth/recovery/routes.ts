import { createRoute } from '@hono/zod-openapi'
import { type LiveSessionDeps, requireLiveSession } from '../../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  declareProblems,
  jsonBody,
  publicAccess,
  UNREAD_BODY_PROBLEMS,
} from '../../http/declarations'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { limitByClientIp, limitGuesses } from '../../limits/middleware'
import { addressBody, forgotBody, linkBody, resetBody } from './schemas'
import {
  confirmAddress,
  type RecoveryDeps,
  requestAddress,
  requestReset,
  requestVerification,
  resetPassword,
  restoreAddress,
} from './service'

const shared = { method: 'post' as const, tags: ['Accounts'] }

const forgot = createRoute({
  ...shared,
  path: '/auth/forgot',
  operationId: 'requestPasswordReset',
  summary: 'Request a link for a new password',
  description:
    'Sends a link to the address if it has an account. The response is the same if it has none. The link works once, for 30 minutes; a later link replaces it. An address receives few such messages in an hour, and further requests send none.',
  security: publicAccess,
  request: { body: jsonBody(forgotBody) },
  responses: {
    202: { description: 'If the address has an account, it receives a link.' },
    ...declareProblems(...BODY_PROBLEMS, 'rate_limited'),
  },
})

const reset = createRoute({
  ...shared,
  path: '/auth/reset',
  operationId: 'resetPassword',
  summary: 'Set a new password by a link',
  description:
    'Sets the password and ends all sessions. Log in with the new password afterwards. You cannot request refunds for 24 hours.',
  security: publicAccess,
  request: { body: jsonBody(resetBody) },
  responses: {
    204: { description: 'The password was set.' },
    ...declareProblems(...BODY_PROBLEMS, 'invalid_link', 'rate_limited'),
  },
})

const verify = createRoute({
  ...shared,
  path: '/auth/verify',
  operationId: 'confirmEmail',
  summary: 'Confirm an e-mail address by a link',
  description:
    'Verifies the address of an account, or moves an account to a new address. After a move, the previous address receives a link that undoes it within 72 hours.',
  security: publicAccess,
  request: { body: jsonBody(linkBody) },
  responses: {
    204: { description: 'The address was confirmed.' },
    ...declareProblems(...BODY_PROBLEMS, 'invalid_link', 'email_taken', 'rate_limited'),
  },
})

const undo = createRoute({
  ...shared,
  path: '/auth/undo',
  operationId: 'restoreEmail',
  summary: 'Restore the previous e-mail address by a link',
  description:
    'Moves an account back to its previous address and ends all sessions. Request a new password afterwards. You cannot request refunds for 24 hours.',
  security: publicAccess,
  request: { body: jsonBody(linkBody) },
  responses: {
    204: { description: 'The address was restored.' },
    ...declareProblems(...BODY_PROBLEMS, 'invalid_link', 'rate_limited'),
  },
})

const verification = createRoute({
  ...shared,
  path: '/users/me/verification',
  operationId: 'requestVerification',
  summary: 'Request a link that verifies your address',
  description:
    'Sends the link again. Nothing is sent if the address is verified, or if it has received several messages within an hour.',
  security: bearer,
  responses: {
    202: { description: 'The link is sent if it is needed.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated', 'not_found'),
  },
})

const address = createRoute({
  ...shared,
  path: '/users/me/email',
  operationId: 'requestEmailChange',
  summary: 'Request a change of your e-mail address',
  description:
    'Sends a link to the new address. Your account keeps its address until the link is used. If another account has the new address, its owner is informed and nothing changes.',
  security: bearer,
  request: { body: jsonBody(addressBody) },
  responses: {
    202: { description: 'The new address receives a message.' },
    ...declareProblems(
      ...BODY_PROBLEMS,
      'wrong_password',
      'unauthenticated',
      'not_found',
      'rate_limited',
    ),
  },
})

export function recoveryRoutes(deps: RecoveryDeps & LiveSessionDeps) {
  const router = createRouter()
  for (const { path } of [forgot, reset, verify, undo])
    router.use(path, limitByClientIp(deps, deps.policies.loginClientIp))
  for (const { path } of [verification, address]) router.use(path, requireLiveSession(deps))
  return router
    .openapi(forgot, async (c) => {
      await requestReset(deps, c.req.valid('json').email)
      return c.body(null, 202)
    })
    .openapi(reset, async (c) => {
      const { token, new_password: newPassword } = c.req.valid('json')
      const done = await resetPassword(deps, token, newPassword)
      return done.ok ? c.body(null, 204) : problemResponse(c, done.refusal)
    })
    .openapi(verify, async (c) => {
      const confirmed = await confirmAddress(deps, c.req.valid('json').token)
      return confirmed.ok ? c.body(null, 204) : problemResponse(c, confirmed.refusal)
    })
    .openapi(undo, async (c) => {
      const restored = await restoreAddress(deps, c.req.valid('json').token)
      return restored.ok ? c.body(null, 204) : problemResponse(c, restored.refusal)
    })
    .openapi(verification, async (c) => {
      const requested = await requestVerification(deps, c.get('caller'))
      return requested.ok ? c.body(null, 202) : problemResponse(c, requested.refusal)
    })
    .openapi(address, async (c) => {
      const { email, password } = c.req.valid('json')
      const caller = c.get('caller')
      const requested = await limitGuesses(c, deps, 'email_change', caller.userUuid, () =>
        requestAddress(deps, caller, email, password),
      )
      return requested.ok ? c.body(null, 202) : problemResponse(c, requested.refusal)
    })
}
