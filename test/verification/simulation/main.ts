/** Plays operations from a seed, and prints the result. */
import { randomInt } from 'node:crypto'
import { createProgress } from '../support/progress'
import { runCalls } from './rooms/run-calls'
import { run, type RunResult } from './run'

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

/** Operations of the money for one operation of calls with a room. */
const OPERATIONS_FOR_ONE_OF_CALLS = 4

async function reportCalls(seed: number, operations: number): Promise<number> {
  const { counts, judged, hash, seconds, played, broken } = await runCalls({ seed, operations })
  say(`\noperations and faults of calls with a room:\n${table(counts)}`)
  say(`judged:\n${table(judged)}`)
  if (!broken) {
    say(`${played} operations of calls in ${seconds.toFixed(1)} s, no violation`)
    say(`seed ${seed}, final hash of calls ${hash}`)
    return 0
  }
  say(broken.error.name === 'Violation' ? broken.error.message : (broken.error.stack ?? ''))
  say(`seed ${seed}, world ${broken.worldSeed}, after ${broken.record.join(', ')}`)
  return 1
}

export async function main(options: SimulationOptions): Promise<number> {
  const { seed = randomInt(1, MAX_SEED), ops: operations } = options
  say(`seed ${seed}, ${operations} operations`)
  const progress = createProgress('operations', operations)
  const result = await run({ seed, operations, onProgress: progress.update, isShrinking: true })
  progress.end()
  report(result)
  if (result.broken) return 1
  return reportCalls(seed, Math.ceil(operations / OPERATIONS_FOR_ONE_OF_CALLS))
}
