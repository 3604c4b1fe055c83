/** The simulator's settlements. */
import type { Run } from './database'
import type { SettledLine } from './settled-lines'

export interface SettlementStore {
  insertSettlement(reference: string, lines: readonly SettledLine[]): Promise<void>
  /** Lines of a settlement; none for an unknown reference. @param page from 0 */
  settledLines(reference: string, page: number, size: number): Promise<SettledLine[]>
}

export const createSettlementStore = (run: Run): SettlementStore => ({
  async insertSettlement(reference, lines) {
    const insert = 'INSERT INTO simulator_settlements (reference, lines) VALUES (?, ?)'
    await run(insert, reference, JSON.stringify(lines))
  },
  async settledLines(reference, page, size) {
    const select = 'SELECT lines FROM simulator_settlements WHERE reference = ?'
    const [found] = (await run<{ lines: string }>(select, reference)).results
    const lines = found ? (JSON.parse(found.lines) as SettledLine[]) : []
    return lines.slice(page * size, (page + 1) * size)
  },
})
