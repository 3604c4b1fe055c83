import { createRoute } from '@hono/zod-openapi'
import { type LiveSessionDeps, requireLiveSession } from '../../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  declareProblems,
  jsonBody,
  jsonContent,
  UNREAD_BODY_PROBLEMS,
} from '../../http/declarations'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { limitGuesses } from '../../limits/middleware'
import type { LimitDeps } from '../../limits/service'
import { confirmationOptions, confirmIdentity } from './confirm'
import { confirmationBody, confirmationSchema, methodsSchema, toProof } from './schemas'
import type { PasskeyDeps } from './service'
import { toTime } from '../../common/text/time'

const shared = { method: 'post' as const, tags: ['Accounts'], security: bearer }

const options = createRoute({
  ...shared,
  path: '/users/me/confirmation/options',
  operationId: 'listConfirmationMethods',
  summary: 'List methods to confirm your identity',
  description:
    'Returns the methods by which you can confirm, and the options for `navigator.credentials.get` if you have a passkey.',
  responses: {
    200: jsonContent(methodsSchema, 'Methods of confirmation.'),
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated', 'passkeys_not_configured'),
  },
})

const confirm = createRoute({
  ...shared,
  path: '/users/me/confirmation',
  operationId: 'confirmIdentity',
  summary: 'Confirm your identity',
  description:
    'Returns a token for the header `Confirmation`, which refunds, changes of passkeys and the deletion of the account require. It is valid for five minutes. With a passkey, confirm by it, or by your password and a recovery code. Without one, confirm by your password.',
  request: { body: jsonBody(confirmationBody) },
  responses: {
    200: jsonContent(confirmationSchema, 'Your identity was confirmed.'),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'wrong_password',
      'invalid_passkey',
      'invalid_recovery_code',
      'unauthenticated',
      'passkey_required',
      'not_found',
      'rate_limited',
      'passkeys_not_configured',
    ),
  },
})

export function confirmationRoutes(deps: PasskeyDeps & LiveSessionDeps & LimitDeps) {
  const router = createRouter()
  /** The wildcard also matches its parent. Do not list both: each match costs a read of D1. */
  router.use('/users/me/confirmation/*', requireLiveSession(deps))
  return router
    .openapi(options, async (c) => {
      const found = await confirmationOptions(deps, c.get('caller'))
      return found.ok ? c.json(found.value, 200) : problemResponse(c, found.refusal)
    })
    .openapi(confirm, async (c) => {
      const caller = c.get('caller')
      const proof = toProof(c.req.valid('json'))
      const confirmed = await limitGuesses(c, deps, 'confirmation', caller.userUuid, () =>
        confirmIdentity(deps, caller, proof),
      )
      if (!confirmed.ok) return problemResponse(c, confirmed.refusal)
      const { token, expiresAtMs } = confirmed.value
      return c.json({ confirmation: token, expires_at: toTime(expiresAtMs) }, 200)
    })
}
