/** D1 as one server that runs one batch at a time, with a cost per batch and per row. Pure. */
import type { Events } from './events'

export interface Outage {
  readonly fromMs: number
  readonly untilMs: number
}

export interface DatabaseSettings {
  readonly batchMs: number
  readonly rowMs: number
  /** Waiting batches fail, and so do batches that arrive during the outage. */
  readonly outage: Outage | undefined
}

export interface Database {
  readonly write: (rows: number, done: (isWritten: boolean) => void) => void
}

export function createDatabase(
  events: Events,
  { batchMs, rowMs, outage }: DatabaseSettings,
): Database {
  const { fromMs, untilMs } = outage ?? { fromMs: Infinity, untilMs: Infinity }
  let freeAtMs = 0
  return {
    write(rows, done) {
      const nowMs = events.nowMs()
      if (nowMs >= fromMs && nowMs < untilMs) return events.at(nowMs, () => done(false))
      const doneAtMs = Math.max(nowMs, freeAtMs) + batchMs + rows * rowMs
      const isCutOff = nowMs < fromMs && doneAtMs > fromMs
      freeAtMs = isCutOff ? fromMs : doneAtMs
      events.at(freeAtMs, () => done(!isCutOff))
    },
  }
}
