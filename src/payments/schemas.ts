import { z } from '@hono/zod-openapi'
import {
  amountField,
  optionalLine,
  lineField,
  nairaField,
  pageQuery,
  parsedField,
  timeField,
  uuidField,
} from '../http/fields'
import { toNairaNumber } from '../common/money'
import { CURRENCY, WALLET_TYPES } from '../wallets/core/wallet'
import { MIN_TOP_UP_KOBO, PAYMENT_METHODS, PAYMENT_STATUSES } from './core/payment'
import { attemptReference, parseReference } from './core/references'
import type { Payment } from './store'
import { toTime, toTimeOrNull } from '../common/text/time'

export const createPaymentBody = z
  .strictObject({
    amount: amountField,
    method: z.enum(PAYMENT_METHODS, 'must be monnify or wallet').openapi({
      description:
        'Payment method: `monnify` opens a checkout, `wallet` pays from your `primary` wallet.',
    }),
    currency: z
      .literal(CURRENCY, 'must be NGN')
      .default(CURRENCY)
      .openapi({ description: 'Currency of the amount.' }),
    description: lineField(100).openapi({
      description: 'Purpose of the payment, shown to the customer.',
      example: 'Credits for the week',
    }),
    wallet: z
      .enum(WALLET_TYPES, 'must be call_credits or primary')
      .default('call_credits')
      .openapi({ description: 'Wallet to credit. `primary` is allowed with `monnify` only.' }),
  })
  .refine(({ method, wallet }) => method === 'monnify' || wallet === 'call_credits', {
    path: ['wallet'],
    message: 'must be call_credits when the method is wallet',
  })
  .refine(({ method, amount }) => method === 'wallet' || amount >= MIN_TOP_UP_KOBO, {
    path: ['amount'],
    message: `must be at least ${toNairaNumber(MIN_TOP_UP_KOBO)} when the method is monnify`,
  })
  .openapi('NewPayment', {
    description: 'Top-up of at least 20 NGN, or transfer between your wallets.',
    not: {
      anyOf: [
        {
          required: ['wallet'],
          properties: { method: { const: 'wallet' }, wallet: { const: 'primary' } },
        },
        {
          properties: {
            method: { const: 'monnify' },
            amount: { exclusiveMaximum: toNairaNumber(MIN_TOP_UP_KOBO) },
          },
        },
      ],
    },
  })

export const paymentQuery = pageQuery.extend({
  status: z
    .enum(PAYMENT_STATUSES, 'must be a payment status')
    .optional()
    .openapi({ description: 'Return only payments with this status.', example: 'completed' }),
})

const REFERENCE = {
  description: "Reference of the payment's latest attempt at Monnify.",
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
    amount: nairaField.openapi({ description: 'Requested amount, in NGN.', example: 500 }),
    currency: z.literal(CURRENCY).openapi({ description: 'Currency of both amounts.' }),
    status: z.enum(PAYMENT_STATUSES).openapi({
      description: 'Status of the payment. `completed` means that the wallet was credited.',
      example: 'completed',
    }),
    method: z.enum(PAYMENT_METHODS).openapi({ description: 'Payment method.' }),
    payment_reference: z
      .string()
      .max(64)
      .openapi({ ...REFERENCE, pattern: '^AIL-\\w+$' }),
    monnify_payment_reference: z.string().max(255).nullable().openapi({
      description: "Monnify's own reference; null until Monnify returns one.",
      pattern: '^.+$',
      example: 'MNFY|41|20260314101530|000812',
    }),
    checkout_url: z.string().max(2000).nullable().openapi({
      description: 'URL of the checkout page; null if the payment needs none.',
      format: 'uri',
      example: 'https://sdk.monnify.com/checkout/MNFY%7C41',
    }),
    created_at: timeField,
    description: optionalLine(100).openapi({
      description: 'Purpose of the payment, shown to the customer.',
      example: 'Credits for the week',
    }),
    wallet: z
      .enum(WALLET_TYPES)
      .openapi({ description: 'Wallet to credit.', example: 'call_credits' }),
    amount_paid: nairaField.openapi({ description: 'Amount received, in NGN.', example: 500 }),
    refunded_amount: nairaField.openapi({
      description: 'Amount refunded to the payer, in NGN, including pending refunds.',
      example: 0,
    }),
    completed_at: timeField.nullable().openapi({
      description: 'Time of the credit, in UTC; null until then.',
      example: '2026-03-14T10:16:02.000Z',
    }),
    failure_reason: z.string().max(100).nullable().openapi({
      description: 'Reason for the failure; null unless the payment failed.',
      pattern: '^[\\w-]+$',
      example: null,
    }),
  })
  .openapi('Payment', { description: 'Top-up, or transfer between your wallets.' })

export const paymentsSchema = z
  .array(paymentSchema)
  .max(100)
  .openapi('Payments', { description: 'Page of payments, newest first.' })

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
  refunded_amount: toNairaNumber(payment.refundedKobo),
  completed_at: toTimeOrNull(payment.completedAtMs),
  failure_reason: payment.failureReason,
})
