/**
 * The projection to D1 under load: calls start at random times in random wallets, and each wallet's alarm projects
 * its changes to one database. Virtual time, seeded, pure.
 */
import { createRandom } from '../support/random'
import { createDatabase, type DatabaseSettings } from './database'
import { createEvents, type Events } from './events'
import { type Batch, createWallet, type SimulatedWallet } from './wallet'

export interface Load {
  readonly seed: number
  readonly wallets: number
  readonly callsPerSecond: number
  /** Means of exponential distributions. */
  readonly ringMs: number
  readonly talkMs: number
  readonly answeredShare: number
}

export interface ProjectionSettings extends Load, DatabaseSettings {
  readonly delayMs: number
  readonly retryMs: number
  /** Calls start from the beginning to the second time. The span between the two is measured. */
  readonly measureFromMs: number
  readonly measureToMs: number
}

export interface Recovery {
  readonly waitingBefore: number
  readonly waitingAfter: number
  /** Time after the outage until as many changes wait as before it; infinite if never. */
  readonly caughtUpAfterMs: number
}

/** Results of the whole run, and of the measured span. */
export interface ProjectionReport {
  readonly made: { readonly calls: number; readonly changes: number; readonly entries: number }
  readonly copied: { readonly calls: number; readonly changes: number; readonly entries: number }
  readonly measured: {
    readonly seconds: number
    readonly calls: number
    readonly alarms: number
    readonly batches: number
    readonly rows: number
    readonly mostChangesABatch: number
    /** Share of D1's time that the batches need; above 1 it cannot keep up. */
    readonly utilisation: number
    /** Delays of changes until their projection, shortest first. */
    readonly lagsMs: readonly number[]
  }
  readonly recovery: Recovery | undefined
}

const UNIT = 2 ** 30
/** Factor within which the number of waiting changes counts as equal to that before the outage. */
const AS_MANY = 1.05

function comeCalls(
  events: Events,
  load: Load,
  wallets: readonly SimulatedWallet[],
  untilMs: number,
  onCall: () => void,
): void {
  const random = createRandom(load.seed)
  const exponentialMs = (meanMs: number) => -Math.log((random.below(UNIT) + 1) / UNIT) * meanMs
  const gapMs = 1000 / load.callsPerSecond
  let calls = 0
  function come(): void {
    const nowMs = events.nowMs()
    if (nowMs >= untilMs) return
    const uuid = `call-${calls++}`
    const wallet = random.pick(wallets)
    const answeredAtMs = nowMs + exponentialMs(load.ringMs)
    wallet.start(uuid)
    onCall()
    if (random.chance(load.answeredShare)) {
      const talkMs = exponentialMs(load.talkMs)
      events.at(answeredAtMs, () => wallet.answer(uuid))
      events.at(answeredAtMs + talkMs, () => wallet.end(uuid))
    } else events.at(answeredAtMs, () => wallet.end(uuid))
    events.at(nowMs + exponentialMs(gapMs), come)
  }
  events.at(exponentialMs(gapMs), come)
}

export function simulateProjection(settings: ProjectionSettings): ProjectionReport {
  const { measureFromMs, measureToMs, batchMs, rowMs, outage } = settings
  const events = createEvents()
  const made = { calls: 0, changes: 0, entries: 0 }
  const copied = { calls: 0, changes: 0, entries: 0 }
  const measured = { calls: 0, alarms: 0, batches: 0, rows: 0, mostChangesABatch: 0 }
  const lagsMs: number[] = []
  const isMeasured = (atMs: number) => atMs >= measureFromMs && atMs < measureToMs
  const waiting = () => made.changes - copied.changes
  const recovery = { waitingBefore: 0, waitingAfter: 0, caughtUpAfterMs: Infinity }
  if (outage) {
    events.at(outage.fromMs, () => (recovery.waitingBefore = waiting()))
    events.at(outage.untilMs, () => (recovery.waitingAfter = waiting()))
  }

  function noteProjected(batch: Batch): void {
    const nowMs = events.nowMs()
    copied.changes += batch.changedAtMs.length
    copied.calls += batch.calls
    copied.entries += batch.entries
    for (const atMs of batch.changedAtMs) if (isMeasured(atMs)) lagsMs.push(nowMs - atMs)
    if (!outage || nowMs < outage.untilMs || nowMs >= measureToMs) return
    if (waiting() <= AS_MANY * recovery.waitingBefore)
      recovery.caughtUpAfterMs = Math.min(recovery.caughtUpAfterMs, nowMs - outage.untilMs)
  }

  const around = {
    ...settings,
    events,
    database: createDatabase(events, settings),
    onChange(entries: number) {
      made.changes += 1
      made.entries += entries
    },
    onAlarm() {
      if (isMeasured(events.nowMs())) measured.alarms += 1
    },
    onBatch({ sentAtMs, rows, changedAtMs }: Batch) {
      if (!isMeasured(sentAtMs)) return
      measured.mostChangesABatch = Math.max(measured.mostChangesABatch, changedAtMs.length)
      measured.batches += 1
      measured.rows += rows
    },
    onProjected: noteProjected,
  }
  const wallets = Array.from({ length: settings.wallets }, () => createWallet(around))
  comeCalls(events, settings, wallets, measureToMs, () => {
    made.calls += 1
    if (isMeasured(events.nowMs())) measured.calls += 1
  })
  events.run()
  const utilisation =
    (measured.batches * batchMs + measured.rows * rowMs) / (measureToMs - measureFromMs)
  return {
    made,
    copied,
    measured: {
      ...measured,
      seconds: (measureToMs - measureFromMs) / 1000,
      utilisation,
      lagsMs: lagsMs.sort((a, b) => a - b),
    },
    recovery: outage && recovery,
  }
}
