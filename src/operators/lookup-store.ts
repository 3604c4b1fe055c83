/** What D1 knows of a case beside the payment itself. */
import { count, desc, eq, inArray, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Payment } from '../payments/store'
import { payments, webhookEvents } from '../payments/table'
import { callSessions, wallets } from '../wallets/table'
import { isWalletType, type WalletName } from '../wallets/core/wallet'

const { bodyHash, eventType, paymentReference, timesReceived } = webhookEvents
const { receivedAtMs, triedAtMs, outcome } = webhookEvents
/** All of an event but its body, which has the payer in it. */
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
  /** None for a wallet of a type that this release does not have. */
  async walletName(uuid: string): Promise<WalletName | undefined> {
    const row = await db.select().from(wallets).where(eq(wallets.uuid, uuid)).get()
    if (!row || !isWalletType(row.type)) return undefined
    return { userUuid: row.userUuid, type: row.type }
  },
  async walletOfCall(uuid: string): Promise<WalletName | undefined> {
    const row = await db.select().from(callSessions).where(eq(callSessions.uuid, uuid)).get()
    return row && this.walletName(row.walletUuid)
  },
  /** In any letter case; more than one payment has it only by a fault. */
  async byMonnifyReference(reference: string): Promise<Payment[]> {
    const isNamed = sql`monnify_reference = ${reference} COLLATE NOCASE`
    return (await db.select().from(payments).where(isNamed).limit(MAX_SHARING)) as Payment[]
  },
  async countPayments(userUuid: string): Promise<number> {
    const counted = db.select({ total: count() }).from(payments)
    return (await counted.where(eq(payments.userUuid, userUuid)).get())?.total ?? 0
  },
  /** The newest, in the order of their arrival. */
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
