import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { getConnInfo } from 'hono/cloudflare-workers'
import { ipRestriction } from 'hono/ip-restriction'
import { idempotencyHeader, uuidParam } from '../http/fields'
import {
  guardByScope,
  type LiveScopeDeps,
  refuseFrozen,
  requireLiveScope,
} from '../http/authentication'
import { IDEMPOTENT_REPLAYED, linkNext } from '../http/headers'
import {
  BODY_PROBLEMS,
  bearerOrKey,
  jsonBody,
  jsonContent,
  publicAccess,
  declareProblems,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { createProblem, problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { idempotencyOf } from '../common/idempotency'
import { type FloodGuardDeps, limitByUser, limitFlood, refuseFlood } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { isSignature, SIGNATURE_HEADER } from './monnify/signature'
import {
  createPaymentBody,
  paymentQuery,
  paymentSchema,
  paymentsSchema,
  presentPayment,
  referenceParam,
} from './schemas'
import { createPayment, getPayment, listPayments, type PaymentDeps, verifyPayment } from './service'
import { receiveEvent, type WebhookDeps } from './webhook'

const reads = { tags: ['Payments'], security: bearerOrKey('payments:read') }
const writes = { tags: ['Payments'], security: bearerOrKey('payments:write') }

const create = createRoute({
  ...writes,
  method: 'post',
  path: '/payments',
  operationId: 'createPayment',
  summary: 'Create a payment',
  description:
    'With the method `monnify`, opens a checkout for a top-up. With `wallet`, transfers money from your `primary` to your `call_credits` wallet.',
  request: { body: jsonBody(createPaymentBody), headers: idempotencyHeader },
  responses: {
    201: jsonContent(paymentSchema, 'New payment.', {
      headers: ['Location', 'Idempotent-Replayed'],
      example: {
        status: 'processing',
        monnify_payment_reference: 'MNFY|41|20260314101530|000812',
        amount_paid: 0,
        completed_at: null,
      },
    }),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'insufficient_funds',
      'gateway_refused',
      'unauthenticated',
      'insufficient_scope',
      'email_unverified',
      'wallet_frozen',
      'not_found',
      'reference_reused',
      'request_in_progress',
      'idempotency_key_reused',
      'rate_limited',
      'gateway_unavailable',
    ),
  },
})

const list = createRoute({
  ...reads,
  method: 'get',
  path: '/payments',
  operationId: 'listPayments',
  summary: 'List your payments',
  description:
    'Returns your payments, newest first. The `Link` header has the URL of the next page.',
  request: { query: paymentQuery },
  responses: {
    200: jsonContent(paymentsSchema, 'Page of payments.', { headers: ['Link'] }),
    ...declareProblems(
      'validation_failed',
      'invalid_cursor',
      'unauthenticated',
      'insufficient_scope',
    ),
  },
})

const get = createRoute({
  ...reads,
  method: 'get',
  path: '/payments/{uuid}',
  operationId: 'getPayment',
  summary: 'Get a payment',
  description:
    'Returns one of your payments with its last known status. To query Monnify now, use `POST /payments/verify/{paymentReference}`.',
  request: { params: uuidParam('UUID of the payment.') },
  responses: {
    200: jsonContent(paymentSchema, 'Payment.'),
    ...declareProblems('validation_failed', 'unauthenticated', 'insufficient_scope', 'not_found'),
  },
})

const verify = createRoute({
  ...writes,
  method: 'post',
  path: '/payments/verify/{paymentReference}',
  operationId: 'verifyPayment',
  summary: 'Verify a payment',
  description:
    'Queries Monnify for the status of the payment and credits what Monnify confirms, exactly once.',
  request: { params: referenceParam },
  responses: {
    200: jsonContent(paymentSchema, 'Payment with its current status.'),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'insufficient_scope',
      'not_found',
      'rate_limited',
      'gateway_unavailable',
    ),
  },
})

/** Documented, not validated: the signature covers the raw bytes, and Monnify may send other events. */
const eventBody = z.looseObject({}).openapi('MonnifyEvent', {
  description: "Event, as described in Monnify's documentation.",
  example: {
    eventType: 'SUCCESSFUL_TRANSACTION',
    eventData: { paymentReference: 'AIL-3f0b8c1e6f645e0a9b1c2f4f8f3f7a55_a1' },
  },
})

