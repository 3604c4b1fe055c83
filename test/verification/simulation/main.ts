/** Plays operations from a seed, and prints what came of it. */
import { randomInt } from 'node:crypto'
import { run, type RunResult } from './run'

const PROGRESS_EVERY = 50_000
const MAX_SEED = 2 ** 32 - 1

export interface SimulationOptions {
  readonly seed?: number
  readonly ops: number
}

const say = (line: string) => process.stdout.write(`${line}\n`)

const table = (counts: Map<string, number>): string =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `  ${String(count).padStart(9)}  ${what}`)
    .join('\n')

function report(result: RunResult) {
  const { seed, played, seconds, hash, operations, faults, answers, wakeUps, broken } = result
  if (broken) {
    say(`\nA promise broke: ${broken.error.message}`)
    if (broken.error.name !== 'Violation') say(broken.error.stack ?? '')
    say(`seed ${seed}, operation ${broken.operationNumber} (world ${broken.worldSeed})`)
    say(`the shortest way there, ${broken.shrunk.length} operations:`)
    for (const line of broken.shrunk) say(`  ${line}`)
    return
  }
  say(`operations by kind:\n${table(operations)}`)
  say(`faults by kind:\n${table(faults)}`)
  const { effects, refusals, unknown } = answers
  say(`commands of wallets: ${effects} with effect, ${refusals} refused, ${unknown} left unknown`)
  const { quiet, outages } = wakeUps
  say(`wake-ups in 72 quiet hours: payment ${quiet.payment}, wallet ${quiet.wallet} at most`)
  say(`wake-ups in one outage: payment ${outages.payment}, wallet ${outages.wallet} at most`)
  say(`${played} operations in ${seconds.toFixed(1)} s, no violation`)
  say(`seed ${seed}, final hash ${hash}`)
}

function progress(operations: number) {
  const { stdout } = process
  return (played: number) => {
    if (stdout.isTTY) stdout.write(`\r${played} of ${operations} operations`)
    else if (played % PROGRESS_EVERY === 0) say(`${played} of ${operations} operations`)
  }
}

export async function main(options: SimulationOptions): Promise<number> {
  const { seed = randomInt(1, MAX_SEED), ops: operations } = options
  say(`seed ${seed}, ${operations} operations`)
  const result = await run({
    seed,
    operations,
    onProgress: progress(operations),
    isShrinking: true,
  })
  if (process.stdout.isTTY) say('')
  report(result)
  return result.broken ? 1 : 0
}
