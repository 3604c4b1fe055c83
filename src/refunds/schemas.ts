import { z } from '@hono/zod-openapi'
import { toNairaNumber } from '../common/money'
import { amountField, nairaField, requiredLine, timeField, uuidField } from '../http/fields'
import { CURRENCY } from '../wallets/core/wallet'
import { REFUND_METHODS, REFUND_STATUSES } from './core/refund'
import type { Refund } from './store'
import { toTime, toTimeOrNull } from '../common/text/time'

/** One line, because it is sent to the bank. */
export const reasonField = requiredLine(3, 64).openapi({
  description: 'Reason for the refund.',
  example: 'Paid twice',
})

export const createRefundBody = z
  .strictObject({
    amount: amountField.openapi({ description: 'Amount to refund, in NGN, at least 100.' }),
    reason: reasonField,
  })
  .openapi('NewRefund', { description: 'Refund of a payment to its payer.' })

export const refundSchema = z
  .strictObject({
    uuid: uuidField,
    payment_uuid: uuidField.openapi({ description: 'UUID of the refunded payment.' }),
    amount: nairaField.openapi({ description: 'Amount of the refund, in NGN.', example: 150 }),
    currency: z.literal(CURRENCY).openapi({ description: 'Currency of the amount.' }),
    status: z.enum(REFUND_STATUSES).openapi({
      description:
        'Status of the refund. `completed`: the payer received the money. `failed`: the money is in the wallet again.',
      example: 'processing',
    }),
    method: z.enum(REFUND_METHODS).openapi({
      description: 'Refund method: through Monnify, or manually by an operator.',
      example: 'monnify',
    }),
    reason: z
      .string()
      .max(64)
      .openapi({ description: 'Reason for the refund.', pattern: '^.*$', example: 'Paid twice' }),
    failure_reason: z
      .string()
      .max(100)
      .nullable()
      .openapi({
        description: 'Reason for the failure; null unless the refund failed.',
        pattern: String.raw`^[\w-]+$`,
        example: null,
      }),
    created_at: timeField,
    completed_at: timeField.nullable().openapi({
      description: 'Time at which the refund was confirmed as completed, in UTC; null until then.',
      example: null,
    }),
  })
  .openapi('Refund', { description: 'Refund of a payment to its payer.' })

export const refundsSchema = z
  .array(refundSchema)
  .max(100)
  .openapi('Refunds', { description: 'Refunds of a payment, newest first.' })

export const presentRefund = (refund: Refund): z.infer<typeof refundSchema> => ({
  uuid: refund.uuid,
  payment_uuid: refund.paymentUuid,
  amount: toNairaNumber(refund.amountKobo),
  currency: CURRENCY,
  status: refund.status,
  method: refund.method,
  reason: refund.reason,
  failure_reason: refund.failureReason,
  created_at: toTime(refund.createdAtMs),
  completed_at: toTimeOrNull(refund.completedAtMs),
})
