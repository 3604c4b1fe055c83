/**
 * Lets virtual time pass. Alarms of pollers and wallets ring when they are due, and the sweep runs every five
 * minutes. The liveness judge counts each wake-up.
 */
import { sweepPayments } from '../../../src/payments/sweep'
import type { LivenessJudge } from './auditor/liveness'
import { nextDueMs } from './auditor/stored-wallet'
import { asked, UNKNOWN } from './operations/outcome'
import { CALLED_NUMBERS_MS, RECIPIENTS_TO_BLANK } from './objects'
import { ringPoller } from './operations/time'
import type { World } from './world'

const SWEEP_EVERY_MS = 5 * 60_000
/** The sweep ignores payments that are overdue by less. */
const OVERDUE_MS = 30_000
/** A completed, failed or cancelled payment is never due. */
const IS_DUE = "status IN ('pending', 'processing', 'expired') AND next_ask_at_ms IS NOT NULL"
/** The platform repeats an alarm that throws this many times, then drops it. */
const PLATFORM_RETRIES = 6
const PLATFORM_RETRY_MS = 2000

export interface ElapseOptions {
  readonly forMs: number
  /** Ends the run, so that a loop at full speed cannot hang it. */
  readonly mostWakeUps: number
  /** Continues after the first finding, to count all wake-ups. */
  readonly isCounting?: boolean
}

export interface Elapsed {
  alarms: number
  sweeps: number
  /** Number of statements sent to D1. */
  statements: number
}

type Due = { readonly atMs: number; readonly wake: () => Promise<void> }

export async function elapse(
  world: World,
  judge: LivenessJudge,
  { forMs, mostWakeUps, isCounting = false }: ElapseOptions,
): Promise<Elapsed> {
  const elapsed: Elapsed = { alarms: 0, sweeps: 0, statements: 0 }
  const span = new Span(world, judge, elapsed)
  const endMs = Date.now() + forMs
  world.d1.onStatement = (statement) => span.onStatement(statement.values)
  try {
    while (elapsed.alarms + elapsed.sweeps < mostWakeUps) {
      const next = span.next()
      if (!next || next.atMs > endMs) break
      world.pass(Math.max(0, next.atMs - Date.now()))
      await next.wake()
      if (world.violation) throw world.violation
      if (judge.findings.length > 0 && !isCounting) return elapsed
    }
    world.pass(Math.max(0, endMs - Date.now()))
    return elapsed
  } finally {
    world.d1.onStatement = undefined
  }
}

class Span {
  readonly #world: World
  readonly #judge: LivenessJudge
  readonly #elapsed: Elapsed
  readonly #thrown = new Map<string, number>()
  #sweptAtMs = Date.now()
  /** Values in the statements of the running sweep. */
  #named: Set<unknown> | undefined

  constructor(world: World, judge: LivenessJudge, elapsed: Elapsed) {
    this.#world = world
    this.#judge = judge
    this.#elapsed = elapsed
  }

