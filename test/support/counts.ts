/**
 * Counts an operation's cost in the platform's billing units: requests to objects, and rows read and written in
 * objects (setting an alarm counts as one) and in D1. The figures come from the runtime's own counters.
 */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

export interface Costs {
  readonly objectRequests: number
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly d1Rows: { readonly read: number; readonly written: number } | null
}

interface Seen {
  readonly objectSql: Set<string>
  readonly d1Sql: Set<string>
  readonly d1Results: Promise<D1Result | D1Result[]>[]
  objectRequests: number
  rowsRead: number
  rowsWritten: number
  alarmsSet: number
}

const nothing = (): Seen => ({
  objectSql: new Set(),
  d1Sql: new Set(),
  d1Results: [],
  objectRequests: 0,
  rowsRead: 0,
  rowsWritten: 0,
  alarmsSet: 0,
})

let seen = nothing()
let isInstalled = false
let isCounting = false

/** Calls `listener` for every use of a method during a measurement. */
function tap(
  prototype: object,
  method: string,
  listener: (returned: never, args: never[]) => void,
): void {
  const original = Reflect.get(prototype, method) as (...args: never[]) => never
  Object.defineProperty(prototype, method, {
    configurable: true,
    value(this: unknown, ...args: never[]) {
      const returned = original.apply(this, args)
      if (isCounting) listener(returned, args)
      return returned
    },
  })
}

const prototypeOf = (value: unknown): object => Object.getPrototypeOf(value) as object

/** @returns the prototype whose `_sendOrThrow` sends every D1 query */
function d1Session(): object {
  const { dbSession } = env.DB.prepare('SELECT 1') as unknown as { dbSession: object }
  return prototypeOf(prototypeOf(dbSession))
}

type Cursor = SqlStorageCursor<Record<string, SqlStorageValue>>

/** Adds the rows that a cursor has read and written since the last call. */
function look(cursor: Cursor, last: { rowsRead: number; rowsWritten: number }): void {
  const { rowsRead, rowsWritten } = cursor
  seen.rowsRead += rowsRead - last.rowsRead
  seen.rowsWritten += rowsWritten - last.rowsWritten
  Object.assign(last, { rowsRead, rowsWritten })
}

/** Reads the counters after each use of the cursor, because only the cursor's object can read them. */
function count(cursor: Cursor): void {
  const last = { rowsRead: 0, rowsWritten: 0 }
  look(cursor, last)
  const toArray = cursor.toArray.bind(cursor)
  const one = cursor.one.bind(cursor)
  const rows = cursor[Symbol.iterator].bind(cursor)
  const looked = <T>(use: () => T) => {
    const result = use()
    look(cursor, last)
    return result
  }
  Object.assign(cursor, {
    toArray: () => looked(toArray),
    one: () => looked(one),
    *[Symbol.iterator]() {
      for (const row of { [Symbol.iterator]: rows }) yield looked(() => row)
      look(cursor, last)
    },
  })
}

/** Installs the counters once per runtime, which test files share. */
export async function installCounters(): Promise<void> {
  if (isInstalled) return
  isInstalled = true
  await runInDurableObject(env.WALLET.getByName('nobody/primary'), (_, { storage }) => {
    tap(prototypeOf(storage.sql), 'exec', (cursor, [sql = '']) => {
      count(cursor)
      seen.objectSql.add(sql)
    })
    tap(prototypeOf(storage), 'setAlarm', () => seen.alarmsSet++)
  })
  tap(prototypeOf(env.WALLET), 'getByName', () => seen.objectRequests++)
  tap(d1Session(), '_sendOrThrow', (results, [, sql]) => {
    seen.d1Results.push(results)
    for (const one of [sql].flat()) seen.d1Sql.add(one ?? '')
  })
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

async function countDuring(operation: () => Promise<unknown>): Promise<void> {
  seen = nothing()
  isCounting = true
  try {
    await operation()
  } finally {
    isCounting = false
  }
}

/** Cost of everything that runs in `operation`. */
export async function costOf(operation: () => Promise<unknown>): Promise<Costs> {
  await countDuring(operation)
  const { objectRequests, rowsRead, rowsWritten, alarmsSet, d1Results } = seen
  const d1 = (await Promise.all(d1Results)).flat()
  return {
    objectRequests,
    rowsRead,
    rowsWritten: rowsWritten + alarmsSet,
    d1Rows:
      d1.length === 0
        ? null
        : {
            read: sum(d1.map(({ meta }) => meta.rows_read)),
            written: sum(d1.map(({ meta }) => meta.rows_written)),
          },
  }
}

/** Statements that `operation` runs, in objects and in D1. */
export async function statementsOf(operation: () => Promise<unknown>) {
  await countDuring(operation)
  return { objectSql: [...seen.objectSql], d1Sql: [...seen.d1Sql] }
}
