/** What D1 has of a wallet, summed up so that it can be held against the wallet itself. */
import { eq, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { callSessions, transactions, wallets } from '../wallets/table'

export interface WalletCopy {
  readonly postedKobo: number
  readonly entrySeq: number
  readonly entryHash: string
  readonly change: number
  readonly entries: number
  /** The balances and hashes of all entries, in no order that matters. */
  readonly balancesKobo: number
  readonly chargedKobo: number
  readonly openCalls: number
}

export interface CopyStore {
  of(walletUuid: string): Promise<WalletCopy | undefined>
  forget(walletUuid: string): Promise<void>
}

export const createCopyStore = (db: DrizzleD1Database): CopyStore => ({
  async of(walletUuid) {
    const { postedKobo, entrySeq, entryHash, change } = wallets
    const [wallet, [ledger], [calls]] = await db.batch([
      db
        .select({ postedKobo, entrySeq, entryHash, change })
        .from(wallets)
        .where(eq(wallets.uuid, walletUuid)),
      db
        .select({
          entries: sql<number>`COUNT(*)`,
          balancesKobo: sql<number>`COALESCE(SUM(${transactions.balanceKobo}), 0)`,
        })
        .from(transactions)
        .where(eq(transactions.walletUuid, walletUuid)),
      db
        .select({
          chargedKobo: sql<number>`COALESCE(SUM(${callSessions.chargeKobo}), 0)`,
          openCalls: sql<number>`COUNT(*) - COUNT(${callSessions.chargeKobo})`,
        })
        .from(callSessions)
        .where(eq(callSessions.walletUuid, walletUuid)),
    ])
    const [copy] = wallet
    return copy && ledger && calls && { ...copy, ...ledger, ...calls }
  },
  async forget(walletUuid) {
    await db.batch([
      db.delete(transactions).where(eq(transactions.walletUuid, walletUuid)),
      db.delete(callSessions).where(eq(callSessions.walletUuid, walletUuid)),
      db.delete(wallets).where(eq(wallets.uuid, walletUuid)),
    ])
  },
})
