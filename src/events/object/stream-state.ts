/** The one row about the stream itself: whether it is open or erased, and when its upkeep is due. */
import { nextAttempt } from '../../common/next-attempt'
import { type Columns, integer, nullable } from '../../common/sql/columns'
import { Table } from '../../common/sql/rows'
import { STREAM_RETRIES, UPKEEP_INTERVAL_MS } from '../core/stream-alarm'

interface StreamRow {
  readonly id: number
  readonly openedAtMs: number | null
  /** The row remains after an erasure, so that late events are ignored. */
  readonly erasedAtMs: number | null
  /** Null if there is nothing to keep. */
  readonly upkeepAtMs: number | null
  readonly upkeepFailures: number
}

const STREAM: Columns<StreamRow> = {
  id: integer('id'),
  openedAtMs: nullable(integer('opened_at_ms')),
  erasedAtMs: nullable(integer('erased_at_ms')),
  upkeepAtMs: nullable(integer('upkeep_at_ms')),
  upkeepFailures: integer('upkeep_failures'),
}

const NEW: StreamRow = {
  id: 1,
  openedAtMs: null,
  erasedAtMs: null,
  upkeepAtMs: null,
  upkeepFailures: 0,
}

export class StreamState {
  readonly #rows: Table<StreamRow>
  /** Copy in memory, so that a command reads no row. */
  #row = NEW

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'stream', STREAM)
  }

  load(): void {
    this.#row = this.#rows.first('WHERE id = 1') ?? NEW
  }

  get isOpen(): boolean {
    return this.#row.openedAtMs !== null && !this.isErased
  }

  get isErased(): boolean {
    return this.#row.erasedAtMs !== null
  }

  get upkeepAtMs(): number | null {
    return this.#row.upkeepAtMs
  }

  open(nowMs: number): void {
    if (this.#row.openedAtMs === null) this.#save({ openedAtMs: nowMs })
  }

  erase(nowMs: number): void {
    this.#save({ erasedAtMs: this.#row.erasedAtMs ?? nowMs, upkeepAtMs: null, upkeepFailures: 0 })
  }

  /** Schedules the daily upkeep, unless it is scheduled already. */
  keepUp(nowMs: number): void {
    if (this.#row.upkeepAtMs === null && !this.isErased)
      this.#save({ upkeepAtMs: nowMs + UPKEEP_INTERVAL_MS })
  }

  /**
   * Before an upkeep: schedules it again as if it had failed, so that an aborted one is repeated later and later. The copy
   * changes even if the storage is full.
   */
  beginUpkeep(nowMs: number): void {
    const { upkeepFailures } = this.#row
    const upkeepAtMs = nextAttempt(upkeepFailures, nowMs, STREAM_RETRIES)
    this.#row = { ...this.#row, upkeepAtMs, upkeepFailures: upkeepFailures + 1 }
    this.#save({})
  }

  /** @param nextAtMs time of the next upkeep; null if there is nothing to keep */
  endUpkeep(nextAtMs: number | null): void {
    if (!this.isErased) this.#save({ upkeepAtMs: nextAtMs, upkeepFailures: 0 })
  }

  /** Changes the row before the copy, because the storage can fail. In a transaction, it must be the last step. */
  #save(change: Partial<StreamRow>): void {
    const row = { ...this.#row, ...change }
    this.#rows.upsert(row, 'id')
    this.#row = row
  }
}
