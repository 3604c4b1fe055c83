/**
 * Reads and writes the rows of a table or a join, with statements derived from its columns. Every
 * statement names its columns, so this release ignores columns that a later release adds.
 */
import type { Columns } from './columns'

export type StoredRow = Record<string, SqlStorageValue>

const propertiesOf = <T>(columns: Columns<T>): (keyof T & string)[] => {
  const properties: (keyof T & string)[] = []
  for (const property in columns) properties.push(property)
  return properties
}

/** Column names, comma-separated; in a join each with its table. */
export const listNames = <T>(columns: Columns<T>, table?: string): string =>
  propertiesOf(columns)
    .map((property) => columns[property].name)
    .map((name) => (table === undefined ? name : `${table}.${name}`))
    .join(', ')

/** First value of a query, or `undefined` without a row. */
export function firstValue(
  sql: SqlStorage,
  query: string,
  ...values: SqlStorageValue[]
): SqlStorageValue | undefined {
  const [row] = sql.exec<StoredRow>(query, ...values).toArray()
  return row && Object.values(row)[0]
}

/** Reads rows. A clause is the part of a SELECT after the table. */
export class Selection<T> {
  protected readonly sql: SqlStorage
  protected readonly columns: Columns<T>
  protected readonly properties: readonly (keyof T & string)[]
  readonly select: string
  readonly #queries = new Map<string, string>()

  /** @param from table, or join whose columns `names` qualifies */
  constructor(sql: SqlStorage, from: string, columns: Columns<T>, names = listNames(columns)) {
    this.sql = sql
    this.columns = columns
    this.properties = propertiesOf(columns)
    this.select = `SELECT ${names} FROM ${from}`
  }

  /** Caches each query's string, because the platform finds a prepared statement by it. */
  #query(clause: string): string {
    let query = this.#queries.get(clause)
    if (query === undefined) this.#queries.set(clause, (query = `${this.select} ${clause}`))
    return query
  }

  protected parse(stored: StoredRow): T {
    const row: Partial<T> = {}
    for (const property of this.properties) {
      const { name, fromSql } = this.columns[property]
      row[property] = fromSql(stored[name])
    }
    return row as T
  }

  all(clause = '', ...values: SqlStorageValue[]): T[] {
    const rows = this.sql.exec<StoredRow>(this.#query(clause), ...values).toArray()
    return rows.map((stored) => this.parse(stored))
  }

  first(clause = '', ...values: SqlStorageValue[]): T | undefined {
    return this.all(clause, ...values)[0]
  }

  /** Reads row by row, so that a caller that stops early is not billed for the rest. */
  *each(clause: string, ...values: SqlStorageValue[]): Generator<T, undefined> {
    for (const stored of this.sql.exec<StoredRow>(this.#query(clause), ...values))
      yield this.parse(stored)
  }
}

export class Table<T> extends Selection<T> {
  readonly #name: string
  readonly #insert: string

  constructor(sql: SqlStorage, name: string, columns: Columns<T>) {
    super(sql, name, columns)
    this.#name = name
    const names = listNames(columns)
    this.#insert = `INSERT INTO ${name} (${names}) VALUES (${names.replaceAll(/\w+/g, '?')})`
  }

  insert(row: T): void {
    this.sql.exec(this.#insert, ...this.#values(row))
  }

  /** Leaves an existing row with the same key unchanged. @returns whether the row was inserted */
  insertIfNew(row: T, key: keyof T & string): boolean {
    const { name } = this.columns[key]
    const statement = `${this.#insert} ON CONFLICT (${name}) DO NOTHING RETURNING ${name}`
    return this.sql.exec(statement, ...this.#values(row)).toArray().length === 1
  }

  /** @param set assignments if a row has the same key; by default, every other column */
  upsert(row: T, key: keyof T & string, set = this.#excluded(key)): void {
    const statement = `${this.#insert} ON CONFLICT (${this.columns[key].name}) DO UPDATE SET ${set}`
    this.sql.exec(statement, ...this.#values(row))
  }

  #excluded(key: keyof T & string): string {
    const assignments: string[] = []
    for (const property in this.columns) {
      const { name } = this.columns[property]
      if (property !== key) assignments.push(`${name} = excluded.${name}`)
    }
    return assignments.join(', ')
  }

  /** Prepares an UPDATE of some columns. @param clause selects the rows; without it, all rows */
  updater<Property extends keyof T & string>(
    properties: readonly Property[],
    clause = '',
  ): (changed: Pick<T, Property>, ...values: SqlStorageValue[]) => void {
    const assignments = properties.map((property) => `${this.columns[property].name} = ?`)
    const statement = `UPDATE ${this.#name} SET ${assignments.join(', ')} ${clause}`
    return (changed, ...values) => {
      const assigned = properties.map((property) => this.columns[property].toSql(changed[property]))
      this.sql.exec(statement, ...assigned, ...values)
    }
  }

  delete(clause: string, ...values: SqlStorageValue[]): void {
    this.sql.exec(`DELETE FROM ${this.#name} ${clause}`, ...values)
  }

  /** Deletes rows. @returns the deleted rows */
  remove(clause: string, ...values: SqlStorageValue[]): T[] {
    const statement = `DELETE FROM ${this.#name} ${clause} RETURNING ${listNames(this.columns)}`
    const rows = this.sql.exec<StoredRow>(statement, ...values).toArray()
    return rows.map((stored) => this.parse(stored))
  }

  #values(row: T): SqlStorageValue[] {
    return this.properties.map((property) => this.columns[property].toSql(row[property]))
  }
}
