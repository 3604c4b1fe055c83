/**
 * `npm run histories -- --clients 8 --seconds 60 --wallets 16 --seed 1`: lets clients act for the same
 * users at once, and checks that every wallet's answers are those of one command after another.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bankOf } from '../books/audit.ts'
import { readFlags, runTool, SEED } from '../support/flags.ts'
import { runHistory } from './run.ts'

const FLAGS = {
  clients: { fallback: 8, min: 1, max: 64 },
  seconds: { fallback: 60, min: 1, max: 3600 },
  operations: { fallback: 0, min: 0, max: 1_000_000 },
  wallets: { fallback: 16, min: 2, max: 200 },
  seed: SEED,
}

const naira = (kobo: number): string => `${(kobo / 100).toFixed(2)} NGN`

await runTool(async () => {
  const flags = readFlags(process.argv.slice(2), FLAGS)
  let second = 0
  const { history, findings, checkedInMs, storage } = await runHistory(flags, (done) => {
    if (++second % 10 === 0) console.log(`${second} s: ${done} operations`)
  })
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
})
