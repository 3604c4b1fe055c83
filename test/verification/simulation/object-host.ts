/**
 * Host of one object: its database, its alarm and its running instance. The database is Node's own SQLite, and
 * stricter than the platform: each transaction, and each statement outside of one, is committed separately, so
 * that two steps of the object can be torn apart.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Faults } from './faults'
import type { ServerSocket } from './rooms/sockets'

interface Instance<T> {
  object: T | undefined
  ready: Promise<unknown>
  isAlive: boolean
}
type Build<T> = (ctx: DurableObjectState) => T

const isRead = (query: string): boolean => /^\s*select/i.test(query)
const WRITES = /^\s*(insert|update|delete)/i

export class ObjectHost<T extends object> {
  readonly name: string
  /** Survives the instance, like the tables. */
  alarmAtMs: number | null = null
  /** Number of lost instances. */
  losses = 0
  /** Number of failed writes that the instance survived. */
  refusedWrites = 0
  /** Accepted sockets. They survive the instance, as in hibernation. */
  sockets: { readonly socket: ServerSocket; readonly tags: readonly string[] }[] = []
  readonly #build: Build<T>
  readonly #faults: Faults
  readonly #statements = new Map<string, StatementSync>()
  readonly #idle = new Map<string, StatementSync>()
  readonly #values = new Map<string, unknown>()
  #opened: DatabaseSync | undefined
  #awake: Instance<T> | undefined
  #depth = 0

  constructor(name: string, build: Build<T>, faults: Faults) {
    this.name = name
    this.#build = build
    this.#faults = faults
  }

  /** Returns the running instance, or starts one. */
  async wake(): Promise<T> {
    const instance = this.#awake ?? this.#start()
    await instance.ready
    if (!instance.object) throw new Error(`${this.name} was not built`)
    return instance.object
  }

  /** Drops the instance with everything that was not committed. */
  abort(): void {
    if (!this.#awake) return
    this.#awake.isAlive = false
    this.#awake = undefined
    this.losses += 1
    this.#depth = 0
    if (this.#opened?.isTransaction) this.#opened.exec('ROLLBACK')
  }

  close(): void {
    this.abort()
    this.#opened?.close()
  }

  /** Created on first use: many objects store only their alarm. */
  get database(): DatabaseSync {
    return (this.#opened ??= new DatabaseSync(':memory:'))
  }

  /** Reads stored rows without a storage call of the object. */
  rows(query: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#prepared(query).all(...values)
  }

  #prepared(query: string): StatementSync {
    let statement = this.#statements.get(query)
    if (!statement) this.#statements.set(query, (statement = this.database.prepare(query)))
    return statement
  }

  #start(): Instance<T> {
    const instance: Instance<T> = { object: undefined, ready: Promise.resolve(), isAlive: true }
    this.#awake = instance
    const touch = () => {
      if (!instance.isAlive) throw this.#faults.lost('an object that is gone goes on')
      if (!this.#faults.abortsStorageCall()) return
      this.abort()
      throw this.#faults.lost('the object was aborted')
    }
    const ctx = {
      id: { name: this.name },
      storage: this.#storage(touch, () => instance.isAlive),
      getWebSockets: (tag?: string) =>
        this.sockets
          .filter(({ tags }) => tag === undefined || tags.includes(tag))
          .map(({ socket }) => socket),
      acceptWebSocket: (socket: ServerSocket, tags: readonly string[] = []) =>
        this.sockets.push({ socket, tags }),
      setWebSocketAutoResponse: () => {},
      getWebSocketAutoResponseTimestamp: (socket: ServerSocket) => socket.lastPing,
      blockConcurrencyWhile: (run: () => Promise<unknown>) => (instance.ready = run()),
    }
    instance.object = this.#build(ctx as unknown as DurableObjectState)
    return instance
  }

  #storage(touch: () => void, isAlive: () => boolean) {
    const exec = (query: string, ...values: SQLInputValue[]) => {
      touch()
      this.#refuseWrite(query)
      if (isRead(query)) return this.#cursor(query, values)
      const rows = this.#run(query, values)
      return { toArray: () => rows, one: () => oneOf(rows), [Symbol.iterator]: () => rows.values() }
    }
    return {
      sql: { exec },
      kv: {
        get: (key: string) => {
          touch()
          return this.#values.get(key)
        },
        put: (key: string, value: unknown) => {
          touch()
          this.#values.set(key, value)
        },
        delete: (key: string) => {
          touch()
          return this.#values.delete(key)
        },
      },
      transactionSync: <R>(run: () => R): R => {
        touch()
        const savepoint = `depth_${this.#depth++}`
        this.database.exec(`SAVEPOINT ${savepoint}`)
        try {
          const result = run()
          touch()
          this.database.exec(`RELEASE ${savepoint}`)
          this.#depth--
          return result
        } catch (error) {
          if (isAlive() && this.database.isTransaction) {
            this.database.exec(`ROLLBACK TO ${savepoint}`)
            this.database.exec(`RELEASE ${savepoint}`)
            this.#depth--
          }
          throw error
        }
      },
      getAlarm: () => {
        touch()
        return Promise.resolve(this.alarmAtMs)
      },
      setAlarm: (atMs: number) => {
        touch()
        this.alarmAtMs = atMs
        return Promise.resolve()
      },
      deleteAll: () => {
        touch()
        this.alarmAtMs = null
        this.#values.clear()
        this.#dropTables()
        return Promise.resolve()
      },
    }
  }

  #dropTables(): void {
    if (!this.#opened) return
    const tables = this.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    this.#statements.clear()
    this.#idle.clear()
    for (const { name } of tables)
      if (!String(name).startsWith('sqlite_')) this.#opened.exec(`DROP TABLE "${String(name)}"`)
  }

  #refuseWrite(query: string): void {
    if (!WRITES.test(query) || !this.#faults.refusesWrite(this.name)) return
    this.refusedWrites += 1
    throw this.#faults.lost('database or disk is full')
  }

  /** Reads row by row, as the platform does. A loop that stops early does not pay for the rest. */
  #cursor(query: string, values: SQLInputValue[]) {
    const all = () => this.#prepared(query).all(...values)
    return {
      toArray: all,
      one: () => oneOf(all()),
      [Symbol.iterator]: () => this.#each(query, values),
    }
  }

  /** A loop keeps its statement, so that another one may run the same query. */
  *#each(query: string, values: SQLInputValue[]) {
    const statement = this.#idle.get(query) ?? this.database.prepare(query)
    this.#idle.delete(query)
    try {
      yield* statement.iterate(...values)
    } finally {
      this.#idle.set(query, statement)
    }
  }

  /** The platform runs several statements at once if there are no parameters. */
  #run(query: string, values: SQLInputValue[]): Record<string, unknown>[] {
    if (values.length > 0 || isRead(query)) return this.#prepared(query).all(...values)
    this.database.exec(query)
    return []
  }
}

function oneOf(rows: Record<string, unknown>[]): Record<string, unknown> {
  const [row] = rows
  if (!row || rows.length > 1) throw new Error(`one row was expected, not ${rows.length}`)
  return row
}
