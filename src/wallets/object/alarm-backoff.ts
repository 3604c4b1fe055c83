/**
 * How long a wallet's alarm has to wait after it failed. Stored as well as held in memory, so that the
 * delay grows across restarts of the object; a storage that cannot keep it does not stop the alarm.
 */
import { logError } from '../../common/log'
import { nextAttempt } from '../../common/next-attempt'
import { ALARM_RETRIES } from '../core/alarm'

export class AlarmBackoff {
  readonly #sql: SqlStorage
  #failures = 0
  #retryAtMs: number | undefined

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  load(): void {
    const query = 'SELECT failures, retry_at_ms FROM alarm_backoff WHERE id = 1'
    const [row] = this.#sql.exec<{ failures: number; retry_at_ms: number }>(query).toArray()
    this.#failures = row?.failures ?? 0
    this.#retryAtMs = row?.retry_at_ms
  }

  /** The earliest instant of the next alarm; `undefined` unless the last one failed. */
  get retryAtMs(): number | undefined {
    return this.#retryAtMs
  }

  fail(nowMs: number): void {
    this.#retryAtMs = nextAttempt(this.#failures, nowMs, ALARM_RETRIES) ?? undefined
    this.#failures += 1
    try {
      this.#sql.exec(
        `INSERT INTO alarm_backoff (id, failures, retry_at_ms) VALUES (1, ?1, ?2)
           ON CONFLICT (id) DO UPDATE SET failures = ?1, retry_at_ms = ?2`,
        this.#failures,
        this.#retryAtMs ?? nowMs,
      )
    } catch (error) {
      logError('alarm_backoff_not_stored', error)
    }
  }

  clear(): void {
    if (this.#failures > 0) this.#sql.exec('DELETE FROM alarm_backoff WHERE id = 1')
    this.#failures = 0
    this.#retryAtMs = undefined
  }
}
