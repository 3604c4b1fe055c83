import { z } from '@hono/zod-openapi'
import {
  amountField,
  lineField,
  nairaField,
  pageQuery,
  timeField,
  toTime,
  toTimeOrNull,
  uuidField,
} from '../common/fields'
import { toNairaNumber } from '../common/money'
import { CURRENCY, WALLET_TYPES } from '../wallets/wallet'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from './payment'
import { attemptReference } from './attempt'
import type { Payment } from './store'

export const createPaymentBody = z
  .strictObject({
    amount: amountField,
    method: z.enum(PAYMENT_METHODS, 'must be monnify or wallet'),
    currency: z.literal(CURRENCY, 'must be NGN').default(CURRENCY),
    description: lineField(100).openapi({ example: 'Credits for the week' }),
    wallet: z.enum(WALLET_TYPES, 'must be call_credits or primary').default('call_credits'),
  })
  .refine(({ method, wallet }) => method === 'monnify' || wallet === 'call_credits', {
    path: ['wallet'],
    message: 'must be call_credits when the method is wallet',
  })
  .openapi('NewPayment', {
    not: {
      required: ['wallet'],
      properties: { method: { const: 'wallet' }, wallet: { const: 'primary' } },
    },
  })

export const paymentQuery = pageQuery.extend({
  status: z.enum(PAYMENT_STATUSES, 'must be a status of a payment').optional(),
})

export const referenceParam = z.object({
  paymentReference: z
    .string()
    .min(1)
    .max(64)
    .openapi({ example: 'AIL-3f0b8c1e6f645e0a9b1c2f4f8f3f7a55_a1' }),
})

export const paymentSchema = z
  .strictObject({
    uuid: uuidField,
    amount: nairaField,
    currency: z.literal(CURRENCY),
    status: z.enum(PAYMENT_STATUSES),
    method: z.enum(PAYMENT_METHODS),
    payment_reference: z
      .string()
      .max(64)
      .openapi({ example: 'AIL-3f0b8c1e6f645e0a9b1c2f4f8f3f7a55_a1' }),
    monnify_payment_reference: z
      .string()
      .max(255)
      .nullable()
      .openapi({ example: 'MNFY|41|20260314101530|000812' }),
    checkout_url: z
      .string()
      .max(2000)
      .nullable()
      .openapi({ example: 'https://sdk.monnify.com/checkout/MNFY%7C41' }),
    created_at: timeField,
    description: z.string().max(100).nullable().openapi({ example: 'Credits for the week' }),
    wallet: z.enum(WALLET_TYPES),
    amount_paid: nairaField,
    completed_at: timeField.nullable(),
    failure_reason: z.string().max(100).nullable().openapi({ example: null }),
  })
  .openapi('Payment')

export const presentPayment = (payment: Payment): z.infer<typeof paymentSchema> => ({
  uuid: payment.uuid,
  amount: toNairaNumber(payment.amountKobo),
  currency: CURRENCY,
  status: payment.status,
  method: payment.method,
  payment_reference: attemptReference(payment),
  monnify_payment_reference: payment.monnifyReference,
  checkout_url: payment.checkoutUrl,
  created_at: toTime(payment.createdAtMs),
  description: payment.description,
  wallet: payment.walletType,
  amount_paid: toNairaNumber(payment.amountPaidKobo),
  completed_at: toTimeOrNull(payment.completedAtMs),
  failure_reason: payment.failureReason,
})
