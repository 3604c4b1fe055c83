/** Queries of D1 for lookups. */
import { count, desc, eq, inArray, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Payment } from '../../payments/store'
import { payments, webhookEvents } from '../../payments/table'
import { callSessions, wallets } from '../../wallets/table'
import { isWalletType, type WalletName } from '../../wallets/core/wallet'

const { bodyHash, eventType, paymentReference, timesReceived } = webhookEvents
const { receivedAtMs, triedAtMs, outcome } = webhookEvents
/** Columns of an event without its body, which contains the payer's data. */
const EVENT = {
  bodyHash,
  eventType,
  paymentReference,
  timesReceived,
  receivedAtMs,
  triedAtMs,
  outcome,
}

const MAX_EVENTS = 100
const MAX_SHARING = 10

export const createLookupStore = (db: DrizzleD1Database) => ({
  /** Returns `undefined` for a wallet type of a later release. */
  async walletName(uuid: string): Promise<WalletName | undefined> {
    const row = await db.select().from(wallets).where(eq(wallets.uuid, uuid)).get()
    if (!row || !isWalletType(row.type)) return undefined
    return { userUuid: row.userUuid, type: row.type }
  },
  async walletOfCall(uuid: string): Promise<WalletName | undefined> {
    const row = await db.select().from(callSessions).where(eq(callSessions.uuid, uuid)).get()
    return row && this.walletName(row.walletUuid)
  },
  /** Ignores letter case. Two payments with the same reference are a fault. */
  async byMonnifyReference(reference: string): Promise<Payment[]> {
    const isNamed = sql`monnify_reference = ${reference} COLLATE NOCASE`
    return (await db.select().from(payments).where(isNamed).limit(MAX_SHARING)) as Payment[]
  },
  async countPayments(userUuid: string): Promise<number> {
    const counted = db.select({ total: count() }).from(payments)
    return (await counted.where(eq(payments.userUuid, userUuid)).get())?.total ?? 0
  },
  /** Returns the newest events, in order of arrival. */
  async eventsOf(references: readonly string[]) {
    const isNamed = inArray(paymentReference, [...references])
    const [events, [counted]] = await db.batch([
      db
        .select(EVENT)
        .from(webhookEvents)
        .where(isNamed)
        .orderBy(desc(receivedAtMs))
        .limit(MAX_EVENTS),
      db.select({ total: count() }).from(webhookEvents).where(isNamed),
    ])
    return { rows: events.toReversed(), total: counted?.total ?? 0 }
  },
})

export type LookupStore = ReturnType<typeof createLookupStore>
export type KnownEvents = Awaited<ReturnType<LookupStore['eventsOf']>>
