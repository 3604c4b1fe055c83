/**
 * Lets clients act for the same users at once, and checks that one order of commands explains every response of a
 * wallet.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bankOf } from '../books/audit.ts'
import { createProgress } from '../support/progress.ts'
import { runHistory } from './run.ts'

export interface HistoryOptions {
  readonly clients: number
  readonly seconds: number
  readonly operations: number
  readonly wallets: number
  readonly seed: number
}

const naira = (kobo: number): string => `${(kobo / 100).toFixed(2)} NGN`

export async function main(flags: HistoryOptions): Promise<number> {
  const progress = createProgress('operations')
  const { history, findings, checkedInMs, storage } = await runHistory(flags, progress.update)
  progress.end()
  const { operations, books } = history
  console.log(
    `${''.padEnd(10)}${['ok', 'refused', 'unknown'].map((word) => word.padStart(10)).join('')}`,
  )
  for (const [kind, own] of Map.groupBy(operations, (operation) => operation.kind)) {
    const count = (outcome: string) =>
      own.filter((operation) => operation.outcome === outcome).length
    const counts = ['ok', 'refused', 'unknown'].map((outcome) =>
      String(count(outcome)).padStart(10),
    )
    console.log(`${kind.padEnd(10)}${counts.join('')}`)
  }
  const { paidKobo, chargedKobo, inWalletsKobo } = bankOf(books)
  const placed = operations.filter(({ position }) => position !== undefined).length
  const changes = books.flatMap(({ wallets }) =>
    Object.values(wallets).map(({ position }) => position - 1),
  )
  console.log(
    `${operations.length} operations by ${flags.clients} clients on ${books.length * 2} wallets in ${flags.seconds} s, ` +
      `seed ${flags.seed}; ${placed} answers with a position, ${changes.reduce((a, b) => a + b, 0)} changes; checked in ${checkedInMs} ms\n` +
      `${naira(paidKobo)} paid less ${naira(chargedKobo)} charged; ${naira(inWalletsKobo)} in the wallets\n` +
      `${findings.length} violations`,
  )
  for (const finding of findings.slice(0, 50)) console.log(`- ${finding}`)
  if (findings.length === 0) {
    rmSync(storage, { recursive: true, force: true })
    return 0
  }
  const path = join(storage, 'history.json')
  writeFileSync(path, JSON.stringify(history))
  console.log(`The history is kept: ${path}`)
  return 1
}
