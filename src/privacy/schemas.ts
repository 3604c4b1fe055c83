import { z } from '@hono/zod-openapi'
import { endpointSchema } from '../events/endpoint-schemas'
import { eventSchema as streamEventSchema } from '../events/schemas'
import { keySchema } from '../keys/schemas'
import { passkeySchema } from '../auth/passkeys/schemas'
import { sessionSchema } from '../auth/schemas'
import { callSchema, presentCall } from '../calls/schemas'
import { timeField, uuidField } from '../http/fields'
import { paymentSchema } from '../payments/schemas'
import { refundSchema } from '../refunds/schemas'
import type { Refund } from '../refunds/store'
import { userSchema } from '../users/schemas'
import type { CallView } from '../wallets/core/wallet'
import { transactionSchema } from '../wallets/schemas'
import type { Erasure } from './erasure-store'
import type { ExportStore } from './export-store'
import { toTime, toTimeOrNull } from '../common/text/time'

export const deletionQuery = z.object({
  waive_balance: z
    .stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' })
    .default(false)
    .openapi({
      type: 'boolean',
      description: 'Whether to waive the balance that is left when the account is erased.',
      example: false,
    }),
})

export const deletionSchema = z
  .strictObject({
    requested_at: timeField.openapi({ description: 'Time of the request, in UTC.' }),
    erase_at: timeField.openapi({
      description: 'Time from which the account is erased, in UTC. Until then you can cancel.',
    }),
    waive_balance: z.boolean().openapi({
      description: 'Whether you waived the balance that is left.',
      example: false,
    }),
  })
  .openapi('Deletion', { description: 'Planned deletion of your account.' })

export const presentDeletion = (erasure: Erasure): z.infer<typeof deletionSchema> => ({
  requested_at: toTime(erasure.requestedAtMs),
  erase_at: toTime(erasure.eraseAtMs),
  waive_balance: erasure.waivesBalance,
})

/** More than any user has. The OpenAPI document must state a maximum. */
const MAX_ITEMS = 1_000_000_000

const ANY_TEXT = '^[\\s\\S]*$'
const JSON_OBJECT = '^\\{'

const list = <T extends z.ZodType>(schema: T, description: string) =>
  z.array(schema).max(MAX_ITEMS).openapi({ description })

const messageSchema = z
  .strictObject({
    kind: z.string().max(50).openapi({
      description: 'Kind of the message.',
      pattern: '^\\w+$',
      example: 'payment_completed',
    }),
    recipient: z.string().max(254).nullable().openapi({
      description: 'E-mail address of the recipient; null for that of the account.',
      format: 'email',
      example: null,
    }),
    facts: z.string().max(10_000).openapi({
      description: 'Values in the text, as JSON.',
      pattern: JSON_OBJECT,
      example: '{"paid":"50000"}',
    }),
    state: z
      .string()
      .max(50)
      .openapi({ description: 'State of delivery.', pattern: '^\\w+$', example: 'sent' }),
    created_at: timeField,
    sent_at: timeField
      .nullable()
      .openapi({ description: 'Time of delivery, in UTC; null if it was not sent.' }),
  })
  .openapi('ExportedMessage', { description: 'E-mail addressed to you.' })

const eventSchema = z
  .strictObject({
    payment_reference: z.string().max(255).nullable().openapi({
      description: 'Reference of the payment.',
      pattern: ANY_TEXT,
      example: 'AIL-0d5c1f0e_a1',
    }),
    type: z.string().max(255).nullable().openapi({
      description: 'Type of the event.',
      pattern: ANY_TEXT,
      example: 'SUCCESSFUL_TRANSACTION',
    }),
    received_at: timeField.openapi({ description: 'Time of arrival, in UTC.' }),
    body: z.string().max(262_144).openapi({
      description: 'Body of the event; empty once it was erased because of its age.',
      pattern: ANY_TEXT,
      example: '',
    }),
  })
  .openapi('ExportedEvent', { description: "Monnify's event about a payment." })

const destinationSchema = z
  .strictObject({
    refund_uuid: uuidField.openapi({ description: 'UUID of the refund.' }),
    account: z.string().max(1000).openapi({
      description: 'Bank account, as JSON.',
      pattern: JSON_OBJECT,
      example: '{"accountNumber":"0123456789","bankCode":"058"}',
    }),
  })
  .openapi('ExportedDestination', { description: 'Bank account that was named for a refund.' })

const exportedCallSchema = callSchema
  .omit({ signaling_url: true })
  .openapi('ExportedCall', { description: 'Call, without the secret of its socket.' })

const walletSchema = z
  .strictObject({
    transactions: list(transactionSchema, 'All transactions, oldest first.'),
    calls: list(exportedCallSchema, 'All calls, newest first.'),
  })
  .openapi('ExportedWallet', { description: 'Content of a wallet.' })

export const exportSchema = z
  .strictObject({
    exported_at: timeField.openapi({ description: 'Time of the export, in UTC.' }),
    account: userSchema,
    sessions: list(sessionSchema, 'Sessions, including ended ones.'),
    passkeys: list(passkeySchema, 'Passkeys, without their keys.'),
    messages: list(messageSchema, 'E-mails, oldest first.'),
    payments: list(paymentSchema, 'Payments, newest first.'),
    payment_events: list(eventSchema, "Monnify's events about your payments."),
    refunds: list(refundSchema, 'Refunds, oldest first.'),
    refund_destinations: list(destinationSchema, 'Bank accounts that were named for refunds.'),
    primary: walletSchema,
    call_credits: walletSchema,
    api_keys: list(keySchema, 'API keys, without the keys themselves.'),
    endpoints: list(endpointSchema, 'Endpoints of your stream, without their secrets.'),
    events: list(streamEventSchema, 'Events of your stream that it still has, oldest first.'),
  })
  .openapi('AccountExport', { description: 'Your data, without receipts.' })

type Row<Name extends 'events' | 'messages'> = Awaited<ReturnType<ExportStore[Name]>>[number]

export const presentExportedMessage = (
  message: Row<'messages'>,
): z.infer<typeof messageSchema> => ({
  kind: message.kind,
  recipient: message.recipient,
  facts: message.facts,
  state: message.state,
  created_at: toTime(message.createdAtMs),
  sent_at: toTimeOrNull(message.sentAtMs),
})

export const presentExportedEvent = (event: Row<'events'>): z.infer<typeof eventSchema> => ({
  payment_reference: event.paymentReference,
  type: event.eventType,
  received_at: toTime(event.receivedAtMs),
  body: event.body,
})

export const presentDestination = (refund: Refund): z.infer<typeof destinationSchema> => ({
  refund_uuid: refund.uuid,
  account: refund.destination ?? '',
})

export function presentExportedCall(call: CallView): z.infer<typeof exportedCallSchema> {
  const { signaling_url: _, ...exported } = presentCall(call, '')
  return exported
}
