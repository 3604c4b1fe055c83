/** Queries of D1 for lookups. */
import { and, count, desc, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { exceptions } from '../../exceptions/table'
import type { Payment } from '../../payments/store'
import { payments, webhookEvents } from '../../payments/table'
import type { ReceiptNumber } from '../../receipts/core/number'
import { receipts } from '../../receipts/table'
import type { User } from '../../users/store'
import { users } from '../../users/table'
import { callSessions, wallets } from '../../wallets/table'
import { isWalletType, type WalletName } from '../../wallets/core/wallet'
import { proposals } from '../proposals/table'
import { endOfPrefix, spellingsOf } from './search-text'

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
/** A customer's newest payments, whose exceptions are counted. */
const MAX_PAYMENTS = 2000

/** Expressions of the indexes of names. */
const FIRST = sql`lower(first_name)`
const LAST = sql`lower(last_name)`

/** The condition of the partial index follows from the comparison, but SQLite needs it. */
const begins = (column: SQL, prefix: string): SQL =>
  sql`(${column} >= ${prefix} AND ${column} < ${endOfPrefix(prefix)} AND ${column === FIRST ? sql`first_name` : sql`last_name`} IS NOT NULL)`

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
  /** Users whose first or last name begins with a text, or whose names begin with its words, in any letter case. */
  async byName(name: string, limit: number): Promise<{ rows: User[]; total: number }> {
    const [first = '', ...others] = name.split(' ')
    const last = others.join(' ')
    const isNamed = or(
      ...spellingsOf(name).flatMap((text) => [begins(FIRST, text), begins(LAST, text)]),
      ...(last === '' ? [] : spellingsOf(first)).map((text) =>
        and(begins(FIRST, text), or(...spellingsOf(last).map((rest) => begins(LAST, rest)))),
      ),
    )
    const [rows, [counted]] = await db.batch([
      db.select().from(users).where(isNamed).orderBy(users.uuid).limit(limit),
      db.select({ total: count() }).from(users).where(isNamed),
    ])
    return { rows, total: counted?.total ?? 0 }
  },
  async ownerOfReceipt(number: ReceiptNumber): Promise<string | undefined> {
    const isIt = and(
      eq(receipts.year, number.year),
      eq(receipts.number, number.number),
      isNotNull(receipts.number),
    )
    const row = await db.select({ user: receipts.userUuid }).from(receipts).where(isIt).get()
    return row?.user
  },
  /** Counts what waits for a person: exceptions about the newest payments, and proposals. */
  async countOpen(userUuid: string, nowMs: number) {
    const newest = sql`SELECT reference, monnify_reference FROM ${payments}
      WHERE user_uuid = ${userUuid} ORDER BY created_at_ms DESC LIMIT ${MAX_PAYMENTS}`
    const found = await db.get<{ exceptions: number; proposals: number }>(sql`SELECT
      (SELECT COUNT(*) FROM (${newest}) AS p CROSS JOIN ${exceptions} AS e
        WHERE e.state <> 'resolved'
          AND (e.subject BETWEEN p.reference AND p.reference || '~' OR e.subject = p.monnify_reference))
        AS exceptions,
      (SELECT COUNT(*) FROM ${proposals} WHERE user_uuid = ${userUuid} AND state = 'pending'
        AND expires_at_ms > ${nowMs}) AS proposals`)
    return { exceptions: found?.exceptions ?? 0, proposals: found?.proposals ?? 0 }
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
