/** `npm run sim -- --seed S --ops N`: plays N operations from seed S; exit code 1 if a promise broke. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { run, type RunResult } from './run'

const OPERATIONS = 50_000
const PROGRESS_EVERY = 50_000
const MAX_SEED = 2 ** 32 - 1

function whole(name: string, text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= 1 && value <= max) return value
  throw new Error(`--${name} must be a whole number from 1 to ${max}, not "${text}".`)
}

function readFlags(): { seed: number; operations: number } {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, ops: { type: 'string' } } })
  return {
    seed: whole('seed', values.seed, randomInt(1, MAX_SEED), MAX_SEED),
    operations: whole('ops', values.ops, OPERATIONS, 1_000_000_000),
  }
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

try {
  const { seed, operations } = readFlags()
  say(`seed ${seed}, ${operations} operations`)
  const result = await run({
    seed,
    operations,
    onProgress: progress(operations),
    isShrinking: true,
  })
  if (process.stdout.isTTY) say('')
  report(result)
  if (result.broken) process.exitCode = 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
