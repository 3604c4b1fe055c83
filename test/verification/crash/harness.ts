/** State of a run of kills, and the checks after each kill. */
import { newStorage, type Service } from '../../support/served.ts'
import { auditBank, auditBooks } from '../books/audit.ts'
import { type Books, newUser, readBooks, type User } from '../books/books.ts'
import { doStep } from './client.ts'
import { compareWithBooks, type Intent } from './journal.ts'
import type { Load } from './load.ts'
import { createRandom } from '../support/random.ts'
import { serve } from '../support/service.ts'

export interface KillOptions {
  readonly kills: number
  readonly clients: number
  readonly seed: number
  readonly users: number
  /** Maximum duration of a call. A client ends some, and the clock others, after the restart. */
  readonly maxCallSeconds: number
  /** Shortest and longest load before a kill, counted from every client's first responses. */
  readonly loadMs: readonly [number, number]
}

export interface Harness {
  readonly options: KillOptions
  readonly storage: string
  readonly load: Load
  readonly findings: Set<string>
  service: Service
  /** The books as last read. */
  books: readonly Books[]
}

/** Number of acknowledged calls and payments that are missing or doubled, and new other findings. */
export interface Looked {
  readonly lost: number
  readonly doubled: number
  readonly findings: number
}

export async function createHarness(options: KillOptions): Promise<Harness> {
  const storage = newStorage()
  const service = await serve(storage, options.maxCallSeconds)
  const users: [User, ...User[]] = [await newUser(service.url, 'user 0')]
  for (let count = 1; count < options.users; count++)
    users.push(await newUser(service.url, `user ${count}`))
  const random = createRandom(options.seed)
  const load = { users, random, intents: [], open: [], findings: [], answered: 0 }
  return { options, storage, load, findings: new Set(), service, books: [] }
}

/** Sends each intent's next step, or repeats its last one. @returns how many had already taken effect */
export async function retry(
  { load, service, options, findings }: Harness,
  intents: readonly Intent[],
  timeoutMs: number,
): Promise<number> {
  const queue = [...intents]
  let wasDone = 0
  const work = async () => {
    for (let intent = queue.shift(); intent !== undefined; intent = queue.shift()) {
      const user = load.users[intent.user] ?? load.users[0]
      try {
        const outcome = await doStep(service.url, user, intent, timeoutMs)
        if (outcome === 'replayed') wasDone++
      } catch (error) {
        findings.add(error instanceof Error ? error.message : String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: options.clients }, work))
  return wasDone
}

/** Reads all books, and compares all responses with them. */
export async function look(harness: Harness, atRest: boolean): Promise<Looked> {
  const { load, service, findings } = harness
  const before = findings.size
  const books: Books[] = []
  for (const user of load.users) books.push(await readBooks(service.url, user))
  harness.books = books
  const { lost, doubled, uncalledFor } = compareWithBooks(load.intents, books)
  const wrong = books.flatMap((own) => auditBooks(own, atRest))
  const bank = atRest ? auditBank(books) : []
  for (const found of [load.findings, lost, doubled, uncalledFor, wrong, bank].flat())
    findings.add(found)
  return { lost: lost.length, doubled: doubled.length, findings: findings.size - before }
}
