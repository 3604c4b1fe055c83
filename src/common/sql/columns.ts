/**
 * Columns of an object's SQLite tables. Each table has one map from properties to columns, from which
 * its statements, stored values and parsed rows follow.
 */
import { type Kobo, kobo as toKobo } from '../money'

export interface Column<T> {
  readonly name: string
  readonly toSql: (value: T) => SqlStorageValue
  readonly fromSql: (stored: SqlStorageValue | undefined) => T
}

export type Columns<T> = { readonly [Property in keyof T]: Column<T[Property]> }

/** The message omits the value, which may be personal data. */
function mismatch(name: string, stored: unknown): never {
  throw new TypeError(
    `column ${name} contains a value of type ${stored === null ? 'null' : typeof stored}`,
  )
}

function textIn(name: string, stored: SqlStorageValue | undefined): string {
  return typeof stored === 'string' ? stored : mismatch(name, stored)
}

export const text = (name: string): Column<string> => ({
  name,
  toSql: (value) => value,
  fromSql: (stored) => textIn(name, stored),
})

export const integer = (name: string): Column<number> => ({
  name,
  toSql: (value) => value,
  fromSql: (stored) => (typeof stored === 'number' ? stored : mismatch(name, stored)),
})

/** Whole number of kobo. Throws for any other stored value. */
export const kobo = (name: string): Column<Kobo> => {
  const { fromSql } = integer(name)
  return { name, toSql: (amount) => amount, fromSql: (stored) => toKobo(fromSql(stored)) }
}

export const nullable = <T>({ name, toSql, fromSql }: Column<T>): Column<T | null> => ({
  name,
  toSql: (value) => (value === null ? null : toSql(value)),
  fromSql: (stored) => (stored === null ? null : fromSql(stored)),
})

/**
 * Word of a set that a later release may extend. Unknown words are returned as stored. The core checks a
 * word before it relies on it (`isMetered`, `isKnownKind`, `isWalletType`).
 */
export const word = <T extends string>(name: string): Column<T> => ({
  name,
  toSql: (value) => value,
  fromSql: (stored) => textIn(name, stored) as T,
})

/** Object that a later release may extend. It is returned as stored; the core checks its properties. */
export const json = <T extends object>(name: string): Column<T> => ({
  name,
  toSql: (value) => JSON.stringify(value),
  fromSql: (stored) => {
    const value: unknown = JSON.parse(textIn(name, stored))
    return typeof value === 'object' && value !== null ? (value as T) : mismatch(name, value)
  },
})
