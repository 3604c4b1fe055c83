import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { createProjectionStore } from '../../../src/operators/audit/projection-check'
import { auditWallet } from '../../../src/wallets/object/audit'
import type { EntryView } from '../../../src/wallets/core/wallet'
import { emptyWallet, WALLET_UUID } from '../../support/wallets'

const BALANCES = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, 1, 3]
const SUM = BALANCES.reduce((sum, balance) => sum + BigInt(balance), 0n)

it('the sum of balances in D1 is exact, even beyond safe integers', async () => {
  await env.DB.prepare(
    `INSERT INTO wallets (uuid, user_uuid, type, currency, posted_kobo, entry_seq, entry_hash, created_at_ms, change)
       VALUES (?, 'somebody', 'primary', 'NGN', 0, 0, '', 0, 1)`,
  )
    .bind(WALLET_UUID)
    .run()
  for (const [index, balance] of BALANCES.entries())
    await env.DB.prepare(
      `INSERT INTO transactions (wallet_uuid, seq, kind, from_account, to_account, amount_kobo, balance_kobo,
           reference, source_uuid, posted_at_ms, previous_hash, hash)
         VALUES (?, ?, 'top_up', 'gateway', 'wallet', 1, ?, ?, 'payment', 0, '', '')`,
    )
      .bind(WALLET_UUID, index + 1, balance, `receipt/${index}`)
      .run()
  const copy = await createProjectionStore(drizzle(env.DB)).of(WALLET_UUID)
  expect(copy).toMatchObject({ entries: BALANCES.length, balancesKobo: SUM })
})

it('the sum of balances in a wallet is exact, even beyond safe integers', () => {
  const entries = BALANCES.map((balance, index): EntryView => ({
    seq: index + 1,
    kind: 'top_up',
    from: 'gateway',
    to: 'wallet',
    amountKobo: kobo(1),
    balanceKobo: kobo(balance),
    reference: `receipt/${index}`,
    sourceUuid: 'payment',
    postedAtMs: 0,
    previousHash: '',
    hash: '',
    recipientPhone: null,
    recipientName: null,
  }))
  const books = { entries: () => entries, calls: () => [], transfers: () => [] }
  const row = {
    state: emptyWallet,
    clockMs: 0,
    revision: 1,
    projectedRevision: 1,
    projectedEntrySeq: 0,
    streamedSinceMs: null,
  }
  expect(auditWallet(books, row, 0).balancesKobo).toBe(SUM)
})
