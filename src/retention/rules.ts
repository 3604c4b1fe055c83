/**
 * Retention rules of each table in D1 and in objects: how long after the time in a column a row is kept, and why. They
 * also name what the erasure of an account removes. A test compares them with the schemas and with docs/retention.md.
 */
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Default of `RETENTION_CALLED_NUMBERS`. */
export const CALLED_NUMBERS_MS = 730 * DAY_MS

export type StoreName =
  | 'D1'
  | 'wallet'
  | 'room'
  | 'limiter'
  | 'poller'
  | 'numbers'
  | 'tariffs'
  | 'stream'

interface Place {
  readonly store: StoreName
  readonly table: string
  /** Reason to keep the rows, or the part of a row that is removed. */
  readonly why: string
  /** Part that `privacy/eraser.ts` removes: the user's rows, or texts in them; absent for neither. */
  readonly erased?: 'rows' | 'texts'
}

export interface Kept extends Place {
  readonly column: null
  readonly periodMs: null
}

export interface Expiring extends Place {
  /** Column with the time at which the period starts. */
  readonly column: string
  readonly periodMs: number
}

export type Rule = Kept | Expiring

const kept = (store: StoreName, table: string, why: string, erased?: Place['erased']): Kept => ({
  store,
  table,
  column: null,
  periodMs: null,
  why,
  ...(erased && { erased }),
})

/** Rules that the cron job applies to D1. */
export const CRON_RULES = {
  sessions: {
    store: 'D1',
    table: 'sessions',
    column: 'expires_at_ms',
    periodMs: DAY_MS,
    why: 'row; tokens are invalid',
    erased: 'rows',
  },
  messages: {
    store: 'D1',
    table: 'messages',
    column: 'created_at_ms',
    periodMs: 90 * DAY_MS,
    why: 'row, sent or not',
    erased: 'rows',
  },
  links: {
    store: 'D1',
    table: 'links',
    column: 'expires_at_ms',
    periodMs: DAY_MS,
    why: 'row; it is invalid',
    erased: 'rows',
  },
  used_challenges: {
    store: 'D1',
    table: 'used_challenges',
    column: 'expires_at_ms',
    periodMs: DAY_MS,
    why: 'row; it is invalid',
  },
  operator_sessions: {
    store: 'D1',
    table: 'operator_sessions',
    column: 'expires_at_ms',
    periodMs: 90 * DAY_MS,
    why: 'row; the log remains',
  },
  operator_invitations: {
    store: 'D1',
    table: 'operator_invitations',
    column: 'expires_at_ms',
    periodMs: 90 * DAY_MS,
    why: 'row; it is invalid',
  },
  webhook_events: {
    store: 'D1',
    table: 'webhook_events',
    column: 'received_at_ms',
    periodMs: 90 * DAY_MS,
    why: 'body, once processed',
    erased: 'texts',
  },
  payments: {
    store: 'D1',
    table: 'payments',
    column: 'created_at_ms',
    periodMs: 90 * DAY_MS,
    why: 'final and unpaid rows',
    erased: 'texts',
  },
} as const satisfies Record<string, Expiring>

export type CronTable = keyof typeof CRON_RULES

