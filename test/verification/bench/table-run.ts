/** Measures the table and the plot: floor and service by turns, in several rounds. */
import type { Operation } from './operations'
import type { Series } from './plot'
import { type Row, rowOf } from './report'
import type { Setting } from './setting'
import type { Sample } from './statistics'
import { check, endOpenCalls } from './world'

export const CONNECTIONS = 16
const PLOTTED_CONNECTIONS = [1, 2, 4, 8, 16, 32, 64]
const PLOTTED = new Set(['read', 'wallet', 'write', 'start', 'writes', 'whole'])

export type Say = (line: string) => void

/** Measures every operation once per round. The first round only warms up. */
export async function measure(
  setting: Setting,
  operations: readonly Operation[],
  { rounds, requests }: { rounds: number; requests: number },
  say: Say,
): Promise<Row[]> {
  const samples = new Map<string, Sample[]>(operations.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const { name, run } of operations) {
      const fired = await run(CONNECTIONS, requests)
      check(fired)
      if (round > 0) samples.get(name)?.push(fired)
      if (name === 'end') await endOpenCalls(setting.world)
    }
  }
  const samplesOf = (name: string | undefined) => (name && samples.get(name)) || undefined
  return operations.map(({ name, title, floor }) =>
    rowOf({ name, title, floor }, samplesOf(name) ?? [], samplesOf(floor)),
  )
}

/** Throughput of the main operations and their floors over the number of connections. */
export async function sweep(
  { world }: Setting,
  operations: readonly Operation[],
  requests: number,
  say: Say,
): Promise<Series[]> {
  const plotted = operations.filter(({ name }) => PLOTTED.has(name))
  const series = plotted.map(({ title, floor }) => ({
    name: title,
    isFloor: floor === undefined,
    points: [] as [number, number][],
  }))
  for (const connections of PLOTTED_CONNECTIONS) {
    say(`${connections} connections`)
    for (const [index, { run }] of plotted.entries()) {
      const fired = await run(connections, requests)
      check(fired)
      await endOpenCalls(world)
      series[index]?.points.push([connections, fired.perSecond])
    }
  }
  return series
}
