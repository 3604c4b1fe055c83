/** What D1 knows of a case beside the payment itself. */
import { eq, inArray } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { webhookEvents } from '../payments/table'
import { callSessions, wallets } from '../wallets/table'
import { isWalletType, type WalletName } from '../wallets/wallet'

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

export const createCaseStore = (db: DrizzleD1Database) => ({
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
  eventsOf(references: readonly string[]) {
    return db
      .select(EVENT)
      .from(webhookEvents)
      .where(inArray(paymentReference, [...references]))
      .orderBy(receivedAtMs)
      .limit(MAX_EVENTS)
  },
})

export type CaseStore = ReturnType<typeof createCaseStore>
export type KnownEvent = Awaited<ReturnType<CaseStore['eventsOf']>>[number]