export const RULES: readonly Rule[] = [
  kept('D1', 'users', 'the account', 'texts'),
  kept('D1', 'erasures', 'proof of each erasure'),
  ...Object.values(CRON_RULES),
  kept('D1', 'passkeys', 'until removed', 'rows'),
  kept('D1', 'recovery_codes', 'until replaced', 'rows'),
  kept('D1', 'retired_payments', 'late money is credited'),
  kept('D1', 'exceptions', 'an operator decides'),
  kept('D1', 'refunds', 'proof of each refund', 'texts'),
  kept('D1', 'streams', 'as long as the account', 'rows'),
  kept('D1', 'event_outbox', 'until its stream has it', 'rows'),
  kept('D1', 'receipts', 'each keeps its number'),
  kept('D1', 'gateway_refunds', 'each is debited once'),
  kept('D1', 'adjustments', 'proof of an adjustment'),
  kept('D1', 'operators', 'the log names them'),
  kept('D1', 'operator_passkeys', 'until removed'),
  kept('D1', 'operator_bootstraps', 'each secret works once'),
  kept('D1', 'operator_actions', 'proof of each action'),
  kept('D1', 'proposals', 'proof of each decision'),
  kept('D1', 'audit_progress', 'progress of the audit'),
  kept('D1', 'settlements', 'proof of each payout'),
  kept('D1', 'settlement_lines', 'proof of each payout'),
  kept('D1', 'settlement_progress', 'progress of a search'),
  kept('D1', 'daily_books', 'the accounts'),
  kept('D1', 'payment_exceptions', 'older exceptions'),
  kept('D1', 'wallets', 'projection of wallets'),
  kept('D1', 'transactions', 'projection of wallets'),
  {
    store: 'D1',
    table: 'call_sessions',
    column: 'ended_at_ms',
    periodMs: CALLED_NUMBERS_MS,
    why: 'recipient, by an alarm',
  },
  kept('D1', 'd1_migrations', 'applied migrations'),
  kept('wallet', 'wallet', 'the balance'),
  kept('wallet', 'entries', 'the ledger'),
  {
    store: 'wallet',
    table: 'calls',
    column: 'ended_at_ms',
    periodMs: CALLED_NUMBERS_MS,
    why: 'recipient, by an alarm',
  },
  kept('wallet', 'transfers', 'debits name transfers'),
  kept('wallet', 'reversals', 'a reversal applies once'),
  kept('wallet', 'collections', 'debts name requests'),
  kept('wallet', 'token_version', 'old tokens stay revoked'),
  kept('wallet', 'schema_steps', 'applied schema steps'),
  kept('wallet', 'alarm_backoff', 'until an alarm succeeds'),
  kept('wallet', 'outbox', 'until done or abandoned'),
  kept('wallet', 'event_outbox', 'until a stream has it'),
  {
    store: 'wallet',
    table: 'idempotency_keys',
    column: 'created_at_ms',
    periodMs: 2 * DAY_MS,
    why: 'row, by the alarm',
  },
  {
    store: 'wallet',
    table: 'ended_sessions',
    column: 'until_ms',
    periodMs: 0,
    why: "row, at a session's end",
  },
  {
    store: 'wallet',
    table: 'used_tickets',
    column: 'expires_at_ms',
    periodMs: 0,
    why: "row, at a ticket's use",
  },
  {
    store: 'room',
    table: 'room',
    column: 'endedAtMs',
    periodMs: DAY_MS,
    why: 'object, by its alarm',
  },
  kept('room', 'schema_steps', 'removed with the object'),
  {
    store: 'limiter',
    table: 'kept',
    column: 'forgetAtMs',
    periodMs: 0,
    why: 'object, by its alarm',
  },
  kept('poller', 'alarm', 'until the last poll'),
  kept('numbers', 'numbers', 'each key has a number'),
  kept('numbers', 'schema_steps', 'applied schema steps'),
  {
    store: 'tariffs',
    table: 'versions',
    column: 'withdrawn_at_ms',
    periodMs: 90 * DAY_MS,
    why: 'row, if only a draft',
  },
  kept('tariffs', 'pieces', 'as long as the version'),
  kept('tariffs', 'costs', 'until replaced'),
  kept('tariffs', 'last_version', 'numbers are not reused'),
  kept('tariffs', 'schema_steps', 'applied schema steps'),
  {
    store: 'stream',
    table: 'events',
    column: 'received_at_ms',
    periodMs: 30 * DAY_MS,
    why: 'row, but not the newest',
    erased: 'rows',
  },
  {
    store: 'stream',
    table: 'attempts',
    column: 'at_ms',
    periodMs: 30 * DAY_MS,
    why: 'row, or after 1,000',
    erased: 'rows',
  },
  kept('stream', 'endpoints', 'until deleted', 'rows'),
  kept('stream', 'replays', 'until sent', 'rows'),
  kept('stream', 'keys', 'until revoked', 'rows'),
  kept('stream', 'stream', 'erased ones stay so'),
  kept('stream', 'schema_steps', 'applied schema steps'),
]
