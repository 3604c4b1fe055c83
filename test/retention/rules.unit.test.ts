import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/retention/rules'

const HOUR_MS = 3_600_000
const page = readFileSync(join(import.meta.dirname, '../../docs/retention.md'), 'utf8')

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim())

function periodOf(periodMs: number): string {
  const hours = periodMs / HOUR_MS
  if (hours === 0) return 'until'
  return hours % 24 === 0 ? `${hours / 24} d after` : `${hours} h after`
}

describe('the retention table', () => {
  it('equals the table in docs/retention.md', () => {
    const [, , ...rows] = page.split('\n').filter((line) => line.startsWith('|'))
    expect(rows.map(cellsOf)).toEqual(
      RULES.map(({ store, table, column, periodMs, why, erased }) => [
        store,
        table,
        column === null ? 'always' : `${periodOf(periodMs)} ${column}`,
        why,
        erased ?? '',
      ]),
    )
  })

  it('names each table once', () => {
    const places = RULES.map(({ store, table }) => `${store}/${table}`)
    expect(places).toEqual([...new Set(places)])
  })
})