  onStatement(values: readonly unknown[]): void {
    this.#elapsed.statements += 1
    for (const value of this.#named ? values : []) this.#named?.add(value)
  }

  /** Earliest due event. */
  next(): Due | undefined {
    const { objects, pollers } = this.#world
    let next: Due | undefined = this.#nextSweep()
    const consider = (atMs: number | null, wake: Due['wake']) => {
      if (atMs !== null && (!next || atMs < next.atMs)) next = { atMs, wake }
    }
    for (const { name, alarmAtMs } of pollers.values())
      consider(alarmAtMs, () => this.#ringPoller(name))
    for (const { host } of objects.residents.values())
      consider(host.alarmAtMs, () => this.#ringWallet(host.name))
    return next
  }

  /** Time of the next sweep that would find something overdue. */
  #nextSweep(): Due | undefined {
    const { d1, faults } = this.#world
    const [row] = d1.rows(`SELECT MIN(next_ask_at_ms) AS due_at_ms FROM payments WHERE ${IS_DUE}`)
    const dueAtMs = row?.['due_at_ms']
    if (typeof dueAtMs !== 'number' || faults.isD1Down) return undefined
    const fromMs = Math.max(dueAtMs + OVERDUE_MS, this.#sweptAtMs)
    const atMs = (Math.floor(fromMs / SWEEP_EVERY_MS) + 1) * SWEEP_EVERY_MS
    return { atMs, wake: () => this.#sweep() }
  }

  async #sweep(): Promise<void> {
    const { d1, deps } = this.#world
    const atMs = (this.#sweptAtMs = Date.now())
    const overdue = d1.rows(
      `SELECT uuid, user_uuid, reference FROM payments WHERE ${IS_DUE} AND next_ask_at_ms < ?`,
      atMs - OVERDUE_MS,
    ) as { uuid: string; user_uuid: string; reference: string }[]
    const named = (this.#named = new Set())
    this.#elapsed.sweeps += 1
    const swept = await asked(this.#world, () => sweepPayments(deps))
    this.#named = undefined
    if (swept === UNKNOWN) return
    const queried = new Set(
      overdue
        .filter(({ uuid, reference }) => named.has(reference) || named.has(uuid))
        .map(({ reference }) => reference),
    )
    for (const name of queried)
      this.#judge.wakeUp({
        kind: 'sweep query',
        name,
        atMs,
        hasWork: true,
        hasFailed: false,
        nextAlarmAtMs: null,
        dueAtMs: this.#dueAtMs(name),
      })
    this.#judge.sweep(
      overdue.map(({ user_uuid: userUuid, reference }) => ({ userUuid, reference })),
      queried,
    )
  }

  #dueAtMs(reference: string): number | null | undefined {
    const { d1, faults } = this.#world
    if (faults.isD1Down) return undefined
    const [row] = d1.rows('SELECT next_ask_at_ms FROM payments WHERE reference = ?', reference)
    return row?.['next_ask_at_ms'] as number | null | undefined
  }

  async #ringPoller(name: string): Promise<void> {
    const host = this.#world.poller(name)
    const atMs = Date.now()
    this.#elapsed.alarms += 1
    const rang = await ringPoller(this.#world, name)
    if (rang === UNKNOWN) this.#ringAgain(host)
    const { alarmAtMs: nextAlarmAtMs } = host
    const hasFailed = rang === UNKNOWN || this.#world.faults.isD1Down
    const dueAtMs = this.#dueAtMs(name)
    const kind = 'poller alarm'
    this.#judge.wakeUp({ kind, name, atMs, hasWork: true, hasFailed, nextAlarmAtMs, dueAtMs })
  }

  async #ringWallet(name: string): Promise<void> {
    const { objects } = this.#world
    const resident = objects.resident(name)
    const atMs = Date.now()
    this.#elapsed.alarms += 1
    const { isDue, state: before, ...work } = this.#workOf(name)
    /** An alarm protects a delivery in progress, which may be over when it rings. */
    const hadEvents = this.#world.streams.attempted.delete(name)
    const hasWork = work.hasWork || resident.isRepeated || hadEvents
    const rang = await asked(this.#world, () => objects.ring(name))
    if (rang === UNKNOWN) {
      resident.lostAlarmMs = this.#ringAgain(resident.host) ? null : atMs
    }
    const hasFailed = isDue && this.#workOf(name).state === before
    const { alarmAtMs: nextAlarmAtMs } = resident.host
    const nextEndAtMs = nextDueMs(this.#world.auditor.wallet(name))
    const kind = 'wallet alarm'
    this.#judge.wakeUp({ kind, name, atMs, hasWork, hasFailed, nextAlarmAtMs, nextEndAtMs })
  }

  #workOf(name: string): { hasWork: boolean; isDue: boolean; state: string } {
    const { rows } = this.#world.objects.seen(this.#world.objects.resident(name))
    const [wallet] = rows('SELECT change, projected_change AS projected FROM wallet')
    const [row] = rows(
      `SELECT (SELECT COUNT(*) FROM calls WHERE charge_kobo IS NULL) AS open,
       (SELECT COUNT(*) FROM transfers WHERE status = 'in_transit') AS moving,
       (SELECT COUNT(*) FROM event_outbox) AS events,
       (${RECIPIENTS_TO_BLANK}) AS named`,
      Date.now() - CALLED_NUMBERS_MS,
    )
    const [open, moving] = [Number(row?.['open']), Number(row?.['moving'])]
    const isUnprojected = !wallet || wallet['change'] !== wallet['projected']
    const hasEvents = Number(row?.['events']) > 0
    const isPending = isUnprojected || moving > 0 || Number(row?.['named']) > 0
    const isCallDue = open > 0 && nextDueMs(this.#world.auditor.wallet(name)) <= Date.now()
    return {
      hasWork: isPending || open > 0 || hasEvents,
      isDue: isPending || isCallDue,
      state: JSON.stringify([wallet, row]),
    }
  }

  /** Handles an alarm that threw, like the platform. @returns whether it rings again */
  #ringAgain(host: { readonly name: string; alarmAtMs: number | null }): boolean {
    const thrown = this.#thrown.get(host.name) ?? 0
    this.#thrown.set(host.name, thrown + 1)
    const isRepeated = thrown < PLATFORM_RETRIES
    host.alarmAtMs = isRepeated ? Date.now() + PLATFORM_RETRY_MS * 2 ** thrown : null
    if (!isRepeated) this.#thrown.delete(host.name)
    return isRepeated
  }
}
