/** Operators' routes that move money: refunds, goodwill, waivers of debts. */
import { createRoute, z } from '@hono/zod-openapi'
import { idempotencyOf } from '../common/idempotency'
import { toNairaNumber } from '../common/money'
import { jsonBody, jsonContent } from '../http/declarations'
import { amountField, idempotencyHeader, parsedField } from '../http/fields'
import { createProblem, problemResponse } from '../http/problems'
import { type AppContext, createRouter } from '../http/router'
import { parseUuid } from '../common/text/uuid'
import { REFUND_METHODS } from '../refunds/core/refund'
import { presentRefund, reasonField } from '../refunds/schemas'
import { decideRefund, type RefundDeps, requestRefund } from '../refunds/service'
import { WALLET_TYPES } from '../wallets/core/wallet'
import { allow, operatorOf } from './access/guard'
import { findUserBy, reasonLine, subjectField } from './schemas'
import { adjust, type Adjustment, type AdjustmentDeps } from './adjustments'
import type { LookupDeps } from './lookup'
import { findPayments, NOTHING_FOUND } from './lookup'
import { readReference } from './spelling'

export interface MoneyDeps extends RefundDeps, AdjustmentDeps, LookupDeps {}

const digits = (count: number) =>
  z.string().regex(new RegExp(`^\\d{${count}}$`), `must have ${count} digits`)

const refundBody = z.strictObject({
  payment: subjectField,
  amount: amountField,
  method: z.enum(REFUND_METHODS, 'must be monnify or manual').default('monnify'),
  reason: reasonField,
  destination: z
    .strictObject({
      account_number: digits(10),
      bank_code: z.string().regex(/^\d{3,6}$/, 'must be a bank code'),
    })
    .optional(),
})

const decisionBody = z.strictObject({
  refund: parsedField(parseUuid),
  outcome: z.enum(['completed', 'failed'], 'must be completed or failed'),
  evidence: reasonLine,
})

const adjustmentBody = z.strictObject({
  user: subjectField,
  wallet: z.enum(WALLET_TYPES, 'must be call_credits or primary').default('call_credits'),
  amount: amountField,
  reason: reasonLine,
})

const shared = { hide: true, method: 'post', middleware: allow('money.approve') } as const
const responses = { 200: jsonContent(z.unknown(), 'Done.') }
const keyed = { headers: idempotencyHeader }

const refund = createRoute({
  ...shared,
  path: '/operator/money/refunds',
  request: { body: jsonBody(refundBody), ...keyed },
  responses,
})
const decision = createRoute({
  ...shared,
  path: '/operator/money/refunds/decision',
  request: { body: jsonBody(decisionBody) },
  responses,
})
const goodwill = createRoute({
  ...shared,
  path: '/operator/money/goodwill',
  request: { body: jsonBody(adjustmentBody), ...keyed },
  responses,
})
const waiver = createRoute({
  ...shared,
  path: '/operator/money/waivers',
  request: { body: jsonBody(adjustmentBody), ...keyed },
  responses,
})

const presentAdjustment = (adjustment: Adjustment) => ({
  uuid: adjustment.uuid,
  kind: adjustment.kind,
  user: adjustment.userUuid,
  wallet: adjustment.walletType,
  amount: toNairaNumber(adjustment.amountKobo),
  reason: adjustment.reason,
  operator: adjustment.operator,
})

const nothingFound = (c: AppContext) => createProblem(c, 'not_found', NOTHING_FOUND) as never

/** An idempotency key is required, because a repeat without one would move the money twice. */
const keyMissing = (c: AppContext) =>
  createProblem(c, 'validation_failed', 'Send the header Idempotency-Key.', {
    members: { errors: [{ pointer: '/Idempotency-Key', message: 'is required' }] },
  }) as never

export function moneyRoutes(deps: MoneyDeps) {
  const router = createRouter()

  const adjustBy =
    (kind: 'goodwill' | 'debt_waiver') =>
    async (c: AppContext, body: z.infer<typeof adjustmentBody>, key: string | undefined) => {
      const idempotency = idempotencyOf(key, { kind, ...body })
      if (!idempotency) return keyMissing(c)
      const user = await findUserBy(deps.userStore, body.user)
      if (!user) return nothingFound(c)
      const { wallet: walletType, amount: amountKobo, reason } = body
      const operator = operatorOf(c).uuid
      const request = { kind, userUuid: user.uuid, walletType, amountKobo, reason, operator }
      const adjusted = await adjust(deps, request, idempotency)
      return adjusted.ok
        ? c.json(presentAdjustment(adjusted.value.answer), 200)
        : problemResponse(c, adjusted.refusal)
    }

  return router
    .openapi(refund, async (c) => {
      const body = c.req.valid('json')
      const idempotency = idempotencyOf(c.req.valid('header')['idempotency-key'], body)
      if (!idempotency) return keyMissing(c)
      const [payment, ...others] = await findPayments(deps, readReference(body.payment))
      if (!payment || others.length > 0) return nothingFound(c)
      const { amount: amountKobo, method, reason, destination } = body
      const operator = operatorOf(c).uuid
      const account = destination && {
        accountNumber: destination.account_number,
        bankCode: destination.bank_code,
      }
      const request = { amountKobo, method, reason, operator }
      const requested = await requestRefund(deps, payment, request, idempotency, account)
      return requested.ok
        ? c.json(presentRefund(requested.value.answer), 200)
        : problemResponse(c, requested.refusal)
    })
    .openapi(decision, async (c) => {
      const { refund: uuid, outcome, evidence } = c.req.valid('json')
      const decided = await decideRefund(deps, uuid, {
        outcome,
        evidence: `${operatorOf(c).uuid}: ${evidence}`,
      })
      if (decided.ok) return c.json(presentRefund(decided.value), 200)
      return decided.refusal.code === 'not_found'
        ? nothingFound(c)
        : problemResponse(c, decided.refusal)
    })
    .openapi(goodwill, (c) =>
      adjustBy('goodwill')(c, c.req.valid('json'), c.req.valid('header')['idempotency-key']),
    )
    .openapi(waiver, (c) =>
      adjustBy('debt_waiver')(c, c.req.valid('json'), c.req.valid('header')['idempotency-key']),
    )
}
