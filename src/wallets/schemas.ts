import { z } from '@hono/zod-openapi'
import {
  countField,
  E164,
  optionalLine,
  nairaField,
  pageQuery,
  timeField,
  uuidField,
} from '../http/fields'
import { toNairaNumber } from '../common/money'
import {
  debtGainKobo,
  POSTING_KIND_NAMES,
  type PostingKind,
  SOURCE_TYPES,
  walletGainKobo,
} from './core/ledger'
import {
  CURRENCY,
  type EntryView,
  sourceTypeOf,
  WALLET_TYPES,
  type WalletView,
} from './core/wallet'
import { toTime } from '../common/text/time'

export const walletSchema = z
  .strictObject({
    uuid: uuidField,
    type: z.enum(WALLET_TYPES).openapi({
      description: 'Type of the wallet. `call_credits` pays for calls.',
      example: 'call_credits',
    }),
    balance: nairaField.openapi({ description: 'Available amount, in NGN.' }),
    currency: z.literal(CURRENCY).openapi({ description: 'Currency of all amounts.' }),
    created_at: timeField,
    held: nairaField.openapi({
      description: 'Amount held for open calls, in NGN.',
      example: 10,
    }),
    goodwill: nairaField.openapi({
      description:
        'Goodwill and credits by correction in `balance` and `held`, in NGN. They are never refunded.',
      example: 0,
    }),
    debt: nairaField.openapi({
      description:
        'Amount owed, in NGN, because a payment was reversed or refunded after it was spent. Incoming money pays it first.',
      example: 0,
    }),
    is_frozen: z.boolean().openapi({
      description:
        'Whether the wallet is frozen. A frozen wallet receives money, but cannot spend it.',
      example: false,
    }),
  })
  .openapi('Wallet', { description: 'Wallet with its current amounts.' })

export const walletsSchema = z
  .array(walletSchema)
  .max(2)
  .openapi('Wallets', { description: 'Both wallets of an account.' })

export const presentWallet = (wallet: WalletView): z.infer<typeof walletSchema> => ({
  uuid: wallet.uuid,
  type: wallet.type,
  balance: toNairaNumber(wallet.availableKobo),
  currency: CURRENCY,
  created_at: toTime(wallet.createdAtMs),
  held: toNairaNumber(wallet.heldKobo),
  goodwill: toNairaNumber(wallet.goodwillKobo),
  debt: toNairaNumber(wallet.debtKobo),
  is_frozen: wallet.frozenAtMs !== null,
})

type ShownKind = Exclude<PostingKind, 'balance_waiver'>

/** Kinds that a user can see. After a `balance_waiver`, the user is erased and can no longer log in. */
const SHOWN_KINDS = POSTING_KIND_NAMES.filter((kind) => kind !== 'balance_waiver') as [
  ShownKind,
  ...ShownKind[],
]

export const transactionQuery = pageQuery.extend({
  kind: z
    .enum(SHOWN_KINDS, `must be one of ${SHOWN_KINDS.join(', ')}`)
    .optional()
    .openapi({ description: 'Return only transactions of this kind.', example: 'call_charge' }),
})

export const transactionSchema = z
  .strictObject({
    seq: countField(1).openapi({
      description: 'Sequence number in the ledger, from 1, without gaps.',
      example: 7,
    }),
    kind: z
      .enum(SHOWN_KINDS)
      .openapi({ description: 'Kind of the transaction.', example: 'call_charge' }),
    amount: nairaField.openapi({
      description: 'Signed amount, in NGN: positive if money came in.',
      example: -11,
    }),
    balance: nairaField.openapi({
      description: 'Ledger balance after this transaction, in NGN.',
      example: 39,
    }),
    debt: nairaField.openapi({
      description:
        'Signed change of the debt, in NGN: positive if you owe more, negative if a debt was paid or waived.',
      example: 0,
    }),
    source_type: z
      .enum(SOURCE_TYPES)
      .openapi({ description: 'Type of the source.', example: 'call' }),
    source_uuid: uuidField.openapi({
      description: 'UUID of the payment, call or adjustment that caused the transaction.',
    }),
    recipient_phone: z.string().max(16).nullable().openapi({
      description: "Recipient's phone number, in E.164; null unless the source is a call.",
      pattern: E164,
      example: '+2348031234567',
    }),
    recipient_name: optionalLine(100).openapi({
      description: 'Display name of the recipient; null if none was given.',
      example: 'Ngozi',
    }),
    created_at: timeField,
    hash: z.string().length(64).openapi({
      description: 'SHA-256 of this transaction and of the previous hash, in hexadecimal.',
      pattern: '^[0-9a-f]{64}$',
      example: '5f0d6c0b1f6d0a9a4e9f3f2f6a4f3c1d5f0d6c0b1f6d0a9a4e9f3f2f6a4f3c1d',
    }),
  })
  .openapi('Transaction', { description: 'Movement of money in a wallet. It never changes.' })

export const transactionsSchema = z
  .array(transactionSchema)
  .max(100)
  .openapi('Transactions', { description: 'Page of transactions, newest first.' })

export const presentTransaction = (entry: EntryView): z.infer<typeof transactionSchema> => ({
  seq: entry.seq,
  kind: entry.kind as ShownKind,
  amount: toNairaNumber(walletGainKobo(entry)),
  balance: toNairaNumber(entry.balanceKobo),
  debt: toNairaNumber(debtGainKobo(entry)),
  source_type: sourceTypeOf(entry),
  source_uuid: entry.sourceUuid,
  recipient_phone: entry.recipientPhone || null,
  recipient_name: entry.recipientName,
  created_at: toTime(entry.postedAtMs),
  hash: entry.hash,
})

export const statementSchema = z.string().openapi('Statement', {
  format: 'csv',
  description:
    'CSV with a header row (RFC 4180). Values that a spreadsheet would read as a formula, such as a phone number with `+`, start with an apostrophe.',
  example:
    'date,kind,credit,debit,balance,currency,recipient_phone,recipient_name,source_type,source_uuid,seq,debt\r\n' +
    "2026-03-14T10:15:30.000Z,call_charge,,11.00,39.00,NGN,'+2348031234567,Ngozi,call,3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55,7,\r\n",
})
