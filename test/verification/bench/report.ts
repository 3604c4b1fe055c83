/** The table of a run, and its comparison with the targets. Pure. */
import { mediansOf, type Ratio, ratioOf, type Sample, spreadOf } from './statistics'

export interface Row extends Sample {
  readonly name: string
  readonly title: string
  readonly floor: string | undefined
  readonly ratio: Ratio | undefined
  readonly spread: number
}

export function rowOf(
  { name, title, floor }: Pick<Row, 'name' | 'title' | 'floor'>,
  samples: readonly Sample[],
  floors: readonly Sample[] | undefined,
): Row {
  const ratio = floors && ratioOf(samples, floors)
  return { name, title, floor, ratio, spread: spreadOf(samples), ...mediansOf(samples) }
}

const HEAD = ['', 'per second', 'p50 ms', 'p99 ms', 'of floor', 'p99 to floor', 'spread']

const cellsOf = ({ title, floor, perSecond, p50Ms, p99Ms, ratio, spread }: Row): string[] => [
  floor === undefined ? title : `  ${title}`,
  perSecond.toFixed(0),
  p50Ms.toFixed(1),
  p99Ms.toFixed(1),
  ratio ? ratio.throughput.toFixed(2) : '',
  ratio ? ratio.p99.toFixed(1) : '',
  `${(spread * 100).toFixed(0)} %`,
]

/** Rows below their floors, in columns. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return cells.map(line).join('\n')
}

export interface Verdict {
  readonly target: string
  readonly found: string
  readonly isReached: boolean
}

const AT_LEAST: readonly { name: string; share: number; target: string }[] = [
  { name: 'start', share: 0.65, target: 'POST /calls: at least 0.65 of one object write' },
  { name: 'start', share: 0.8, target: 'POST /calls: at least 0.8 of one object write' },
  { name: 'wallet', share: 0.7, target: 'a wallet read: at least 0.7 of one object read' },
  { name: 'whole', share: 0.65, target: 'a whole call: at least 0.65 of three object writes' },
]
const P99_AT_MOST = 2

/** Compares the measurements with the targets. */
export function verdictsOf(rows: readonly Row[]): Verdict[] {
  const ratioOfRow = (name: string) => rows.find((row) => row.name === name)?.ratio
  const shares = AT_LEAST.map(({ name, share, target }) => {
    const { throughput = 0 } = ratioOfRow(name) ?? {}
    return { target, found: throughput.toFixed(2), isReached: throughput >= share }
  })
  const tails = ['start', 'wallet', 'whole'].map((name) => {
    const { p99 = Infinity } = ratioOfRow(name) ?? {}
    const title = rows.find((row) => row.name === name)?.title ?? name
    const target = `${title}: p99 at most ${P99_AT_MOST} times the floor's`
    return { target, found: p99.toFixed(1), isReached: p99 <= P99_AT_MOST }
  })
  return [...shares, ...tails]
}

export const verdictLine = ({ target, found, isReached }: Verdict): string =>
  `${isReached ? 'reached    ' : 'not reached'}  ${target}: ${found}`
