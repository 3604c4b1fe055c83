/** What was done under a client's key, or with a ticket, so that it is done once: rows of the wallet object. */
import { TICKET_LIFETIME_MS } from '../../common/tokens/access-token'
import type { Idempotency } from '../../common/idempotency'

export interface StoredAnswer {
  readonly fingerprint: string
  readonly answer: string
}

/** What admits a watcher to a call's events, once. */
export interface Ticket {
  readonly id: string
  readonly expiresAtMs: number
}

/** At most so many keys are forgotten at a time. */
const FORGOTTEN_AT_ONCE = 100

const FORGET_TICKETS = `DELETE FROM used_tickets WHERE id IN
  (SELECT id FROM used_tickets WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT ?)`

export class IdempotencyStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  find(key: string): StoredAnswer | undefined {
    const query = 'SELECT fingerprint, answer FROM idempotency_keys WHERE key = ?'
    const [row] = this.#sql.exec<{ fingerprint: string; answer: string }>(query, key).toArray()
    return row
  }

  save({ key, fingerprint }: Idempotency, answer: string, nowMs: number): void {
    this.#sql.exec(
      'INSERT INTO idempotency_keys (key, fingerprint, answer, created_at_ms) VALUES (?, ?, ?, ?)',
      key,
      fingerprint,
      answer,
      nowMs,
    )
  }

  /** Forgets the oldest keys that were used before an instant. */
  deleteKeysBefore(beforeMs: number): void {
    const oldest = 'SELECT seq, created_at_ms FROM idempotency_keys ORDER BY seq LIMIT ?'
    let lastSeq = 0
    for (const { seq, created_at_ms } of this.#sql.exec<{ seq: number; created_at_ms: number }>(
      oldest,
      FORGOTTEN_AT_ONCE,
    )) {
      if (created_at_ms >= beforeMs) break
      lastSeq = seq
    }
    if (lastSeq > 0) this.#sql.exec('DELETE FROM idempotency_keys WHERE seq <= ?', lastSeq)
  }

  /** Notes a ticket as used. @returns whether it had not been; one that has expired may be forgotten */
  redeemTicket({ id, expiresAtMs }: Ticket, nowMs: number): boolean {
    this.#sql.exec(FORGET_TICKETS, nowMs, FORGOTTEN_AT_ONCE)
    const used = `INSERT INTO used_tickets (id, expires_at_ms) VALUES (?, ?)
      ON CONFLICT (id) DO NOTHING RETURNING id`
    /** The Worker's clock may be behind the wallet's: the ticket is kept by the later one. */
    const keptUntilMs = Math.max(expiresAtMs, nowMs + TICKET_LIFETIME_MS)
    return this.#sql.exec(used, id, keptUntilMs).toArray().length === 1
  }
}
