/** Sums of a wallet's projection in D1, for the comparison with the wallet. */
import { eq, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { callSessions, transactions, wallets } from '../../wallets/table'

export interface WalletProjection {
  readonly postedKobo: number
  readonly entrySeq: number
  readonly entryHash: string
  readonly revision: number
  readonly entries: number
  /** Order-independent sum over all entries. */
  readonly balancesKobo: bigint
  readonly chargedKobo: number
  readonly openCalls: number
}

export interface ProjectionStore {
  of(walletUuid: string): Promise<WalletProjection | undefined>
  remove(walletUuid: string): Promise<void>
}

/** D1 returns sums as doubles. Two half sums are exact for any number of entries that fits a database. */
const HALF_BITS = 26
const HALF = 2 ** HALF_BITS - 1

export const createProjectionStore = (db: DrizzleD1Database): ProjectionStore => ({
  async of(walletUuid) {
    const { postedKobo, entrySeq, entryHash, revision } = wallets
    const [wallet, [ledger], [calls]] = await db.batch([
      db
        .select({ postedKobo, entrySeq, entryHash, revision })
        .from(wallets)
        .where(eq(wallets.uuid, walletUuid)),
      db
        .select({
          entries: sql<number>`COUNT(*)`,
          upper: sql<number>`COALESCE(SUM(${transactions.balanceKobo} >> ${HALF_BITS}), 0)`,
          lower: sql<number>`COALESCE(SUM(${transactions.balanceKobo} & ${HALF}), 0)`,
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
    const [projected] = wallet
    if (!projected || !ledger || !calls) return undefined
    const { entries, upper, lower } = ledger
    const balancesKobo = (BigInt(upper) << BigInt(HALF_BITS)) + BigInt(lower)
    return { ...projected, entries, balancesKobo, ...calls }
  },
  async remove(walletUuid) {
    await db.batch([
      db.delete(transactions).where(eq(transactions.walletUuid, walletUuid)),
      db.delete(callSessions).where(eq(callSessions.walletUuid, walletUuid)),
      db.delete(wallets).where(eq(wallets.uuid, walletUuid)),
    ])
  },
})
