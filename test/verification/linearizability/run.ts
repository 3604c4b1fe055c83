/** Plays a history against the started service, waits until it is at rest, and reads the books. */
import { setTimeout as wait } from 'node:timers/promises'
import { newStorage } from '../../support/served.ts'
import { type Books, newUser, readBooks, type User } from '../books/books.ts'
import { checkHistory } from './check-history.ts'
import type { History } from './history.ts'
import { end, HistoryLoad, pay, verify } from './load.ts'
import { createRandom } from '../support/random.ts'
import { HOLD_KOBO, killGroup, MAX_OPEN_CALLS, serve } from '../support/service.ts'

export interface HistoryOptions {
  readonly clients: number
  /** Least duration of the load, which also continues until `operations` is reached. */
  readonly seconds: number
  readonly operations: number
  /** Each user has two. */
  readonly wallets: number
  readonly seed: number
}

export interface HistoryReport {
  readonly history: History
  readonly findings: readonly string[]
  readonly checkedInMs: number
  readonly storage: string
}

/** Short, so that some calls last longer and the clock ends them. */
const MAX_CALL_SECONDS = 4

/** Tops up both wallets of every user. */
async function payIn(load: HistoryLoad): Promise<void> {
  for (const user of load.users)
    for (const type of ['primary', 'call_credits'] as const) {
      const plan = pay(user, load.newTag('pay'), type, 20_000)
      const { payment } = (await load.run(0, plan)).shown ?? {}
      if (payment) await load.run(0, verify(user, payment.uuid, payment.reference))
    }
}

/** Ends ringing calls, verifies unpaid payments, and waits until the clock has ended the other calls. */
async function rest(url: string, load: HistoryLoad): Promise<Books[]> {
  await load.settle()
  for (const user of load.users) {
    const { calls, payments } = await readBooks(url, user)
    for (const { uuid, status } of calls)
      if (status === 'initiated') await load.run(0, end(user, uuid, 'hangup'))
    for (const { uuid, status, reference } of payments)
      if (status !== 'completed') await load.run(0, verify(user, uuid, reference))
  }
  await wait(MAX_CALL_SECONDS * 1000)
  const books: Books[] = []
  for (const user of load.users) books.push(await readBooks(url, user))
  return books
}

async function record(url: string, options: HistoryOptions, onSecond: (done: number) => void) {
  const users: [User, ...User[]] = [await newUser(url, 'user 0')]
  for (let count = 1; count < options.wallets / 2; count++)
    users.push(await newUser(url, `user ${count}`))
  const load = new HistoryLoad(url, users, createRandom(options.seed))
  await payIn(load)
  const untilMs = performance.now() + options.seconds * 1000
  const isOver = () => performance.now() >= untilMs && load.operations.length >= options.operations
  const progress = setInterval(() => onSecond(load.operations.length), 1000)
  try {
    const clients = Array.from({ length: options.clients }, (_, client) =>
      load.runClient(client + 1, isOver),
    )
    await Promise.all(clients)
  } finally {
    clearInterval(progress)
  }
  const books = await rest(url, load)
  const limits = { maxOpenCalls: MAX_OPEN_CALLS, holdKobo: HOLD_KOBO }
  return { history: { limits, operations: load.operations, books }, findings: load.findings }
}

export async function runHistory(
  options: HistoryOptions,
  onSecond: (done: number) => void,
): Promise<HistoryReport> {
  const storage = newStorage()
  const service = await serve(storage, MAX_CALL_SECONDS)
  try {
    const { history, findings } = await record(service.url, options, onSecond)
    const beganAtMs = performance.now()
    const checked = checkHistory(history)
    const checkedInMs = Math.round(performance.now() - beganAtMs)
    return { history, findings: [...findings, ...checked], checkedInMs, storage }
  } finally {
    await killGroup(service)
  }
}
