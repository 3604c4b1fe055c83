/** Plays worlds of streams until the number of events is reached, and prints the result. */
import { randomInt } from 'node:crypto'
import { createProgress } from '../support/progress'
import { runStreams, type StreamsRun } from './run'

const MAX_SEED = 2 ** 32 - 1

export interface StreamsOptions {
  readonly seed?: number
  readonly events: number
}

const say = (line: string) => process.stdout.write(`${line}\n`)

const table = (counts: Map<string, number>): string =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `  ${String(count).padStart(9)}  ${what}`)
    .join('\n')

function reportBroken({ seed, broken }: StreamsRun): void {
  if (!broken) return
  const { error, worldSeed, position, shrunk } = broken
  say(`\nA promise broke: ${error.message}`)
  if (error.name !== 'Violation') say(error.stack ?? '')
  say(`seed ${seed}, world ${worldSeed}, operation ${position + 1}`)
  say(`the shortest way there, ${shrunk.length} operations:`)
  for (const line of shrunk) say(`  ${line}`)
}

function report({ seed, worlds, seconds, hash, operations, counts, figures }: StreamsRun): void {
  const { events, appended, attempts, acknowledged, pages, losses, worstLagMs, mostAnHour } =
    figures
  say(`operations by kind:\n${table(operations)}`)
  say(`faults and receivers by kind:\n${table(counts)}`)
  say(`${events} events committed, ${appended} appended to two streams, ${pages} pages read`)
  say(`${attempts} attempts, ${acknowledged} acknowledged; ${losses} objects lost`)
  say(
    `worst lag ${(worstLagMs / 3_600_000).toFixed(1)} h; ${mostAnHour} attempts of one event in an hour at most`,
  )
  say(`${worlds} worlds in ${seconds.toFixed(1)} s, no violation`)
  say(`seed ${seed}, final hash ${hash}`)
}

export async function main(options: StreamsOptions): Promise<number> {
  const { seed = randomInt(1, MAX_SEED), events } = options
  say(`seed ${seed}, ${events} events`)
  const progress = createProgress('events', events)
  const onProgress = (figures: { readonly events: number }) => progress.update(figures.events)
  const result = await runStreams({ seed, events, onProgress, isShrinking: true })
  progress.end()
  if (result.broken) reportBroken(result)
  else report(result)
  return result.broken ? 1 : 0
}
