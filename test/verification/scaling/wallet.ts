/**
 * A wallet, as far as its projection is concerned: the real rules for due calls and alarms, and the order of the
 * alarm's work (src/wallets/object/deliveries.ts). It has no money, and its ledger is a counter.
 */
import { kobo } from '../../../src/common/money'
import { settleDue } from '../../../src/wallets/core/call-commands'
import { nextAttempt } from '../../../src/common/next-attempt'
import { ALARM_RETRIES, nextAlarmMs } from '../../../src/wallets/core/alarm'
import { CHANGES_PER_BATCH } from '../../../src/wallets/object/deliveries'
import type { Call, WalletState } from '../../../src/wallets/core/wallet'
import { LIMITS, emptyWallet, newCall, WITHOUT_ROOM } from '../../support/wallets'
import type { Database } from './database'
import type { Events } from './events'

/** Row of a call: its last revision, and whether it was projected before. */
interface CallRow {
  revision: number
  isInD1: boolean
}

interface Changed {
  readonly revision: number
  readonly atMs: number
  readonly rows: readonly CallRow[]
  readonly entries: number
}

export interface Batch {
  readonly sentAtMs: number
  /** Times of the projected changes. */
  readonly changedAtMs: readonly number[]
  readonly calls: number
  readonly entries: number
  readonly rows: number
}

export interface Surroundings {
  readonly events: Events
  readonly database: Database
  readonly delayMs: number
  readonly retryMs: number
  readonly onChange: (entries: number) => void
  readonly onAlarm: () => void
  readonly onBatch: (batch: Batch) => void
  readonly onProjected: (batch: Batch) => void
}

export interface SimulatedWallet {
  readonly start: (uuid: string) => void
  readonly answer: (uuid: string) => void
  readonly end: (uuid: string) => void
}

const BALANCE_KOBO = kobo(1_000_000_000)

export function createWallet(around: Surroundings): SimulatedWallet {
  const { events, database } = around
  let state: WalletState = {
    ...emptyWallet,
    head: { ...emptyWallet.head, balanceKobo: BALANCE_KOBO },
  }
  let [revision, projectedRevision] = [0, 0]
  let alarmAtMs: number | null = null
  let failures = 0
  let retryAtMs: number | undefined
  let [isCopying, isRung] = [false, false]
  let unprojected: Changed[] = []
  const rowOf = new Map<string, CallRow>()

  function note(calls: readonly Call[]): void {
    if (calls.length === 0) return
    revision += 1
    const rows = calls.map(({ uuid, chargeKobo }) => {
      const row = rowOf.get(uuid) ?? { revision, isInD1: false }
      if (chargeKobo === null) rowOf.set(uuid, row)
      else rowOf.delete(uuid)
      row.revision = revision
      return row
    })
    const entries = calls.filter(({ chargeKobo }) => (chargeKobo ?? 0) > 0).length
    unprojected.push({ revision, atMs: events.nowMs(), rows, entries })
    around.onChange(entries)
  }

  function settle(): void {
    const settled = settleDue(state, events.nowMs())
    state = settled.state
    note(settled.calls)
  }

  function wakeAgain(delayMs: number): void {
    const facts = {
      state,
      revision,
      projectedRevision,
      deliveryDueMs: undefined,
      retryAtMs,
      retentionDueMs: () => undefined,
    }
    const atMs = nextAlarmMs(facts, alarmAtMs, events.nowMs(), delayMs)
    if (atMs === undefined) return
    alarmAtMs = atMs
    events.at(atMs, () => {
      if (alarmAtMs !== atMs) return
      if (isCopying) isRung = true
      else ring()
    })
  }

  /** The platform runs one alarm of an object at a time; another one waits. */
  function ring(): void {
    alarmAtMs = null
    isCopying = true
    around.onAlarm()
    settle()
    copy(revision)
  }

  function finish(isFailed: boolean): void {
    isCopying = false
    const schedule = { ...ALARM_RETRIES, firstMs: around.retryMs }
    retryAtMs = isFailed
      ? (nextAttempt(failures, events.nowMs(), schedule) ?? undefined)
      : undefined
    failures = isFailed ? failures + 1 : 0
    wakeAgain(around.delayMs)
    if (!isRung) return
    isRung = false
    ring()
  }

  function copy(toRevision: number): void {
    if (projectedRevision >= toRevision) return finish(false)
    const upTo = Math.min(toRevision, projectedRevision + CHANGES_PER_BATCH)
    const changes = unprojected.filter((changed) => changed.revision <= upTo)
    const calls = [...new Set(changes.flatMap(({ rows }) => rows))].filter(
      (row) => row.revision <= upTo,
    )
    const entries = changes.reduce((total, changed) => total + changed.entries, 0)
    const batch: Batch = {
      sentAtMs: events.nowMs(),
      changedAtMs: changes.map(({ atMs }) => atMs),
      calls: calls.filter(({ isInD1 }) => !isInD1).length,
      entries,
      rows: rowsWritten(entries, calls),
    }
    around.onBatch(batch)
    database.write(batch.rows, (isWritten) => {
      if (!isWritten) return finish(true)
      for (const row of calls) row.isInD1 = true
      unprojected = unprojected.slice(changes.length)
      projectedRevision = upTo
      around.onProjected(batch)
      copy(toRevision)
    })
  }

  function command(decide: () => Call | undefined): void {
    settle()
    const call = decide()
    if (call) note([call])
    wakeAgain(around.delayMs)
  }

  function replace(uuid: string, now: (call: Call) => Call): Call | undefined {
    const open = state.openCalls.find((call) => call.uuid === uuid)
    if (!open) return undefined
    const call = now(open)
    const others = state.openCalls.filter((other) => other !== open)
    state = { ...state, openCalls: call.chargeKobo === null ? [...others, call] : others }
    return call
  }

  return {
    start: (uuid) =>
      command(() => {
        const call = openedCall(uuid, state.lastCallSeq + 1, events.nowMs())
        state = { ...state, lastCallSeq: call.seq, openCalls: [...state.openCalls, call] }
        return call
      }),
    answer: (uuid) =>
      command(() =>
        replace(uuid, (call) => ({
          ...call,
          startedAtMs: events.nowMs(),
          deadlineAtMs: events.nowMs() + LIMITS.maxDurationMs,
        })),
      ),
    end: (uuid) =>
      command(() =>
        replace(uuid, (call) => ({
          ...call,
          chargeKobo: kobo(call.startedAtMs === null ? 0 : 100),
        })),
      ),
  }
}

/** Counts rows as in test/verification/scaling/rows.test.ts: a new call also writes to its index. */
const rowsWritten = (entries: number, calls: readonly CallRow[]): number =>
  1 + entries + calls.reduce((total, { isInD1 }) => total + (isInD1 ? 1 : 2), 0)

const openedCall = (uuid: string, seq: number, nowMs: number): Call => ({
  ...newCall(uuid),
  seq,
  status: 'initiated',
  holdKobo: kobo(1000),
  deadlineAtMs: nowMs + LIMITS.ringTimeoutMs,
  createdAtMs: nowMs,
  startedAtMs: null,
  endedAtMs: null,
  endReason: null,
  chargeKobo: null,
  ...WITHOUT_ROOM,
})
