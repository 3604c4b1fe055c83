/**
 * Delay of a wallet's alarm after failures. It is stored, so that it grows across restarts, and held in
 * memory, so that failing storage does not stop the alarm.
 */
import { logError } from '../../common/log'
import { nextAttempt } from '../../common/next-attempt'
import { ALARM_RETRIES } from '../core/alarm'
import { type Columns, integer } from '../../common/sql/columns'
import { Table } from '../../common/sql/rows'

/** The only row of its table. */
interface StoredBackoff {
  readonly id: number
  readonly failures: number
  readonly retryAtMs: number
}

const ALARM_BACKOFF: Columns<StoredBackoff> = {
  id: integer('id'),
  failures: integer('failures'),
  retryAtMs: integer('retry_at_ms'),
}

export class AlarmBackoff {
  readonly #stored: Table<StoredBackoff>
  #failures = 0
  #retryAtMs: number | undefined

  constructor(sql: SqlStorage) {
    this.#stored = new Table(sql, 'alarm_backoff', ALARM_BACKOFF)
  }

  load(): void {
    const row = this.#stored.first('WHERE id = 1')
    this.#failures = row?.failures ?? 0
    this.#retryAtMs = row?.retryAtMs
  }

  /** Earliest time of the next alarm; `undefined` unless the last one failed. */
  get retryAtMs(): number | undefined {
    return this.#retryAtMs
  }

  fail(nowMs: number): void {
    this.#retryAtMs = nextAttempt(this.#failures, nowMs, ALARM_RETRIES) ?? undefined
    this.#failures += 1
    try {
      const retryAtMs = this.#retryAtMs ?? nowMs
      this.#stored.upsert({ id: 1, failures: this.#failures, retryAtMs }, 'id')
    } catch (error) {
      logError('alarm_backoff_not_stored', error)
    }
  }

  clear(): void {
    if (this.#failures > 0) this.#stored.delete('WHERE id = 1')
    this.#failures = 0
    this.#retryAtMs = undefined
  }
}
