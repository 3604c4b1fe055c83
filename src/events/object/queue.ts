/** Chooses the next event of an endpoint: of its cursor or of its replays, in turn, so that neither delays the other. */
import type { StoredEvent } from '../core/stream'
import type { EndpointRow } from './endpoint-table'
import type { EventLog } from './event-log'
import type { Replay, ReplayTable } from './replays'

/** Pages of the log that one choice reads at most. */
const MAX_PAGES = 5

export interface Work {
  readonly event: StoredEvent
  /** Absent for an event of the cursor. */
  readonly replay?: Replay
  /** The endpoint's values when the event was chosen. */
  readonly url: string
  readonly cursor: number
}

export interface Choice {
  /** Its cursor has passed the events that the types leave out. */
  readonly row: EndpointRow
  readonly work?: Work
  /** Whether the log may have an event that was not read yet. */
  readonly hasMore: boolean
}

interface Found {
  readonly event?: StoredEvent
  readonly readTo: number
  readonly hasMore: boolean
}

export class Queue {
  readonly #log: EventLog
  readonly #replays: ReplayTable
  /** Endpoints whose last event was one of a replay. */
  readonly #replayedLast = new Set<string>()

  constructor(log: EventLog, replays: ReplayTable) {
    this.#log = log
    this.#replays = replays
  }

  /** @param last number of the newest event */
  hasWork({ uuid, cursor }: EndpointRow, last: number): boolean {
    return cursor < last || this.#replays.count(uuid) > 0
  }

  /** Runs in a transaction, because it moves replays past events that the types leave out. */
  choose(row: EndpointRow): Choice {
    const first = this.#replayedLast.has(row.uuid) ? this.#ofCursor(row) : this.#ofReplay(row)
    if (first.work) return this.#chosen(first)
    const { work, ...second } = this.#replayedLast.has(row.uuid)
      ? this.#ofReplay(first.row)
      : this.#ofCursor(first.row)
    if (work) return this.#chosen({ ...second, work })
    return { row: second.row, hasMore: first.hasMore || second.hasMore }
  }

  forget(uuid: string): void {
    this.#replayedLast.delete(uuid)
  }

  #chosen(choice: Choice): Choice {
    if (choice.work?.replay) this.#replayedLast.add(choice.row.uuid)
    else this.#replayedLast.delete(choice.row.uuid)
    return choice
  }

  #ofCursor(row: EndpointRow): Choice {
    const { event, readTo, hasMore } = this.#find(row, row.cursor)
    if (!event) return { row: { ...row, cursor: readTo }, hasMore }
    const cursor = event.sequence - 1
    return { row: { ...row, cursor }, work: { event, url: row.url, cursor }, hasMore }
  }

  #ofReplay(row: EndpointRow): Choice {
    const replay = this.#replays.first(row.uuid)
    if (!replay) return { row, hasMore: false }
    const { lastSequence } = replay
    const { event, readTo, hasMore } = this.#find(row, replay.nextSequence - 1)
    if (event && event.sequence <= lastSequence)
      return { row, work: { event, replay, url: row.url, cursor: row.cursor }, hasMore }
    this.#replays.passTo(replay, event || !hasMore ? lastSequence : readTo)
    return { row, hasMore: this.#replays.count(row.uuid) > 0 }
  }

  #find({ types }: EndpointRow, after: number): Found {
    let position = after
    for (let page = 0; page < MAX_PAGES; page++) {
      const { events, readTo } = this.#log.read(position, 1, types ?? undefined)
      const [event] = events
      if (event) return { event, readTo, hasMore: true }
      if (readTo === position) return { readTo, hasMore: false }
      position = readTo
    }
    return { readTo: position, hasMore: true }
  }
}
