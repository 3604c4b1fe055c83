import { z } from '@hono/zod-openapi'
import { nairaField, pageQuery, timeField, toTime, uuidField } from '../common/fields'
import { subtractKobo, toNairaNumber, ZERO } from '../common/money'
import { type Entry, POSTING_KIND_NAMES } from './ledger'
import { CURRENCY, WALLET_TYPES, type WalletView } from './wallet'

export const walletSchema = z
  .strictObject({
    uuid: uuidField,
    type: z.enum(WALLET_TYPES),
    balance: nairaField.openapi({ description: 'What can be spent now, in NGN' }),
    currency: z.literal(CURRENCY),
    created_at: timeField,
    held: nairaField.openapi({
      description: 'What is set aside for open calls, in NGN',
      example: 10,
    }),
  })
  .openapi('Wallet')

export const presentWallet = (wallet: WalletView): z.infer<typeof walletSchema> => ({
  uuid: wallet.uuid,
  type: wallet.type,
  balance: toNairaNumber(wallet.availableKobo),
  currency: CURRENCY,
  created_at: toTime(wallet.createdAtMs),
  held: toNairaNumber(wallet.heldKobo),
})

export const transactionQuery = pageQuery.pick({ limit: true, cursor: true })

export const transactionSchema = z
  .strictObject({
    seq: z
      .int()
      .min(1)
      .openapi({ description: 'Position in the ledger, from 1 without gaps', example: 7 }),
    kind: z.enum(POSTING_KIND_NAMES),
    amount: nairaField.openapi({
      description: 'Signed, in NGN: what came is positive',
      example: -11,
    }),
    balance: nairaField.openapi({ description: 'Posted after this entry, in NGN' }),
    source_uuid: uuidField.openapi({ description: 'The payment or call behind it' }),
    created_at: timeField,
    hash: z.string().length(64).openapi({
      description: 'SHA-256 of this entry and of the hash of the one before',
      example: '5f0d6c0b1f6d0a9a4e9f3f2f6a4f3c1d5f0d6c0b1f6d0a9a4e9f3f2f6a4f3c1d',
    }),
  })
  .openapi('Transaction')

export const presentTransaction = (entry: Entry): z.infer<typeof transactionSchema> => ({
  seq: entry.seq,
  kind: entry.kind,
  amount: toNairaNumber(
    entry.to === 'wallet' ? entry.amountKobo : subtractKobo(ZERO, entry.amountKobo),
  ),
  balance: toNairaNumber(entry.balanceKobo),
  source_uuid: entry.sourceUuid,
  created_at: toTime(entry.postedAtMs),
  hash: entry.hash,
})
