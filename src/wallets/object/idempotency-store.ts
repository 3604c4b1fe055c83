/** Stores idempotency keys with their results, and used event tickets, in the wallet object. */
import { TICKET_LIFETIME_MS } from '../../common/tokens/access-token'
import type { Idempotency } from '../../common/idempotency'
import { integer, text } from '../../common/sql/columns'
import { Selection, Table } from '../../common/sql/rows'

export interface StoredAnswer {
  readonly fingerprint: string
  readonly answer: string
}

/** Event ticket: opens one socket. */
export interface Ticket {
  readonly id: string
  readonly expiresAtMs: number
}

/** Limit of rows that one call deletes. */
const FORGOTTEN_AT_ONCE = 100

const SEQ = integer('seq')
const KEY = {
  key: text('key'),
  fingerprint: text('fingerprint'),
  answer: text('answer'),
  createdAtMs: integer('created_at_ms'),
}
const TICKET = { id: text('id'), expiresAtMs: integer('expires_at_ms') }

export class IdempotencyStore {
  readonly #keys: Table<Idempotency & { readonly answer: string; readonly createdAtMs: number }>
  readonly #answers: Selection<StoredAnswer>
  readonly #ages: Selection<{ readonly seq: number; readonly createdAtMs: number }>
  readonly #usedTickets: Table<Ticket>

  constructor(sql: SqlStorage) {
    const { fingerprint, answer, createdAtMs } = KEY
    this.#keys = new Table(sql, 'idempotency_keys', KEY)
    this.#answers = new Selection(sql, 'idempotency_keys', { fingerprint, answer })
    this.#ages = new Selection(sql, 'idempotency_keys', { seq: SEQ, createdAtMs })
    this.#usedTickets = new Table(sql, 'used_tickets', TICKET)
  }

  find(key: string): StoredAnswer | undefined {
    return this.#answers.first('WHERE key = ?', key)
  }

  save({ key, fingerprint }: Idempotency, answer: string, nowMs: number): void {
    this.#keys.insert({ key, fingerprint, answer, createdAtMs: nowMs })
  }

  /** Deletes the oldest keys that were used before `beforeMs`. @returns `false` if some may be left */
  deleteKeysBefore(beforeMs: number): boolean {
    let [lastSeq, old] = [0, 0]
    for (const { seq, createdAtMs } of this.#ages.each('ORDER BY seq LIMIT ?', FORGOTTEN_AT_ONCE)) {
      if (createdAtMs >= beforeMs) break
      lastSeq = seq
      old += 1
    }
    if (old > 0) this.#keys.delete('WHERE seq <= ?', lastSeq)
    return old < FORGOTTEN_AT_ONCE
  }

  /** Marks a ticket as used, and deletes expired ones. @returns whether the ticket was unused */
  redeemTicket({ id, expiresAtMs }: Ticket, nowMs: number): boolean {
    this.#usedTickets.delete(
      `WHERE id IN
         (SELECT id FROM used_tickets WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT ?)`,
      nowMs,
      FORGOTTEN_AT_ONCE,
    )
    /** The Worker's clock may be behind the wallet's, so the later expiry is stored. */
    const keptUntilMs = Math.max(expiresAtMs, nowMs + TICKET_LIFETIME_MS)
    return this.#usedTickets.insertIfNew({ id, expiresAtMs: keptUntilMs }, 'id')
  }
}