const eventResult = z
  .strictObject({
    outcome: z.string().max(50).openapi({
      description: 'Result of processing.',
      pattern: '^[a-z_]+$',
      example: 'settled',
    }),
  })
  .openapi('EventResult', { description: 'Result of an event.' })

const webhook = createRoute({
  method: 'post',
  path: '/webhooks/monnify',
  operationId: 'receiveMonnifyEvent',
  tags: ['Webhooks'],
  summary: 'Receive an event from Monnify',
  description:
    'Accepts an event if its `monnify-signature` header is the HMAC-SHA512 of the exact body.',
  security: publicAccess,
  request: {
    headers: z.object({
      [SIGNATURE_HEADER]: z
        .string()
        .max(1000)
        .optional()
        .openapi({
          description: 'HMAC-SHA512 of the body, in hexadecimal. Required.',
          pattern: '^[0-9a-f]{128}$',
          example: 'c0ffee00'.repeat(16),
        }),
    }),
    body: jsonBody(eventBody),
  },
  responses: {
    200: jsonContent(eventResult, 'The event was accepted.'),
    ...declareProblems('invalid_signature', 'address_refused', 'payload_too_large'),
  },
})

export function paymentRoutes(
  deps: PaymentDeps & WebhookDeps & LiveScopeDeps & LimitDeps & FloodGuardDeps,
) {
  const router = createRouter()
  guardByScope(router, (scope) => requireLiveScope(deps, scope), [create, list, get, verify])
  router.post(create.path, refuseFrozen)
  router.post(create.path, limitByUser(deps, deps.policies.payments))
  router.post(verify.getRoutingPath(), limitByUser(deps, deps.policies.verify))
  const { webhookIps: allowList } = deps
  const refuseAddress = (c: Context) =>
    createProblem(
      c,
      'address_refused',
      'Only the IP addresses in MONNIFY_WEBHOOK_ADDRESSES may send events.',
    )
  /** No limit applies to listed addresses: after an outage, Monnify sends all missed events at once. */
  router.use(
    webhook.path,
    allowList.length === 0
      ? limitFlood(deps)
      : ipRestriction(getConnInfo, { allowList }, (_, c) =>
          refuseFlood(deps, c, async () => refuseAddress(c)),
        ),
  )
  router.openAPIRegistry.registerPath(webhook)
  router.post(webhook.path, async (c) => {
    const signature = c.req.header(SIGNATURE_HEADER) ?? ''
    if (!isSignature(signature)) return problemResponse(c, { code: 'invalid_signature' })
    const body = new Uint8Array(await c.req.arrayBuffer())
    const received = await receiveEvent(deps, body, signature)
    if (received.ok) return c.json({ outcome: received.value }, 200)
    if (received.refusal.code === 'invalid_signature') return problemResponse(c, received.refusal)
    return createProblem(c, 'internal_error', 'The event could not be processed. Retry later.')
  })
  return router
    .openapi(create, async (c) => {
      const body = c.req.valid('json')
      const { amount: amountKobo, method, wallet: walletType, description } = body
      const request = { amountKobo, method, walletType, description }
      const idempotency = idempotencyOf(c.req.valid('header')['idempotency-key'], body)
      const created = await createPayment(deps, c.get('caller').userUuid, request, idempotency)
      if (!created.ok) return problemResponse(c, created.refusal)
      const { answer: payment, replayed } = created.value
      if (replayed) c.header(IDEMPOTENT_REPLAYED, 'true')
      return c.json(presentPayment(payment), 201, { Location: `/payments/${payment.uuid}` })
    })
    .openapi(list, async (c) => {
      const page = await listPayments(deps, c.get('caller').userUuid, c.req.valid('query'))
      if (!page.ok) return problemResponse(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json(page.value.items.map(presentPayment), 200)
    })
    .openapi(get, async (c) => {
      const payment = await getPayment(deps, c.get('caller').userUuid, c.req.valid('param').uuid)
      return payment.ok
        ? c.json(presentPayment(payment.value), 200)
        : problemResponse(c, payment.refusal)
    })
    .openapi(verify, async (c) => {
      const payment = await verifyPayment(
        deps,
        c.get('caller').userUuid,
        c.req.valid('param').paymentReference,
      )
      return payment.ok
        ? c.json(presentPayment(payment.value), 200)
        : problemResponse(c, payment.refusal)
    })
}
