/** D1 for drizzle, on Node's own SQLite with the real migrations. A batch is one transaction. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type Faults, Lost } from './faults'
import type { Scheduler } from './scheduler'

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')

const migrations = readdirSync(MIGRATIONS)
  .filter((file) => file.endsWith('.sql'))
  .toSorted()
  .map((file) => readFileSync(join(MIGRATIONS, file), 'utf8'))

export interface Bound {
  readonly query: string
  readonly values: readonly SQLInputValue[]
}

type Row = Record<string, unknown>

export class D1 {
  readonly #database = new DatabaseSync(':memory:')
  readonly #statements = new Map<string, StatementSync>()
  readonly #faults: Faults
  readonly #scheduler: Scheduler
  /** Batches that seemed to fail, and may still arrive. */
  readonly late: (readonly Bound[])[] = []
  /** Called for each statement, even while D1 is unavailable. */
  onStatement: ((statement: Bound) => void) | undefined

  constructor(faults: Faults, scheduler: Scheduler) {
    this.#faults = faults
    this.#scheduler = scheduler
    this.#database.exec('PRAGMA foreign_keys = ON')
    for (const migration of migrations) this.#database.exec(migration)
  }

  close(): void {
    this.#database.close()
  }

  /** Reads stored rows, even while D1 is unavailable. */
  rows(query: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepared(query).all(...values)
  }

  /** Applies one of the late batches. */
  arrive(index: number): void {
    const [batch] = this.late.splice(index, 1)
    if (batch) this.#transaction(batch)
  }

  binding(): D1Database {
    const prepare = (query: string) => statement({ query, values: [] })
    const statement = (bound: Bound) => ({
      ...bound,
      bind: (...values: SQLInputValue[]) => statement({ ...bound, values }),
      all: async () => this.#send(bound, () => this.#run(bound)),
      run: async () => this.#send(bound, () => this.#run(bound)),
      raw: async () =>
        this.#send(bound, () => this.#run(bound).results.map((row) => Object.values(row))),
    })
    const batch = async (statements: Bound[]) => {
      if (this.onStatement) statements.forEach(this.onStatement)
      return this.#ask(() => this.#transaction(statements), statements)
    }
    return { prepare, batch } as unknown as D1Database
  }

  #send<T>(bound: Bound, run: () => T): Promise<T> {
    this.onStatement?.(bound)
    return this.#ask(run)
  }

  async #ask<T>(run: () => T, batch?: readonly Bound[]): Promise<T> {
    await this.#scheduler.turn()
    const fault = this.#faults.d1Fault()
    if (fault === 'applied_late' && batch) this.late.push(batch)
    if (fault && fault !== 'answer_lost') throw new Lost('D1 is not there', false)
    const result = run()
    if (fault === 'answer_lost') throw new Lost('the answer of D1 was lost', false)
    return result
  }

  #transaction(statements: readonly Bound[]) {
    this.#database.exec('BEGIN')
    try {
      const results = statements.map((bound) => this.#run(bound))
      this.#database.exec('COMMIT')
      return results
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #run({ query, values }: Bound) {
    const changedBefore = this.#totalChanges()
    const results = this.#prepared(query).all(...values)
    return { success: true, results, meta: { changes: this.#totalChanges() - changedBefore } }
  }

  /** Number of rows ever written, to detect writes. */
  #totalChanges(): number {
    return Number(this.rows('SELECT total_changes() AS changes')[0]?.['changes'])
  }

  get changes(): number {
    return this.#totalChanges()
  }

  #prepared(query: string): StatementSync {
    let statement = this.#statements.get(query)
    if (!statement) this.#statements.set(query, (statement = this.#database.prepare(query)))
    return statement
  }
}
