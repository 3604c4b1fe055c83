/** Operators' routes that confirm a payment or process an event again. */
import { createRoute, z } from '@hono/zod-openapi'
import { jsonBody } from '../../http/declarations'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { toNairaNumber } from '../../common/money'
import { operatorOf } from '../access/guard'
import { operatorRoute } from '../access/operator-route'
import type { PolledBody, ReplayedBody } from '../desk-types'
import { reasonLine } from '../schemas'
import { type PaymentActionDeps, type PolledPayment, pollNow, replayNow } from './payment-actions'

const body = jsonBody(z.strictObject({ reason: reasonLine }))

const poll = createRoute({
  ...operatorRoute(
    'post',
    '/operator/payments/{reference}/poll',
    'payments.act',
    'The payment before and after.',
  ),
  request: { params: z.object({ reference: z.string().max(300) }), body },
})

const replay = createRoute({
  ...operatorRoute('post', '/operator/webhooks/{hash}/replay', 'payments.act', 'The outcome.'),
  request: {
    params: z.object({ hash: z.string().regex(/^[\da-f]{64}$/, 'must be a SHA-256 in hex') }),
    body,
  },
})

const paymentState = ({ status, amountPaidKobo, failureReason }: PolledPayment['before']) => ({
  status,
  amount_paid: toNairaNumber(amountPaidKobo),
  failure_reason: failureReason,
})

export const paymentActionRoutes = (deps: PaymentActionDeps) =>
  createRouter()
    .openapi(poll, async (c) => {
      const { reference: written } = c.req.valid('param')
      const polled = await pollNow(deps, operatorOf(c), written, c.req.valid('json').reason)
      if (!polled.ok) return problemResponse(c, polled.refusal)
      const { before, after } = polled.value
      const { uuid: payment, reference } = after
      const states = { before: paymentState(before), after: paymentState(after) }
      return c.json({ payment, reference, ...states } satisfies PolledBody, 200)
    })
    .openapi(replay, async (c) => {
      const { hash: event } = c.req.valid('param')
      const replayed = await replayNow(deps, operatorOf(c), event, c.req.valid('json').reason)
      if (!replayed.ok) return problemResponse(c, replayed.refusal)
      return c.json({ event, outcome: replayed.value } satisfies ReplayedBody, 200)
    })
