/** Open replays: ranges of the stream that endpoints receive again, one event at a time, the oldest replay first. */
import { type Columns, integer, nullable, text } from '../../common/sql/columns'
import { Table } from '../../common/sql/rows'

export const MAX_REPLAYS = 10
/** Failures after which an event is left out, so that it does not delay new events forever. */
export const MAX_REPLAY_FAILURES = 10

export interface Replay {
  readonly seq: number | null
  readonly endpointUuid: string
  readonly nextSequence: number
  readonly lastSequence: number
  /** Failures of the next event. */
  readonly failures: number
}

const REPLAY: Columns<Replay> = {
  seq: nullable(integer('seq')),
  endpointUuid: text('endpoint_uuid'),
  nextSequence: integer('next_sequence'),
  lastSequence: integer('last_sequence'),
  failures: integer('failures'),
}

export class ReplayTable {
  readonly #rows: Table<Replay>
  readonly #advance
  /** Kept in memory, so that a delivery without a replay reads no row. */
  readonly #open = new Map<string, readonly Replay[]>()

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'replays', REPLAY)
    this.#advance = this.#rows.updater(['nextSequence', 'failures'], 'WHERE seq = ?')
  }

  load(): void {
    this.#open.clear()
    for (const [uuid, replays] of Map.groupBy(
      this.#rows.all('ORDER BY seq'),
      ({ endpointUuid }) => endpointUuid,
    ))
      this.#open.set(uuid, replays)
  }

  count(endpointUuid: string): number {
    return this.#open.get(endpointUuid)?.length ?? 0
  }

  first(endpointUuid: string): Replay | undefined {
    return this.#open.get(endpointUuid)?.[0]
  }

  add(endpointUuid: string, from: number, to: number): void {
    const row = { endpointUuid, nextSequence: from, lastSequence: to, failures: 0 }
    this.#rows.insert({ ...row, seq: null })
    this.#reload(endpointUuid)
  }

  /** Continues after an event. A replay that has passed its last event ends. */
  passTo(replay: Replay, sequence: number): void {
    if (sequence >= replay.lastSequence) this.#rows.delete('WHERE seq = ?', replay.seq)
    else this.#advance({ nextSequence: sequence + 1, failures: 0 }, replay.seq)
    this.#reload(replay.endpointUuid)
  }

  /** Counts a failure of the next event, and leaves the event out after the last one. */
  fail(replay: Replay, sequence: number): void {
    const failures = replay.failures + 1
    if (failures >= MAX_REPLAY_FAILURES) return this.passTo(replay, sequence)
    this.#advance({ nextSequence: sequence, failures }, replay.seq)
    this.#reload(replay.endpointUuid)
  }

  remove(endpointUuid: string): void {
    if (this.count(endpointUuid) === 0) return
    this.#rows.delete('WHERE endpoint_uuid = ?', endpointUuid)
    this.#open.delete(endpointUuid)
  }

  #reload(endpointUuid: string): void {
    const replays = this.#rows.all('WHERE endpoint_uuid = ? ORDER BY seq', endpointUuid)
    if (replays.length === 0) this.#open.delete(endpointUuid)
    else this.#open.set(endpointUuid, replays)
  }
}
