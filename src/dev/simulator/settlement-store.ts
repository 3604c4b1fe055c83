/** The simulator's settlements. */
import type { Run } from './database'

export interface SettlementStore {
  /** @param transactions as the API lists them */
  insertSettlement(reference: string, transactions: readonly object[]): Promise<void>
  /** Transactions of a settlement; none for an unknown reference. @param page from 0 */
  settled(reference: string, page: number, size: number): Promise<object[]>
}

export const createSettlementStore = (run: Run): SettlementStore => ({
  async insertSettlement(reference, transactions) {
    const insert = 'INSERT INTO simulator_settlements (reference, transactions) VALUES (?, ?)'
    await run(insert, reference, JSON.stringify(transactions))
  },
  async settled(reference, page, size) {
    const select = 'SELECT transactions FROM simulator_settlements WHERE reference = ?'
    const [found] = (await run<{ transactions: string }>(select, reference)).results
    const all = found ? (JSON.parse(found.transactions) as object[]) : []
    return all.slice(page * size, (page + 1) * size)
  },
})
