/** Loads the service, kills it, restarts it, retries unknown requests, and checks the books. */
import { setTimeout as wait } from 'node:timers/promises'
import { auditPayouts } from '../books/audit.ts'
import { checkFiles, readPayouts } from './integrity.ts'
import {
  createHarness,
  type Harness,
  type KillOptions,
  look,
  type Looked,
  retry,
} from './harness.ts'
import type { Intent } from './journal.ts'
import { begin, runClient } from './load.ts'
import { killGroup, serve } from '../support/service.ts'

/** State at one kill, and the findings after it. */
export interface KillRow extends Looked {
  readonly kill: number
  readonly answered: number
  readonly unknown: number
  /** Unknown requests that had taken effect, according to their retry. */
  readonly wasDone: number
  /** Running calls. */
  readonly running: number
  readonly restartMs: number
}

export interface KillReport {
  readonly rows: readonly KillRow[]
  /** Acknowledged calls and payments. */
  readonly acknowledged: number
  /** Payments of which the gateway paid a part out. */
  readonly refunds: number
  readonly leftToClock: number
  readonly files: number
  readonly findings: readonly string[]
  readonly storage: string
}

const RETRY_MS = 4000
const LAST_RETRY_MS = 15_000
const DONE_WITHIN_MS = 120_000
/** Responses of each client before the time to the kill starts, however slow the machine is. */
const WARM_ANSWERS = 2
const WARM_WITHIN_MS = 30_000

const isOpen = ({ next }: Intent): boolean => next !== undefined
const isRunning = ({ call, next }: Intent): boolean => next === 'end' && call?.startedAtMs !== null

/** @throws if something is left after two minutes */
async function untilDone(
  harness: Harness,
  isLeft: (intent: Intent) => boolean,
  timeoutMs: number,
): Promise<void> {
  const { intents } = harness.load
  const deadlineMs = performance.now() + DONE_WITHIN_MS
  for (let left = intents.filter(isLeft); left.length > 0; left = intents.filter(isLeft)) {
    if (performance.now() > deadlineMs) throw new Error(`${left.length} requests stay unknown`)
    await retry(harness, left, timeoutMs)
  }
}

/** Tops up both wallets of every user. */
async function payIn(harness: Harness): Promise<void> {
  const { load } = harness
  for (const user of load.users.keys())
    for (const amountKobo of [30_000, 30_001]) begin(load, { next: 'pay', user, amountKobo })
  await untilDone(harness, isOpen, RETRY_MS)
}

async function loadAndKill({ load, service, options }: Harness): Promise<number> {
  const before = load.answered
  let isOver = false
  load.open = load.intents.filter((intent) => isOpen(intent) && !intent.isUnknown)
  const working = Array.from({ length: options.clients }, () =>
    runClient(load, service.url, () => isOver),
  )
  const deadlineMs = performance.now() + WARM_WITHIN_MS
  const isCold = () => load.answered - before < WARM_ANSWERS * options.clients
  while (isCold() && performance.now() < deadlineMs) await wait(10)
  await wait(load.random.between(...options.loadMs))
  isOver = true
  await killGroup(service)
  await Promise.all(working)
  return load.answered - before
}

async function killOnce(harness: Harness, kill: number): Promise<KillRow> {
  const { load, storage, options } = harness
  const answered = await loadAndKill(harness)
  const unknown = load.intents.filter((intent) => intent.isUnknown && isOpen(intent))
  const running = load.intents.filter(isRunning).length
  const killedAtMs = performance.now()
  harness.service = await serve(storage, options.maxCallSeconds)
  const restartMs = Math.round(performance.now() - killedAtMs)
  const wasDone = await retry(harness, unknown, RETRY_MS)
  const looked = await look(harness, false)
  return { kill, answered, unknown: unknown.length, wasDone, running, restartMs, ...looked }
}

/** The clock ends every second call that runs at the end. */
const isLeftToClock = (intent: Intent): boolean =>
  isRunning(intent) && !intent.isUnknown && Number(intent.tag.split('-')[1]) % 2 === 0

/** Retries unknown requests, ends the calls, and checks again. @returns how many calls the clock ended */
async function rest(harness: Harness): Promise<number> {
  const { intents } = harness.load
  for (const intent of intents)
    if (intent.next === 'answer' && !intent.isUnknown) intent.next = 'end'
  await untilDone(harness, (intent) => isOpen(intent) && !isLeftToClock(intent), LAST_RETRY_MS)
  await wait(harness.options.maxCallSeconds * 1000)
  await look(harness, true)
  return intents.filter(isOpen).length
}

export async function runKills(
  options: KillOptions,
  onRow: (row: KillRow) => void,
): Promise<KillReport> {
  const harness = await createHarness(options)
  const { load, storage } = harness
  const rows: KillRow[] = []
  try {
    await payIn(harness)
    for (let kill = 1; kill <= options.kills; kill++) {
      const row = await killOnce(harness, kill)
      rows.push(row)
      onRow(row)
    }
    const leftToClock = await rest(harness)
    await killGroup(harness.service)
    const { files, findings } = checkFiles(storage)
    const payouts = readPayouts(storage)
    const acknowledged = load.intents.filter(({ call, payment }) => call ?? payment).length
    const all = [...harness.findings, ...findings, ...auditPayouts(harness.books, payouts)]
    const refunds = payouts.size
    return { rows, acknowledged, refunds, leftToClock, files, findings: all, storage }
  } finally {
    if (harness.service.process.signalCode === null) await killGroup(harness.service)
  }
}
