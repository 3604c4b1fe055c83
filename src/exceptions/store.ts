import { and, count, desc, eq, inArray, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Kobo } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import { isOneOf } from '../common/sql/one-of'
import {
  type ExceptionAction,
  type ExceptionKind,
  type ExceptionState,
  stateAfter,
} from './exception'
import { exceptions } from './table'

export interface NewException {
  readonly kind: ExceptionKind
  readonly subject: string
  readonly amountKobo: Kobo | null
  readonly atMs: number
  /** Stored with a new exception only. */
  readonly note?: string
}

export type ExceptionRow = typeof exceptions.$inferSelect

export interface ExceptionPage {
  readonly state: ExceptionState
  readonly kind?: string | undefined
  readonly before?: readonly [lastAtMs: number, kind: string, subject: string] | undefined
  readonly limit: number
}

/** Action of an operator on an exception. */
export interface OperatorAction {
  readonly action: ExceptionAction
  /** UUID of the operator, who becomes the owner. */
  readonly operator: string
  /** Name of the operator, for the note. */
  readonly name: string
  readonly resolution?: string | undefined
  readonly note?: string | undefined
}

export interface KnownExceptions {
  readonly rows: readonly ExceptionRow[]
  readonly total: number
}

/** Kinds without an amount that a repeat does not reopen: each pass of the audit repeats its findings. */
const STAYS_RESOLVED: ExceptionKind[] = ['audit_finding']

const MAX_ROWS = 100
/** The oldest part of a longer note is removed. */
const MAX_NOTE_LENGTH = 4000

export interface ExceptionStore {
  /**
   * Records an exception, or counts a repeat. A larger amount than before reopens it. Without an amount, a repeat
   * reopens it once resolved, except for `audit_finding`.
   */
  record(exception: NewException): Promise<void>
  /** Those of the subjects that have an exception of this kind, in any state. */
  recorded(kind: ExceptionKind, subjects: readonly string[]): Promise<ReadonlySet<string>>
  /** Returns the newest 100, and the total. */
  about(subjects: readonly string[]): Promise<KnownExceptions>
  /** Exceptions in a state, the last recorded first. */
  list(page: ExceptionPage): Promise<ExceptionRow[]>
  /**
   * Changes the state, if no other operator did. Refuses `not_found` and `exception_state_conflict`.
   */
  act(
    name: { readonly kind: string; readonly subject: string },
    action: OperatorAction,
  ): Promise<Result<ExceptionRow>>
}

export const createExceptionStore = (db: DrizzleD1Database): ExceptionStore => ({
  async record({ kind, subject, amountKobo, atMs, note = null }) {
    const times = { firstAtMs: atMs, lastAtMs: atMs, count: 1 }
    const grew = sql`COALESCE(excluded.amount_kobo, 0) > COALESCE(${exceptions.amountKobo}, 0)`
    const isRepeated = sql`(excluded.amount_kobo IS NULL AND ${exceptions.amountKobo} IS NULL
      AND ${exceptions.state} = 'resolved' AND excluded.kind NOT IN ${STAYS_RESOLVED})`
    await db
      .insert(exceptions)
      .values({ kind, subject, amountKobo, ...times, note, state: 'open' })
      .onConflictDoUpdate({
        target: [exceptions.kind, exceptions.subject],
        set: {
          amountKobo: sql`CASE WHEN ${grew} THEN excluded.amount_kobo ELSE ${exceptions.amountKobo} END`,
          lastAtMs: sql`MAX(${exceptions.lastAtMs}, excluded.last_at_ms)`,
          count: sql`${exceptions.count} + 1`,
          state: sql`CASE WHEN ${grew} OR ${isRepeated} THEN 'open' ELSE ${exceptions.state} END`,
        },
      })
  },
  async recorded(kind, subjects) {
    const { subject } = exceptions
    const rows = await db
      .select({ subject })
      .from(exceptions)
      .where(and(eq(exceptions.kind, kind), isOneOf(subject, subjects)))
    return new Set(rows.map((row) => row.subject))
  },
  async list({ state, kind, before, limit }) {
    const { lastAtMs, subject } = exceptions
    const isBefore =
      before &&
      sql`(${lastAtMs}, ${exceptions.kind}, ${subject}) < (${before[0]}, ${before[1]}, ${before[2]})`
    const isOfKind = kind === undefined ? undefined : sql`${exceptions.kind} = ${kind}`
    return db
      .select()
      .from(exceptions)
      .where(and(eq(exceptions.state, state), isOfKind, isBefore))
      .orderBy(desc(lastAtMs), desc(exceptions.kind), desc(subject))
      .limit(limit)
  },
  async act({ kind, subject }, { action, operator, name, resolution, note }) {
    const isIt = sql`${exceptions.kind} = ${kind} AND ${exceptions.subject} = ${subject}`
    const row = await db.select().from(exceptions).where(isIt).get()
    if (!row) return refuse({ code: 'not_found' })
    const state = stateAfter(row.state, action)
    if (!state.ok) return state
    const line = note === undefined ? undefined : `${name}: ${note}`
    const changed = await db
      .update(exceptions)
      .set({
        state: state.value,
        ...(action !== 'note' && { owner: operator }),
        ...(resolution !== undefined && { resolution }),
        ...(line !== undefined && {
          note: sql`substr(COALESCE(${exceptions.note} || char(10), '') || ${line}, -${sql.raw(String(MAX_NOTE_LENGTH))})`,
        }),
      })
      .where(and(isIt, eq(exceptions.state, row.state)))
      .returning()
    const [after] = changed
    if (after) return ok(after)
    const present = await db.select().from(exceptions).where(isIt).get()
    return refuse({ code: 'exception_state_conflict', state: present?.state ?? 'deleted' })
  },
  async about(subjects) {
    const isNamed = inArray(exceptions.subject, [...subjects])
    const [rows, [counted]] = await db.batch([
      db
        .select()
        .from(exceptions)
        .where(isNamed)
        .orderBy(desc(exceptions.lastAtMs))
        .limit(MAX_ROWS),
      db.select({ total: count() }).from(exceptions).where(isNamed),
    ])
    return { rows, total: counted?.total ?? 0 }
  },
})
