/**
 * Durable Object that numbers all receipts, from 1 without gaps in each calendar year in Lagos. One instance exists. A
 * number belongs to its key forever, so a repeated issue gets the same number.
 */
import { DurableObject } from 'cloudflare:workers'
import { integer, text, type Columns } from '../common/sql/columns'
import { firstValue, Table } from '../common/sql/rows'
import { applySchemaSteps } from '../common/sql/schema-steps'
import { lagosYear } from '../common/text/lagos'
import type { ReceiptNumber } from './core/number'

/** Name of the one instance. */
export const NUMBERS_NAME = 'receipts'

export interface Allocation extends ReceiptNumber {
  /** Time of the first allocation under the key. */
  readonly allocatedAtMs: number
}

interface NumberRow extends Allocation {
  readonly key: string
}

const NUMBER: Columns<NumberRow> = {
  key: text('key'),
  year: integer('year'),
  number: integer('number'),
  allocatedAtMs: integer('allocated_at_ms'),
}

export const NUMBER_STEPS: readonly string[] = [
  `CREATE TABLE numbers (key TEXT PRIMARY KEY, year INTEGER NOT NULL, number INTEGER NOT NULL CHECK (number > 0),
     allocated_at_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE UNIQUE INDEX numbers_year ON numbers (year, number);`,
]

const LAST = 'SELECT MAX(number) FROM numbers WHERE year = ?'

export class Numbers extends DurableObject<Env> {
  readonly #rows: Table<NumberRow>

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#rows = new Table(ctx.storage.sql, 'numbers', NUMBER)
    void ctx.blockConcurrencyWhile(async () => applySchemaSteps(ctx.storage, NUMBER_STEPS))
  }

  /** Returns the number of the key, or allocates the next one in the year of `atMs`. */
  allocate(key: string, atMs: number): Allocation {
    return this.ctx.storage.transactionSync(() => {
      const known = this.#rows.first('WHERE key = ?', key)
      if (known) return allocationOf(known)
      const year = lagosYear(atMs)
      const last = Number(firstValue(this.ctx.storage.sql, LAST, year) ?? 0)
      const row = { key, year, number: last + 1, allocatedAtMs: atMs }
      this.#rows.insert(row)
      return allocationOf(row)
    })
  }
}

const allocationOf = ({ year, number, allocatedAtMs }: NumberRow): Allocation => ({
  year,
  number,
  allocatedAtMs,
})
