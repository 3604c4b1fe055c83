import {
  and,
  desc,
  eq,
  exists,
  getTableColumns,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../common/money'
import type { NewMessage } from '../mail/message'
import { insertMessageIf } from '../mail/store'
import { batchWithEvents, CRON_DELIVERS, type EventSink } from '../outbox/store'
import { insertReceiptIf, type NewReceipt } from '../receipts/pending'
import type { InitialisedCheckout } from './monnify/client'
import { WALLET_TYPES } from '../wallets/core/wallet'
import { PAYMENT_METHODS, type PaymentStatus } from './core/payment'
import type { PaymentEvent } from './core/payment-events'
import type { PaymentOutcome } from './core/outcomes'
import { DUE_STATUSES, type NoticeCause } from './core/polls'
import { payments, webhookEvents } from './table'

type PaymentRow = typeof payments.$inferSelect

export type Payment = Omit<PaymentRow, 'amountKobo' | 'amountPaidKobo' | 'refundedKobo'> & {
  readonly amountKobo: Kobo
  readonly amountPaidKobo: Kobo
  readonly refundedKobo: Kobo
}

export type WebhookEvent = typeof webhookEvents.$inferInsert
export type StoredEvent = typeof webhookEvents.$inferSelect

export interface PaymentPage {
  readonly limit: number
  readonly before?: readonly [createdAtMs: number, uuid: string] | undefined
  readonly status?: PaymentStatus | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

type PaymentUpdate = Partial<Payment> & Pick<Payment, 'creditedEntrySeq'>

/** News of money, and the next poll because of it. */
export interface News {
  /** The payment's own. */
  readonly reference: string
  readonly cause: NoticeCause
  readonly nowMs: number
  readonly pollAtMs: number
}

/** Message about a payment with a status. */
export interface StatusNotice {
  readonly status: PaymentStatus
  readonly message: NewMessage
}

/** Rows that are inserted with a status update. */
export interface RowsOfUpdate {
  readonly notice?: StatusNotice | undefined
  readonly receipt?: NewReceipt | undefined
  readonly events?: readonly PaymentEvent[]
}

/** The payment as read before the gateway was queried. */
type Read = Pick<Payment, 'uuid' | 'status' | 'attempt'>

export interface OpenEvent {
  readonly bodyHash: string
  readonly body: string
  readonly paymentReference: string
  readonly tries: number
}

export type DuePayment = Pick<Payment, 'reference' | 'userUuid'>

export interface PaymentStore {
  /** Inserts a payment, unless the user's idempotency key is taken. @returns the payment with that key */
  insertOnce(payment: Payment): Promise<Payment>
  byUuid(uuid: string): Promise<Payment | undefined>
  byReference(reference: string): Promise<Payment | undefined>
  /** Newest first. */
  list(userUuid: string, page: PaymentPage): Promise<Payment[]>
  /**
   * Begins the next attempt, unless a checkout is open or a pending attempt began after `claimedAfterMs`.
   * @returns the payment with its new attempt, or `undefined`
   */
  beginAttempt(
    uuid: string,
    claim: { nowMs: number; claimedAfterMs: number; nextPollAtMs: number | null },
  ): Promise<Payment | undefined>
  /** Stores the current attempt's checkout in any status; `undefined` if the attempt is not current. */
  openCheckout(
    uuid: string,
    attempt: number,
    checkout: InitialisedCheckout,
  ): Promise<Payment | undefined>
  failAttempt(
    uuid: string,
    attempt: number,
    failureReason: string,
    events?: readonly PaymentEvent[],
  ): Promise<void>
  /** Inserts the events whose outcomes are new. @returns whether the payment had one of the statuses `from` */
  move(
    uuid: string,
    from: readonly PaymentStatus[],
    to: Partial<Payment>,
    events?: readonly PaymentEvent[],
  ): Promise<boolean>
  /**
   * Applies an update if its ledger position is later than the stored one, or if the position is the same
   * and the payment is still as `read`. Inserts the notice if the payment then has its status, the receipt if it is
   * then completed, and the events whose outcomes are new.
   * @returns whether the update was applied
   */
  updateStatus(read: Read, update: PaymentUpdate, rows?: RowsOfUpdate): Promise<boolean>
  /**
   * Sets the next poll and the number of counted ones, if the status and both values are still those of `payment`.
   * @returns whether they were set
   */
  beginPoll(payment: Payment, next: Pick<Payment, 'polls' | 'nextPollAtMs'>): Promise<boolean>
  /**
   * Stores the first news of an open payment, and plans a poll. An event replaces a return.
   * @returns whether the news was stored
   */
  notice(news: News): Promise<boolean>
  /** Ends the wait for the outcome of the news in `payment`. @returns whether this call ended it */
  endNotice(payment: Payment): Promise<boolean>
  /** Sets the next poll under the same condition as `beginPoll`. */
  setNextPoll(payment: Payment, nextPollAtMs: number | null): Promise<void>
  /** Payments that this release supports and that are due before `beforeMs`, the most overdue first. */
  listDueForPoll(beforeMs: number, limit: number): Promise<DuePayment[]>
  sharedMonnifyReferences(limit: number): Promise<string[]>
  /** Stores the event with its news, or counts another arrival of it. */
  recordEvent(event: WebhookEvent, news?: News): Promise<void>
  eventByHash(bodyHash: string): Promise<StoredEvent | undefined>
  recordOutcome(bodyHash: string, outcome: string): Promise<void>
  /** Counts an attempt and sets the next one; `null` if none is planned. */
  recordTry(event: OpenEvent, triedAtMs: number, nextTryAtMs: number | null): Promise<void>
  /** Payment events without a final outcome that are due for an attempt, the most overdue first. */
  openEvents(nowMs: number, limit: number): Promise<OpenEvent[]>
}

const isAsRead = ({ uuid, status, polls, nextPollAtMs }: Payment) =>
  and(
    eq(payments.uuid, uuid),
    eq(payments.status, status),
    eq(payments.polls, polls),
    sql`${payments.nextPollAtMs} IS ${nextPollAtMs}`,
  )

/** With a period, SQLite would choose `payments_user` and read payments of every status. */
const BY_STATUS = sql`${payments} INDEXED BY payments_user_status`

/** Columns as SQL expressions, which drizzle accepts in a query with `INDEXED BY`. */
const COLUMNS = Object.fromEntries(
  Object.entries(getTableColumns(payments)).map(([key, column]) => [
    key,
    sql`${column}`.mapWith(column),
  ]),
)

const firstOf = (rows: PaymentRow[]) => rows[0] as Payment | undefined

/** Condition on a payment before an update: it does not have the outcome yet. */
const isNewOutcome = (outcome: PaymentOutcome, { amountPaidKobo }: Partial<Payment>): SQL => {
  if (outcome === 'partially_paid') return lt(payments.amountPaidKobo, amountPaidKobo ?? 0)
  if (outcome === 'reversed') return sql`${payments.failureReason} IS NOT ${outcome}`
  return ne(payments.status, outcome)
}

export const createPaymentStore = (
  db: DrizzleD1Database,
  sink: EventSink = CRON_DELIVERS,
): PaymentStore => {
  const select = () => db.select().from(payments)
  /** Events that are inserted before an update, if it applies and their outcomes are new. */
  const eventsIf = (
    applies: SQL | undefined,
    to: Partial<Payment>,
    events: readonly PaymentEvent[] = [],
  ) =>
    events.map(({ userUuid, outcome, event }) => {
      const isNew = and(applies, isNewOutcome(outcome, to))
      return {
        userUuid,
        event,
        condition: exists(db.select({ uuid: payments.uuid }).from(payments).where(isNew)),
      }
    })
  const notice = ({ reference, cause: noticeCause, nowMs: noticedAtMs, pollAtMs }: News) => {
    const isNews =
      noticeCause === 'event'
        ? or(isNull(payments.noticedAtMs), eq(payments.noticeCause, 'return'))
        : isNull(payments.noticedAtMs)
    const isOpen = and(
      eq(payments.reference, reference),
      eq(payments.method, 'monnify'),
      inArray(payments.walletType, WALLET_TYPES),
      inArray(payments.status, DUE_STATUSES),
    )
    const nextPollAtMs = sql`MIN(COALESCE(${payments.nextPollAtMs}, ${pollAtMs}), ${pollAtMs})`
    return db
      .update(payments)
      .set({
        noticedAtMs,
        noticeCause,
        nextPollAtMs,
        knownAtMs: sql`COALESCE(${payments.knownAtMs}, ${noticedAtMs})`,
      })
      .where(and(isOpen, isNews))
  }

  return {
    async insertOnce(payment) {
      const { userUuid, idempotencyKey } = payment
      const inserted = await db
        .insert(payments)
        .values(payment)
        .onConflictDoNothing({ target: [payments.userUuid, payments.idempotencyKey] })
      if (inserted.meta.changes === 1) return payment
      const hasKey = and(
        eq(payments.userUuid, userUuid),
        eq(payments.idempotencyKey, idempotencyKey ?? ''),
      )
      const holder = firstOf(await select().where(hasKey))
      if (!holder) throw new Error('a payment was neither inserted nor found')
      return holder
    },
    async byUuid(uuid) {
      return firstOf(await select().where(eq(payments.uuid, uuid)))
    },
    async byReference(reference) {
      return firstOf(await select().where(eq(payments.reference, reference)))
    },
    async list(userUuid, { limit, before, status, fromMs, toMs = Infinity }) {
      /** Only the lower bound: given two, SQLite seeks by one and scans the rows above the other. */
      const beforeOrTo =
        before && before[0] < toMs
          ? sql`(${payments.createdAtMs}, ${payments.uuid}) < (${before[0]}, ${before[1]})`
          : lt(payments.createdAtMs, Math.min(toMs, Number.MAX_SAFE_INTEGER))
      const filters = [
        eq(payments.userUuid, userUuid),
        beforeOrTo,
        status && eq(payments.status, status),
        fromMs === undefined ? undefined : gte(payments.createdAtMs, fromMs),
      ]
      const rows = await db
        .select(COLUMNS)
        .from(status ? BY_STATUS : payments)
        .where(and(...filters))
        .orderBy(desc(payments.createdAtMs), desc(payments.uuid))
        .limit(limit)
      return rows as Payment[]
    },
    async beginAttempt(uuid, { nowMs, claimedAfterMs, nextPollAtMs }) {
      const isFree = or(
        isNull(payments.attemptBeganAtMs),
        inArray(payments.status, ['failed', 'expired']),
        lte(payments.attemptBeganAtMs, claimedAfterMs),
      )
      const isUnopened = and(
        eq(payments.uuid, uuid),
        isNull(payments.checkoutUrl),
        inArray(payments.status, ['pending', 'failed', 'expired']),
      )
      const attempt = {
        status: 'pending',
        attempt: sql`${payments.attempt} + 1`,
        attemptBeganAtMs: nowMs,
        polls: 0,
        nextPollAtMs,
        noticedAtMs: null,
        noticeCause: null,
        knownAtMs: null,
        failureReason: null,
      } as const
      return firstOf(
        await db.update(payments).set(attempt).where(and(isUnopened, isFree)).returning(),
      )
    },
    async openCheckout(uuid, attempt, { checkoutUrl, transactionReference: monnifyReference }) {
      const status = sql`CASE ${payments.status} WHEN 'pending' THEN 'processing' ELSE ${payments.status} END`
      const isCurrent = and(eq(payments.uuid, uuid), eq(payments.attempt, attempt))
      const opened = { status, checkoutUrl, monnifyReference }
      return firstOf(await db.update(payments).set(opened).where(isCurrent).returning())
    },
    async failAttempt(uuid, attempt, failureReason, events) {
      const isCurrent = and(
        eq(payments.uuid, uuid),
        eq(payments.attempt, attempt),
        eq(payments.status, 'pending'),
      )
      const failed = { status: 'failed', failureReason, nextPollAtMs: null } as const
      await batchWithEvents(db, sink, eventsIf(isCurrent, failed, events), [
        db.update(payments).set(failed).where(isCurrent),
      ])
    },
    async move(uuid, from, to, events) {
      const isThere = and(eq(payments.uuid, uuid), inArray(payments.status, [...from]))
      const [moved] = await batchWithEvents(db, sink, eventsIf(isThere, to, events), [
        db.update(payments).set(to).where(isThere),
      ])
      return moved.meta.changes === 1
    },
    async updateStatus({ uuid, status, attempt }, update, { notice, receipt, events } = {}) {
      const isUnchanged = and(
        eq(payments.creditedEntrySeq, update.creditedEntrySeq),
        eq(payments.status, status),
        eq(payments.attempt, attempt),
      )
      const isNews = or(lt(payments.creditedEntrySeq, update.creditedEntrySeq), isUnchanged)
      const applies = and(eq(payments.uuid, uuid), isNews)
      const marked = db.update(payments).set(update).where(applies)
      const hasStatus = (then: PaymentStatus) => {
        const isIt = and(eq(payments.uuid, uuid), eq(payments.status, then))
        return exists(db.select({ uuid: payments.uuid }).from(payments).where(isIt))
      }
      const rows = [
        ...(notice ? [insertMessageIf(db, notice.message, hasStatus(notice.status))] : []),
        ...(receipt ? [insertReceiptIf(db, receipt, hasStatus('completed'))] : []),
      ]
      const conditional = eventsIf(applies, update, events)
      const [result] = await batchWithEvents(db, sink, conditional, [marked, ...rows])
      return result.meta.changes === 1
    },
    async beginPoll(payment, { polls, nextPollAtMs }) {
      const begun = await db.update(payments).set({ polls, nextPollAtMs }).where(isAsRead(payment))
      return begun.meta.changes === 1
    },
    async notice(news) {
      return (await notice(news)).meta.changes === 1
    },
    async endNotice({ uuid, noticedAtMs }) {
      const ended = await db
        .update(payments)
        .set({ noticedAtMs: null, noticeCause: null })
        .where(and(eq(payments.uuid, uuid), sql`${payments.noticedAtMs} IS ${noticedAtMs}`))
      return ended.meta.changes === 1
    },
    async setNextPoll(payment, nextPollAtMs) {
      await db.update(payments).set({ nextPollAtMs }).where(isAsRead(payment))
    },
    async listDueForPoll(beforeMs, limit) {
      const { reference, userUuid, nextPollAtMs } = payments
      const isDue = and(
        isNotNull(nextPollAtMs),
        lt(nextPollAtMs, beforeMs),
        inArray(payments.status, DUE_STATUSES),
        inArray(payments.method, PAYMENT_METHODS),
        inArray(payments.walletType, WALLET_TYPES),
      )
      const due = db.select({ reference, userUuid }).from(payments).where(isDue)
      return due.orderBy(nextPollAtMs).limit(limit)
    },
    async recordEvent(event, news) {
      const stored = db
        .insert(webhookEvents)
        .values(event)
        .onConflictDoUpdate({
          target: webhookEvents.bodyHash,
          set: { timesReceived: sql`${webhookEvents.timesReceived} + 1` },
        })
      await (news ? db.batch([stored, notice(news)]) : stored)
    },
    async sharedMonnifyReferences(limit) {
      const { monnifyReference } = payments
      const rows = await db
        .select({ monnifyReference })
        .from(payments)
        .where(isNotNull(monnifyReference))
        .groupBy(monnifyReference)
        .having(sql`COUNT(*) > 1`)
        .limit(limit)
      return rows.flatMap((row) => row.monnifyReference ?? [])
    },
    async recordOutcome(bodyHash, outcome) {
      const isFinal = outcome !== 'unknown_reference'
      const result = { outcome, ...(isFinal && { nextTryAtMs: null }) }
      await db.update(webhookEvents).set(result).where(eq(webhookEvents.bodyHash, bodyHash))
    },
    async eventByHash(bodyHash) {
      return db.select().from(webhookEvents).where(eq(webhookEvents.bodyHash, bodyHash)).get()
    },
    async recordTry({ bodyHash, tries }, triedAtMs, nextTryAtMs) {
      await db
        .update(webhookEvents)
        .set({ triedAtMs, nextTryAtMs, tries: tries + 1 })
        .where(and(eq(webhookEvents.bodyHash, bodyHash), eq(webhookEvents.tries, tries)))
    },
    async openEvents(nowMs, limit) {
      const { bodyHash, body, paymentReference, nextTryAtMs, tries } = webhookEvents
      const isDue = and(isNotNull(nextTryAtMs), lte(nextTryAtMs, nowMs))
      const rows = await db
        .select({ bodyHash, body, paymentReference, tries })
        .from(webhookEvents)
        .where(and(isDue, isNotNull(paymentReference)))
        .orderBy(nextTryAtMs)
        .limit(limit)
      return rows as OpenEvent[]
    },
  }
}
