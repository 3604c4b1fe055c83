/** Data of each type of event, for the API document only: the Worker does not import this file. */
import { z } from '@hono/zod-openapi'
import { countField, E164, nairaField, timeField, uuidField } from '../http/fields'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from '../payments/core/payment'
import { REFUND_STATUSES } from '../refunds/core/refund'
import {
  CALL_STATUSES,
  CALL_TYPES,
  CURRENCY,
  END_REASONS,
  WALLET_TYPES,
} from '../wallets/core/wallet'
import { type EventType, EVENT_TYPES } from './core/catalogue'
import { eventFields, sequenceField } from './schemas'

const userUuid = uuidField.openapi({ description: 'UUID of the user.' })
const currency = z.literal(CURRENCY).openapi({ description: 'Currency of all amounts.' })
const wallet = z.enum(WALLET_TYPES).openapi({
  description: 'Type of the wallet.',
  example: 'call_credits',
})

const failureReason = z
  .string()
  .max(100)
  .nullable()
  .openapi({
    description: 'Reason for the failure; null without one.',
    pattern: String.raw`^[\w-]+$`,
    example: null,
  })

const paymentData = z
  .strictObject({
    user_uuid: userUuid,
    payment_uuid: uuidField.openapi({ description: 'UUID of the payment.' }),
    payment_reference: z
      .string()
      .max(64)
      .openapi({
        description: "Reference of the payment's latest attempt at Monnify.",
        pattern: String.raw`^AIL-\w+$`,
      }),
    wallet,
    method: z.enum(PAYMENT_METHODS).openapi({ description: 'Payment method.' }),
    status: z.enum(PAYMENT_STATUSES).openapi({ description: 'Status of the payment.' }),
    amount: nairaField.openapi({ description: 'Requested amount, in NGN.' }),
    amount_paid: nairaField.openapi({
      description: 'Amount credited, less what was reversed, in NGN.',
    }),
    currency,
    failure_reason: failureReason,
  })
  .openapi('PaymentEventData', { description: 'Payment at the time of the event.' })

const refundData = z
  .strictObject({
    user_uuid: userUuid,
    refund_uuid: uuidField.openapi({ description: 'UUID of the refund.' }),
    payment_uuid: uuidField.openapi({ description: 'UUID of the refunded payment.' }),
    reference: z
      .string()
      .max(64)
      .openapi({
        description: 'Reference of the refund at Monnify.',
        pattern: String.raw`^AILR-\w+$`,
      }),
    amount: nairaField.openapi({ description: 'Amount of the refund, in NGN.' }),
    currency,
    status: z.enum(REFUND_STATUSES).openapi({ description: 'Status of the refund.' }),
    failure_reason: failureReason,
  })
  .openapi('RefundEventData', { description: 'Refund at the time of the event.' })

const walletFields = {
  user_uuid: userUuid,
  wallet_uuid: uuidField.openapi({ description: 'UUID of the wallet.' }),
  wallet,
  revision: countField(1, Number.MAX_SAFE_INTEGER).openapi({
    description: "Number of the wallet's change. It grows with each change of the wallet.",
    example: 12,
  }),
}

const callUuid = uuidField.openapi({ description: 'UUID of the call.' })

const callData = z
  .strictObject({
    ...walletFields,
    call_uuid: callUuid,
    type: z.enum(CALL_TYPES).openapi({ description: 'Type of the call.' }),
    status: z.enum(CALL_STATUSES).openapi({ description: 'Status of the call.' }),
    cost: nairaField.openapi({
      description: 'Amount held while the call is open, or charged after it ended, in NGN.',
    }),
    started_at: timeField.nullable().openapi({ description: 'Time of the answer, or null.' }),
    ended_at: timeField.nullable().openapi({ description: 'Time of the end, or null.' }),
    duration_seconds: countField(0)
      .nullable()
      .openapi({ description: 'Duration from answer to end; null while the call is open.' }),
    end_reason: z
      .enum(END_REASONS)
      .nullable()
      .openapi({ description: 'Reason for the end, or null.' }),
    recipient_phone: z.string().max(16).nullable().optional().openapi({
      description:
        "Recipient's phone number, in E.164, only in deliveries to an endpoint with `include_phone`; null once it was erased.",
      pattern: E164,
    }),
  })
  .openapi('CallChangeEventData', { description: 'Call at the time of the event.' })

const creditData = z
  .strictObject({
    ...walletFields,
    balance: nairaField.openapi({ description: 'Balance after the call, in NGN.', example: 39 }),
    call_uuid: callUuid,
  })
  .openapi('CreditEventData', { description: 'Credit that a call left.' })

const walletData = z
  .strictObject(walletFields)
  .openapi('WalletEventData', { description: 'Wallet at the time of the event.' })

const testData = z
  .strictObject({
    message: z.string().max(100).openapi({ description: 'Text of the test.', pattern: '^.+$' }),
  })
  .openapi('TestEventData', { description: 'Data of a test.' })

/** Event of some types, as a delivery sends it. */
const delivered = (types: readonly [EventType, ...EventType[]], data: z.ZodType) =>
  z.strictObject({
    id: eventFields.id,
    type: z.enum(types).openapi({ description: 'Type of the event.' }),
    version: eventFields.version,
    sequence: sequenceField.nullable().openapi({
      description: 'Number of the event in its stream; null for a test.',
    }),
    timestamp: eventFields.timestamp,
    data,
  })

const typesOf = (prefix: string) =>
  EVENT_TYPES.filter((type) => type.startsWith(prefix)) as [EventType, ...EventType[]]

/** Schemas of the bodies of deliveries, by the start of their types. */
export const EVENT_SCHEMAS = {
  'payment.': { name: 'PaymentEvent', of: 'a payment', data: paymentData },
  'refund.': { name: 'RefundEvent', of: 'a refund', data: refundData },
  /** `CallEvent` is a message of the call's socket. */
  'call.': { name: 'CallChangeEvent', of: 'a call', data: callData },
  'credit.': { name: 'CreditEvent', of: 'credit', data: creditData },
  'wallet.': { name: 'WalletEvent', of: 'a wallet', data: walletData },
  'endpoint.': { name: 'TestEvent', of: 'an endpoint', data: testData },
} as const

export type EventPrefix = keyof typeof EVENT_SCHEMAS

export const prefixOf = (type: EventType): EventPrefix =>
  type.slice(0, type.indexOf('.') + 1) as EventPrefix

export function deliveredSchema(prefix: EventPrefix) {
  const { name, of, data } = EVENT_SCHEMAS[prefix]
  return delivered(typesOf(prefix), data).openapi(name, {
    description: `Event of ${of}, as it is sent to endpoints.`,
  })
}
