import { z } from '@hono/zod-openapi'
import { countField, pageQuery, timeField, uuidField } from '../http/fields'
import { CURRENCY } from '../wallets/core/wallet'
import { RECEIPT_KINDS } from './core/receipt'

const HASH = '5f0d6c0b1f6d0a9a4e9f3f2f6a4f3c1d5f0d6c0b1f6d0a9a4e9f3f2f6a4f3c1d'

const amountText = z.string().max(20).openapi({
  description: 'Amount in NGN, with two decimal places.',
  pattern: '^\\d+\\.\\d{2}$',
  example: '500.00',
})

const hashField = z.string().length(64).openapi({
  description: 'Seal of the entry: its SHA-256, in hexadecimal.',
  pattern: '^[0-9a-f]{64}$',
  example: HASH,
})

const textOf = (max: number, description: string, example: string) =>
  z.string().max(max).openapi({ description, pattern: '^.+$', example })

const signatureField = z.string().max(20_000).openapi({
  description: 'Compact JWS (RFC 7515) with EdDSA over the content as canonical JSON (RFC 8785).',
  pattern: '^[\\w-]+\\.[\\w-]+\\.[\\w-]+$',
  example: 'eyJhbGciOiJFZERTQSIsImtpZCI6IuKApiJ9.e30.c2lnbmF0dXJl',
})

const vatSchema = z
  .strictObject({
    rate: textOf(6, 'Rate in percent.', '7.50'),
    net: amountText.openapi({ description: 'Amount without VAT, in NGN.', example: '465.12' }),
    amount: amountText.openapi({
      description: 'VAT that the amount contains, in NGN.',
      example: '34.88',
    }),
  })
  .openapi('VatLine', { description: 'VAT that the amount contains.' })

const calledSchema = z
  .strictObject({
    started_at: timeField.openapi({ description: 'Time at which the call was answered, in UTC.' }),
    ended_at: timeField.openapi({ description: 'Time at which the call ended, in UTC.' }),
  })
  .openapi('CalledTime', { description: 'Time of the call.' })

const contentSchema = z
  .strictObject({
    type: z.literal('receipt').openapi({ description: 'Type of the document.' }),
    version: z.literal(1).openapi({ description: 'Version of the format.' }),
    number: textOf(
      20,
      'Number of the receipt. Numbers have no gaps within a calendar year in Lagos.',
      '2026-000042',
    ),
    kind: z
      .enum(RECEIPT_KINDS)
      .openapi({ description: 'Subject of the receipt: a payment or a call.', example: 'payment' }),
    subject_uuid: uuidField.openapi({ description: 'UUID of the payment or call.' }),
    wallet_uuid: uuidField.openapi({ description: 'UUID of the wallet.' }),
    currency: z.literal(CURRENCY).openapi({ description: 'Currency of all amounts.' }),
    amount: amountText.openapi({ description: 'Amount credited or charged, in NGN.' }),
    balance: amountText.openapi({ description: 'Balance after the last entry, in NGN.' }),
    reference: textOf(
      200,
      'Reference of the payment or of the charge.',
      'AIL-3f0b8c1e6f645e0a9b1c2f4f8f3f7a55_a1',
    ),
    entry_seq: countField(1).openapi({ description: 'Position of the last entry.', example: 7 }),
    entry_hash: hashField,
    posted_at: timeField.openapi({ description: 'Time of the last entry, in UTC.' }),
    issued_at: timeField.openapi({ description: 'Time of issue, in UTC.' }),
    call: calledSchema
      .nullable()
      .openapi({ description: 'Start and end of the call; null for a payment.' }),
    vat: vatSchema.nullable().openapi({ description: 'VAT line; null if there is none.' }),
    issuer: z
      .array(textOf(200, 'Line of text.', 'Example Ltd'))
      .max(10)
      .openapi({ description: 'Name, tax number and address of the issuer.' }),
  })
  .openapi('ReceiptContent', { description: 'Signed content of a receipt. It names no person.' })

