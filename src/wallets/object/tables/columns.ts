/**
 * Columns of the wallet object's tables. A table has one map from the properties of its rows to columns;
 * its statements, the stored values and the parsed rows follow from that map.
 */
import { type Kobo, kobo as toKobo } from '../../../common/money'

export interface Column<T> {
  readonly name: string
  readonly toSql: (value: T) => SqlStorageValue
  readonly fromSql: (stored: SqlStorageValue | undefined) => T
}

export type Columns<T> = { readonly [Property in keyof T]: Column<T[Property]> }

/** The value is left out of the message: it may be personal data. */
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

/** Throws for an amount that is not a whole number. */
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
 * A word of a set that a later release may have extended. An unknown word is kept as stored: the core
 * checks a word before it relies on it (`isMetered`, `isKnownKind`, `isWalletType`).
 */
export const word = <T extends string>(name: string): Column<T> => ({
  name,
  toSql: (value) => value,
  fromSql: (stored) => textIn(name, stored) as T,
})

/** An object whose properties a later release may have extended. They are kept; the core checks them. */
export const json = <T extends object>(name: string): Column<T> => ({
  name,
  toSql: (value) => JSON.stringify(value),
  fromSql: (stored) => {
    const value: unknown = JSON.parse(textIn(name, stored))
    return typeof value === 'object' && value !== null ? (value as T) : mismatch(name, value)
  },
})
