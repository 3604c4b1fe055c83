/** Loads the service, kills it, starts it again, retries what is unknown, and looks into the books. */
import { setTimeout as wait } from 'node:timers/promises'
import { newStorage, type Service } from '../support/served.ts'
import { auditBank, auditBooks } from './audit.ts'
import { type Books, newUser, readBooks, type User } from './books.ts'
import { checkFiles } from './integrity.ts'
import { doStep } from './kill-client.ts'
import { type Intent, judge } from './kill-journal.ts'
import { begin, type Load, runClient } from './kill-load.ts'
import { createRandom } from './random.ts'
import { killGroup, serve } from './service.ts'

export interface KillOptions {
  readonly kills: number
  readonly clients: number
  readonly seed: number
  readonly users: number
  /** So long may a call run: some are ended by a client, and some by the clock, after the restart. */
  readonly maxCallSeconds: number
  /** The shortest and the longest load before a kill, from its first answer on. */
  readonly loadMs: readonly [number, number]
}

/** What one kill met, and what was found after it. */
export interface KillRow {
  readonly kill: number
  readonly answered: number
  readonly unknown: number
  /** Unknown, and found done when it was asked again. */
  readonly wasDone: number
  readonly running: number
  readonly restartMs: number
  readonly lost: number
  readonly doubled: number
  readonly findings: number
}

export interface KillReport {
  readonly rows: readonly KillRow[]
  readonly acknowledged: number
  readonly calls: { readonly ended: number; readonly byClock: number }
  readonly files: number
  readonly findings: readonly string[]
  readonly storage: string
}

const RETRY_MS = 4000
const LAST_RETRY_MS = 15_000
const REST_WITHIN_MS = 120_000

async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<void>,
) {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

class KillRun {
  readonly #options: KillOptions
  readonly #load: Load
  readonly #storage: string
  #service: Service
  readonly findings = new Set<string>()

  constructor(options: KillOptions, storage: string, service: Service, users: Load['users']) {
    this.#options = options
    this.#storage = storage
    this.#service = service
    const random = createRandom(options.seed)
    this.#load = { users, random, intents: [], open: [], findings: [], answered: 0 }
  }

  get intents(): readonly Intent[] {
    return this.#load.intents
  }

  #userOf = ({ user }: Intent): User => this.#load.users[user] ?? this.#load.users[0]

  async #retry(intents: readonly Intent[], timeoutMs: number): Promise<number> {
    let wasDone = 0
    await inParallel(intents, this.#options.clients, async (intent) => {
      try {
        const { url } = this.#service
        const outcome = await doStep(url, this.#userOf(intent), intent, timeoutMs)
        if (outcome === 'replayed') wasDone++
      } catch (error) {
        this.findings.add(error instanceof Error ? error.message : String(error))
      }
    })
    return wasDone
  }

  #unknown = () => this.#load.intents.filter(({ isUnknown, next }) => isUnknown && next)

  async #look(atRest: boolean): Promise<{ lost: number; doubled: number; findings: number }> {
    const before = this.findings.size
    const books: Books[] = []
    for (const user of this.#load.users) books.push(await readBooks(this.#service.url, user))
    const { lost, doubled, uncalledFor } = judge(this.#load.intents, books)
    const wrong = books.flatMap((own) => auditBooks(own, atRest))
    const bank = atRest ? auditBank(books) : []
    for (const finding of [
      ...this.#load.findings,
      ...lost,
      ...doubled,
      ...uncalledFor,
      ...wrong,
      ...bank,
    ])
      this.findings.add(finding)
    return { lost: lost.length, doubled: doubled.length, findings: this.findings.size - before }
  }

  /** Money for everybody, in both wallets. */
  async payIn(): Promise<void> {
    for (const user of this.#load.users.keys())
      for (const amountKobo of [30_000, 30_001])
        begin(this.#load, { next: 'pay', user, amountKobo })
    const isOpen = ({ next }: Intent) => next !== undefined
    while (this.#load.intents.some(isOpen))
      await this.#retry(this.#load.intents.filter(isOpen), RETRY_MS)
  }

  async kill(kill: number): Promise<KillRow> {
    const { clients, loadMs } = this.#options
    const answeredBefore = this.#load.answered
    let isOver = false
    const { url } = this.#service
    this.#load.open = this.#load.intents.filter(({ next, isUnknown }) => next && !isUnknown)
    const working = Array.from({ length: clients }, () => runClient(this.#load, url, () => isOver))
    while (this.#load.answered === answeredBefore) await wait(10)
    await wait(this.#load.random.between(...loadMs))
    isOver = true
    await killGroup(this.#service)
    await Promise.all(working)
    const unknown = this.#unknown()
    const running = this.#load.intents.filter(
      ({ call, next }) => call?.startedAtMs && next === 'end',
    )
    const killedAtMs = performance.now()
    this.#service = await serve(this.#storage, this.#options.maxCallSeconds)
    const restartMs = Math.round(performance.now() - killedAtMs)
    const wasDone = await this.#retry(unknown, RETRY_MS)
    return {
      kill,
      answered: this.#load.answered - answeredBefore,
      unknown: unknown.length,
      wasDone,
      running: running.length,
      restartMs,
      ...(await this.#look(false)),
    }
  }

  /** Decides all that is unknown, ends every second call and lets the clock end the others. */
  async rest(): Promise<{ lost: number; doubled: number; findings: number }> {
    const deadlineMs = performance.now() + REST_WITHIN_MS
    const isLeft = ({ next, call, payment, tag }: Intent): boolean => {
      const isLeftToClock = call?.startedAtMs && Number(tag.split('-')[1]) % 2 === 0
      return next !== undefined && !isLeftToClock && (call !== undefined || payment !== undefined)
    }
    for (;;) {
      const open = this.#load.intents.filter((intent) => intent.isUnknown || isLeft(intent))
      const left = open.filter(({ next }) => next !== undefined)
      if (left.length === 0) break
      if (performance.now() > deadlineMs) throw new Error(`${left.length} requests stay unknown`)
      for (const intent of left) if (intent.next === 'answer') intent.next = 'end'
      await this.#retry(left, LAST_RETRY_MS)
    }
    await wait(this.#options.maxCallSeconds * 1000)
    return this.#look(true)
  }

  async stop(): Promise<void> {
    await killGroup(this.#service)
  }
}

export async function runKills(
  options: KillOptions,
  onRow: (row: KillRow) => void,
): Promise<KillReport> {
  const storage = newStorage()
  const service = await serve(storage, options.maxCallSeconds)
  const first = await newUser(service.url, 'user 0')
  const users: [User, ...User[]] = [first]
  for (let count = 1; count < options.users; count++)
    users.push(await newUser(service.url, `user ${count}`))
  const run = new KillRun(options, storage, service, users)
  const rows: KillRow[] = []
  await run.payIn()
  for (let kill = 1; kill <= options.kills; kill++) {
    const row = await run.kill(kill)
    rows.push(row)
    onRow(row)
  }
  await run.rest()
  await run.stop()
  const { files, findings } = checkFiles(storage)
  const { intents } = run
  const ended = intents.filter(({ call }) => call?.endedAtMs).length
  return {
    rows,
    acknowledged: intents.filter(({ call, payment }) => call ?? payment).length,
    calls: { ended, byClock: intents.filter(({ call }) => call && !call.endedAtMs).length },
    files,
    findings: [...run.findings, ...findings],
    storage,
  }
}
