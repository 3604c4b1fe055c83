import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { LineOutcome, SettlementState } from './core/match'

/** The gateway's payouts to the merchant. The first report of each is kept; a later one never changes it. */
export const settlements = sqliteTable(
  'settlements',
  {
    reference: text('reference').primaryKey(),
    /** Null for a settlement that an operator imported, because only the event has its amount. */
    amountKobo: integer('amount_kobo'),
    /** Bank, and the last four digits of the account. */
    destination: text('destination'),
    settledAtMs: integer('settled_at_ms').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    state: text('state').$type<SettlementState>().notNull(),
    /** SHA-256 of the event's content; null without an event. */
    digest: text('digest'),
    /** Number of lines by the event; null without an event. */
    expectedLines: integer('expected_lines'),
    /** Number of lines that were read from the gateway. */
    lines: integer('lines').notNull().default(0),
    /** Page of the gateway's list to read next. */
    nextPage: integer('next_page').notNull().default(0),
    /** Failed tries to read the list, or passes that left lines undecided. */
    tries: integer('tries').notNull().default(0),
    /** Null when no further try is planned. */
    nextTryAtMs: integer('next_try_at_ms'),
  },
  (table) => [
    index('settlements_settled').on(table.settledAtMs, table.reference),
    index('settlements_state').on(table.state, table.settledAtMs, table.reference),
    index('settlements_next_try')
      .on(table.nextTryAtMs)
      .where(sql`next_try_at_ms IS NOT NULL`),
  ],
)

/** Transactions of a settlement, as the gateway lists them. */
export const settlementLines = sqliteTable(
  'settlement_lines',
  {
    settlementReference: text('settlement_reference').notNull(),
    /** Position in the gateway's list, from 0. */
    line: integer('line').notNull(),
    transactionReference: text('transaction_reference').notNull(),
    paymentReference: text('payment_reference').notNull(),
    /** The payment, once it is found. */
    paymentUuid: text('payment_uuid'),
    amountPaidKobo: integer('amount_paid_kobo').notNull(),
    /** Settled amount; null if the gateway does not report it. */
    netKobo: integer('net_kobo'),
    /** Amount paid less the settled amount. */
    feeKobo: integer('fee_kobo'),
    outcome: text('outcome').$type<LineOutcome>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.settlementReference, table.line] }),
    index('settlement_lines_transaction').on(table.transactionReference),
    index('settlement_lines_payment')
      .on(table.paymentUuid)
      .where(sql`payment_uuid IS NOT NULL`),
    index('settlement_lines_open')
      .on(table.settlementReference, table.line)
      .where(sql`outcome = 'open'`),
    check(
      'settlement_lines_paid',
      sql`typeof(${table.amountPaidKobo}) = 'integer' AND ${table.amountPaidKobo} >= 0`,
    ),
  ],
)

/** Progress of the search for payments without a settlement, in one row. */
export const settlementProgress = sqliteTable(
  'settlement_progress',
  {
    id: integer('id').primaryKey(),
    /** The last examined payment, in the order of completion. */
    completedAtMs: integer('completed_at_ms').notNull(),
    uuid: text('uuid').notNull(),
  },
  (table) => [check('settlement_progress_one', sql`${table.id} = 1`)],
)

/** Sums of a day's entries, and what is owed to customers at its end. docs/finance.md defines each column. */
export const dailyBooks = sqliteTable('daily_books', {
  /** Calendar day in Africa/Lagos, such as `2026-03-14`. */
  day: text('day').primaryKey(),
  topUpsKobo: integer('top_ups_kobo').notNull(),
  chargesKobo: integer('charges_kobo').notNull(),
  refundsKobo: integer('refunds_kobo').notNull(),
  reversalsKobo: integer('reversals_kobo').notNull(),
  goodwillKobo: integer('goodwill_kobo').notNull(),
  correctionsKobo: integer('corrections_kobo').notNull(),
  debtPaymentsKobo: integer('debt_payments_kobo').notNull(),
  forfeitsKobo: integer('forfeits_kobo').notNull(),
  /** Debts that operators waived. They move no money of a wallet. */
  waiversKobo: integer('waivers_kobo').notNull(),
  /** Entries of kinds that this release does not know. */
  otherKobo: integer('other_kobo').notNull(),
  /** Money that left a wallet of a user and has not arrived in the other one, at the end of the day. */
  inTransitKobo: integer('in_transit_kobo').notNull(),
  /** Fees of the settlements of the day. */
  feesKobo: integer('fees_kobo').notNull(),
  /** Sum of all wallets at the end of the day. */
  liabilityKobo: integer('liability_kobo').notNull(),
  entries: integer('entries').notNull(),
  computedAtMs: integer('computed_at_ms').notNull(),
  /** Number of times that a later computation changed the book. */
  changes: integer('changes').notNull().default(0),
  /** Sum of the projected wallets at the end of the day, less the liability; zero unless entries are missing. */
  differenceKobo: integer('difference_kobo').notNull().default(0),
})
