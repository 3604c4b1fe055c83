import { createRoute } from '@hono/zod-openapi'
import { idempotencyOf } from '../common/idempotency'
import {
  guardByScope,
  type LiveScopeDeps,
  refuseFrozen,
  requireLiveScope,
  requireLiveSession,
} from '../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  bearerOrKey,
  declareProblems,
  jsonBody,
  jsonContent,
} from '../http/declarations'
import { confirmationHeader, idempotencyHeader, uuidParam } from '../http/fields'
import { IDEMPOTENT_REPLAYED } from '../http/headers'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByUser } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { createRefundBody, presentRefund, refundSchema, refundsSchema } from './schemas'
import { listRefunds, type RefundDeps, requestOwnRefund } from './service'

const shared = { tags: ['Payments'] }

const create = createRoute({
  ...shared,
  security: bearer,
  method: 'post',
  path: '/payments/{uuid}/refunds',
  operationId: 'createRefund',
  summary: 'Refund a payment',
  description:
    'Refunds part or all of a completed payment to the account that paid, by bank transfer. The amount may exceed neither the remainder of the payment nor the paid money available in your wallets. The money leaves your wallet at once. If the refund fails, it returns. A new refund requires the header `Confirmation`; a repeat with the same `Idempotency-Key` does not.',
  request: {
    params: uuidParam('UUID of the payment.'),
    body: jsonBody(createRefundBody),
    headers: idempotencyHeader.extend(confirmationHeader.shape),
  },
  responses: {
    201: jsonContent(refundSchema, 'New refund.', { headers: ['Idempotent-Replayed'] }),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'insufficient_funds',
      'refund_exceeds_payment',
      'debt_open',
      'unauthenticated',
      'wallet_frozen',
      'confirmation_required',
      'not_found',
      'refund_not_allowed',
      'refund_limit_exceeded',
      'idempotency_key_reused',
      'rate_limited',
      'gateway_unavailable',
    ),
  },
})

const list = createRoute({
  ...shared,
  security: bearerOrKey('payments:read'),
  method: 'get',
  path: '/payments/{uuid}/refunds',
  operationId: 'listRefunds',
  summary: "List a payment's refunds",
  description: 'Returns the refunds of one of your payments, newest first.',
  request: { params: uuidParam('UUID of the payment.') },
  responses: {
    200: jsonContent(refundsSchema, 'Refunds of the payment.'),
    ...declareProblems('validation_failed', 'unauthenticated', 'insufficient_scope', 'not_found'),
  },
})

export function refundRoutes(deps: RefundDeps & LimitDeps & LiveScopeDeps) {
  const router = createRouter()
  const route = create.getRoutingPath()
  router.post(route, requireLiveSession(deps), refuseFrozen)
  guardByScope(router, (scope) => requireLiveScope(deps, scope), [list])
  router.post(route, limitByUser(deps, deps.policies.payments))
  return router
    .openapi(create, async (c) => {
      const body = c.req.valid('json')
      const { amount: amountKobo, reason } = body
      const { uuid } = c.req.valid('param')
      const { 'idempotency-key': key, confirmation } = c.req.valid('header')
      const idempotency = idempotencyOf(key, { uuid, ...body })
      const request = { amountKobo, reason, confirmation }
      const requested = await requestOwnRefund(deps, c.get('caller'), uuid, request, idempotency)
      if (!requested.ok) return problemResponse(c, requested.refusal)
      const { answer, replayed } = requested.value
      if (replayed) c.header(IDEMPOTENT_REPLAYED, 'true')
      return c.json(presentRefund(answer), 201)
    })
    .openapi(list, async (c) => {
      const { userUuid } = c.get('caller')
      const refunds = await listRefunds(deps, userUuid, c.req.valid('param').uuid)
      return refunds.ok
        ? c.json(refunds.value.map(presentRefund), 200)
        : problemResponse(c, refunds.refusal)
    })
}