export const receiptSchema = z
  .strictObject({
    receipt: contentSchema,
    signature: signatureField,
    holder: z
      .strictObject({
        name: textOf(201, 'Name of the account, or its e-mail address.', 'Ada Obi'),
        email: z.string().max(254).openapi({
          description: 'E-mail address of the account.',
          format: 'email',
          example: 'ada@example.com',
        }),
      })
      .openapi('ReceiptHolder', {
        description: 'Current owner of the account. This part is not signed.',
      }),
  })
  .openapi('Receipt', { description: 'Signed receipt of a payment or call.' })

export const receiptsSchema = z
  .array(receiptSchema)
  .max(100)
  .openapi('Receipts', { description: 'Page of receipts, newest first.' })

export const receiptQuery = pageQuery

export const statementQuery = pageQuery.pick({ from: true, to: true })

const pointSchema = z
  .strictObject({
    seq: countField(0).openapi({ description: 'Position; 0 before the first entry.', example: 7 }),
    hash: hashField,
    balance: amountText.openapi({ description: 'Balance after the entry, in NGN.' }),
  })
  .openapi('StatementPoint', { description: 'Position, seal and balance after an entry.' })

const entrySchema = z
  .strictObject({
    seq: countField(1).openapi({ description: 'Position in the ledger.', example: 7 }),
    kind: textOf(50, 'Kind of the entry.', 'top_up'),
    from: textOf(50, 'Ledger account that the amount leaves.', 'gateway'),
    to: textOf(50, 'Ledger account that the amount enters.', 'wallet'),
    amount: amountText,
    balance: amountText.openapi({ description: 'Balance after the entry, in NGN.' }),
    reference: textOf(300, 'Reference, unique in the wallet.', 'call/3f0b8c1e'),
    source_uuid: uuidField.openapi({
      description: 'UUID of the payment, call or adjustment that caused the entry.',
    }),
    posted_at: timeField.openapi({ description: 'Time of the entry, in UTC.' }),
    previous_hash: hashField.openapi({ description: 'Seal of the previous entry.' }),
    hash: hashField,
  })
  .openapi('SealedEntry', { description: 'Entry with the fields that its seal covers.' })

const optionalTime = (description: string) =>
  timeField.nullable().openapi({ description, example: null })

export const signedStatementSchema = z
  .strictObject({
    entries: z
      .array(entrySchema)
      .max(10_000_000)
      .openapi({ description: 'Entries, oldest first, without gaps.' }),
    statement: z
      .strictObject({
        type: z.literal('statement').openapi({ description: 'Type of the document.' }),
        version: z.literal(1).openapi({ description: 'Version of the format.' }),
        wallet_uuid: uuidField.openapi({ description: 'UUID of the wallet.' }),
        currency: z.literal(CURRENCY).openapi({ description: 'Currency of all amounts.' }),
        from: optionalTime('Start of the period, in UTC; null if it begins with the first entry.'),
        to: optionalTime('End of the period, in UTC; null if it ends with the last entry.'),
        opening: pointSchema,
        closing: pointSchema,
        ledger: pointSchema,
        entries: countField(0).openapi({ description: 'Number of entries.', example: 7 }),
        issued_at: timeField.openapi({ description: 'Time of issue, in UTC.' }),
      })
      .openapi('StatementHead', { description: 'Signed head of the statement.' }),
    signature: signatureField,
  })
  .openapi('SignedStatement', {
    description: 'Ledger of a wallet with a signed head. It names no person.',
  })

export const keySetSchema = z
  .strictObject({
    keys: z
      .array(
        z
          .strictObject({
            kty: z.literal('OKP').openapi({ description: 'Key type.' }),
            crv: z.literal('Ed25519').openapi({ description: 'Curve.' }),
            x: z.string().length(43).openapi({
              description: 'Public key, in base64url.',
              pattern: '^[\\w-]+$',
              example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            }),
            kid: z.string().length(43).openapi({
              description: 'ID of the key: its thumbprint (RFC 7638).',
              pattern: '^[\\w-]+$',
              example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
            }),
            alg: z.literal('EdDSA').openapi({ description: 'Algorithm.' }),
            use: z.literal('sig').openapi({ description: 'Use of the key.' }),
          })
          .openapi('PublicKey', { description: 'Public key (RFC 8037).' }),
      )
      .max(100)
      .openapi({ description: 'The signing key, then earlier ones.' }),
  })
  .openapi('KeySet', { description: 'Public keys (RFC 7517).' })
