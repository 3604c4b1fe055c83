import { z } from '@hono/zod-openapi'
import {
  amountField,
  optionalLine,
  lineField,
  nairaField,
  pageQuery,
  parsedField,
  timeField,
  toTime,
  toTimeOrNull,
  uuidField,
} from '../http/fields'
import { toNairaNumber } from '../common/money'
import { CURRENCY, WALLET_TYPES } from '../wallets/core/wallet'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from './core/payment'
import { attemptReference, parseReference } from './core/references'
import type { Payment } from './store'

export const createPaymentBody = z
  .strictObject({
    amount: amountField,
    method: z.enum(PAYMENT_METHODS, 'must be monnify or wallet').openapi({
      description: '`monnify` opens a checkout; `wallet` pays from your `primary` wallet',
    }),
    currency: z
      .literal(CURRENCY, 'must be NGN')
      .default(CURRENCY)
      .openapi({ description: 'Of the amount' }),
    description: lineField(100).openapi({
      description: 'What it is for, as the customer sees it',
      example: 'Credits for the week',
    }),
    wallet: z
      .enum(WALLET_TYPES, 'must be call_credits or primary')
      .default('call_credits')
      .openapi({ description: 'Which one is credited; `primary` with `monnify` only' }),
  })
  .refine(({ method, wallet }) => method === 'monnify' || wallet === 'call_credits', {
    path: ['wallet'],
    message: 'must be call_credits when the method is wallet',
  })
  .openapi('NewPayment', {
    description: 'A top-up, or a move between your wallets',
    not: {
      required: ['wallet'],
      properties: { method: { const: 'wallet' }, wallet: { const: 'primary' } },
    },
  })

export const paymentQuery = pageQuery.extend({
  status: z
    .enum(PAYMENT_STATUSES, 'must be a status of a payment')
    .optional()
    .openapi({ description: 'In this state only', example: 'completed' }),
})

const REFERENCE = {
  description: 'What Monnify knows the payment by, at its newest attempt',
  example: 'AIL-3f0b8c1e6f645e0a9b1c2f4f8f3f7a55_a1',
}

export const referenceParam = z.object({
  paymentReference: parsedField(parseReference).openapi({
    ...REFERENCE,
    type: 'string',
    minLength: 1,
    maxLength: 64,
    pattern: '^.+$',
  }),
})

export const paymentSchema = z
  .strictObject({
    uuid: uuidField,
    amount: nairaField.openapi({ description: 'What was asked for, in NGN', example: 500 }),
    currency: z.literal(CURRENCY).openapi({ description: 'Of both amounts' }),
    status: z.enum(PAYMENT_STATUSES).openapi({
      description: 'A wallet is credited once it is `completed`',
      example: 'completed',
    }),
    method: z.enum(PAYMENT_METHODS).openapi({ description: 'How it is paid' }),
    payment_reference: z
      .string()
      .max(64)
      .openapi({ ...REFERENCE, pattern: '^AIL-\\w+$' }),
    monnify_payment_reference: z.string().max(255).nullable().openapi({
      description: "Monnify's own reference, once there is one",
      pattern: '^.+$',
      example: 'MNFY|41|20260314101530|000812',
    }),
    checkout_url: z.string().max(2000).nullable().openapi({
      description: 'Where the customer pays; null if nothing is to be paid there',
      format: 'uri',
      example: 'https://sdk.monnify.com/checkout/MNFY%7C41',
    }),
    created_at: timeField,
    description: optionalLine(100).openapi({
      description: 'What it is for, as the customer sees it',
      example: 'Credits for the week',
    }),
    wallet: z
      .enum(WALLET_TYPES)
      .openapi({ description: 'Which one is credited', example: 'call_credits' }),
    amount_paid: nairaField.openapi({ description: 'What came, in NGN', example: 500 }),
    completed_at: timeField.nullable().openapi({
      description: 'When the wallet was credited, if it was',
      example: '2026-03-14T10:16:02.000Z',
    }),
    failure_reason: z.string().max(100).nullable().openapi({
      description: 'Why it was not completed; null unless it failed',
      pattern: '^[\\w-]+$',
      example: null,
    }),
  })
  .openapi('Payment', { description: 'A top-up, or a move between your wallets' })

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
