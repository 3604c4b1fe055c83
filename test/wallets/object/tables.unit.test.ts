/** Column maps of the wallet object's tables, on a database with the released schema. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import type { Entry } from '../../../src/wallets/core/ledger'
import type { Rate } from '../../../src/wallets/core/metering'
import { type Call, CALL_STATUSES, CALL_TYPES, END_REASONS } from '../../../src/wallets/core/wallet'
import { SCHEMA_STEPS } from '../../../src/wallets/object/tables/migrations'
import { CallTable } from '../../../src/wallets/object/tables/calls'
import { integer, json, kobo as koboColumn, text } from '../../../src/common/sql/columns'
import { EntryTable } from '../../../src/wallets/object/tables/entries'
import { CollectionTable } from '../../../src/wallets/object/tables/collections'
import { ReversalTable } from '../../../src/wallets/object/tables/reversals'
import { Table } from '../../../src/common/sql/rows'
import { TransferTable } from '../../../src/wallets/object/tables/transfers'
import { STANDARD_RATE, WITHOUT_ROOM } from '../../support/wallets'

let database: DatabaseSync

beforeEach(() => {
  database = new DatabaseSync(':memory:')
  for (const step of SCHEMA_STEPS) database.exec(step)
  return () => database.close()
})

/** The part of the platform's storage that the tables use. */
const sql = {
  exec: (query: string, ...values: SQLInputValue[]) => {
    const rows = database.prepare(query).all(...values)
    return { toArray: () => rows, [Symbol.iterator]: () => rows.values() }
  },
} as unknown as SqlStorage

const instant = fc.nat(2 ** 40)
const amount = fc.integer({ min: 1, max: 2 ** 50 }).map(kobo)
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })

/** An open call, and the same call after its end. */
const callPair = fc
  .record({
    uuid: fc.uuid(),
    recipientPhone: fc.string(),
    recipientName: orNull(fc.string()),
    type: fc.constantFrom(...CALL_TYPES),
    rate: fc.constantFrom<Rate>(STANDARD_RATE, { ...STANDARD_RATE, steps: 'after_minimum' }),
    ticket: fc.string(),
    holdKobo: amount,
    createdAtMs: instant,
    deadlineAtMs: instant,
    status: fc.constantFrom(...CALL_STATUSES),
    endReason: fc.constantFrom(...END_REASONS),
    chargeKobo: amount,
  })
  .map(({ status, endReason, chargeKobo, ...facts }): [open: Call, ended: Call] => {
    const none = {
      startedAtMs: null,
      endedAtMs: null,
      endReason: null,
      chargeKobo: null,
      ...WITHOUT_ROOM,
    }
    const open: Call = { ...facts, ...none, seq: 1, status: 'initiated' }
    return [open, { ...open, status, endReason, chargeKobo, endedAtMs: facts.createdAtMs }]
  })

const entry: fc.Arbitrary<Entry> = fc.record({
  seq: fc.integer({ min: 1, max: 2 ** 40 }),
  kind: fc.constant('transfer_in'),
  from: fc.constant('transfer'),
  to: fc.constant('wallet'),
  amountKobo: amount,
  balanceKobo: amount,
  reference: fc.uuid(),
  sourceUuid: fc.uuid(),
  postedAtMs: instant,
  previousHash: fc.string(),
  hash: fc.string(),
})

describe('a stored row is read as written', () => {
  it('of a call that is opened, answered and ended', () => {
    fc.assert(
      fc.property(callPair, ([open, ended]) => {
        database.exec('DELETE FROM calls')
        const calls = new CallTable(sql)
        calls.save(open, true, 7)
        expect(calls.open()).toEqual([open])
        const { createdAtMs } = open
        const answered: Call = { ...open, status: 'answered', startedAtMs: createdAtMs }
        calls.save(answered, false, 8)
        expect(calls.changed(7, 8)).toEqual([{ ...answered, revision: 8, closedRevision: null }])
        calls.save(ended, false, 9)
        expect(calls.byUuid(open.uuid)).toEqual(ended)
        expect(calls.open()).toEqual([])
        expect(calls.changed(8, 9)).toMatchObject([{ revision: 9, closedRevision: 9 }])
      }),
    )
  })

  it('of entries, which a prefix selects', () => {
    fc.assert(
      fc.property(entry, (posted) => {
        database.exec('SAVEPOINT one')
        const entries = new EntryTable(sql)
        entries.append(posted, 3)
        const { seq, reference, amountKobo } = posted
        expect(entries.byReference(reference)).toEqual(posted)
        expect(entries.under(reference.slice(0, 8))).toEqual([posted])
        expect(entries.posted(seq - 1, 3)).toEqual([posted])
        expect(entries.posted(seq - 1, 2)).toEqual([])
        expect(entries.creditedKobo(reference)).toBe(amountKobo)
        const page = entries.page({ limit: 5 })
        expect(page).toEqual([{ ...posted, recipientPhone: null, recipientName: null }])
        database.exec('ROLLBACK TO one')
      }),
    )
  })

  it('of transfers, reversals and collections', () => {
    const transfers = new TransferTable(sql)
    const sent = {
      uuid: 'a',
      to: 'primary',
      amountKobo: kobo(5),
      goodwillKobo: kobo(2),
      paymentUuid: 'p',
      status: 'in_transit',
    } as const
    transfers.insert(sent, 4)
    expect(transfers.inTransit()).toEqual([sent])
    transfers.markDelivered('a')
    expect(transfers.inTransit()).toEqual([])
    expect(transfers.byUuid('a')).toEqual({ ...sent, status: 'delivered' })

    const reversals = new ReversalTable(sql)
    const names = { paymentUuid: 'p', reference: 'r' }
    const reversal = { ...names, reversedKobo: kobo(3), shortfallKobo: kobo(0) }
    reversals.insert(reversal)
    expect(reversals.ofPayment('p')).toEqual([reversal])

    const collections = new CollectionTable(sql)
    const asked = { uuid: 'c', paymentUuid: 'p', amountKobo: kobo(3), status: 'open' } as const
    collections.insert(asked)
    expect(collections.open()).toEqual([asked])
    collections.markAnswered('c')
    expect(collections.open()).toEqual([])
  })
})

describe('a stored value', () => {
  const read = <T>(column: { fromSql: (stored: SqlStorageValue | undefined) => T }) =>
    column.fromSql

  it.each<[string, () => unknown]>([
    ['a number in a text column', () => read(text('phone'))(5)],
    ['a text in an integer column', () => read(integer('seq'))('+2348031234567')],
    ['null in a column without nulls', () => read(text('phone'))(null)],
    ['a missing column', () => read(integer('seq'))(undefined)],
    ['a fraction of a kobo', () => read(koboColumn('amount'))(0.5)],
    ['JSON that is not an object', () => read(json('rate'))('5')],
    ['text that is not JSON', () => read(json('rate'))('{')],
  ])('of the wrong type is rejected: %s', (_, parse) => {
    expect(parse).toThrow(Error)
  })

  it('is not in the error message', () => {
    expect(() => read(integer('seq'))('+2348031234567')).toThrow(
      'column seq contains a value of type string',
    )
  })
})

describe('the SQL statements of a table', () => {
  const statements: string[] = []
  const table = new Table(
    {
      exec: (query: string, ...values: unknown[]) => {
        statements.push(`${query} [${values.join(', ')}]`)
        return { toArray: () => [] }
      },
    } as unknown as SqlStorage,
    'keys',
    { id: integer('id'), expiresAtMs: integer('expires_at_ms') },
  )
  const row = { id: 1, expiresAtMs: 20 }

  it('name its columns', () => {
    table.all('WHERE id > ?', 0)
    table.insert(row)
    table.insertIfNew(row, 'id')
    table.upsert(row, 'id')
    const extend = table.updater(['expiresAtMs'], 'WHERE id = ?')
    extend({ expiresAtMs: 30 }, 1)
    table.remove('WHERE id = ?', 1)
    expect(statements).toEqual([
      'SELECT id, expires_at_ms FROM keys WHERE id > ? [0]',
      'INSERT INTO keys (id, expires_at_ms) VALUES (?, ?) [1, 20]',
      'INSERT INTO keys (id, expires_at_ms) VALUES (?, ?) ON CONFLICT (id) DO NOTHING RETURNING id [1, 20]',
      'INSERT INTO keys (id, expires_at_ms) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET expires_at_ms = excluded.expires_at_ms [1, 20]',
      'UPDATE keys SET expires_at_ms = ? WHERE id = ? [30, 1]',
      'DELETE FROM keys WHERE id = ? RETURNING id, expires_at_ms [1]',
    ])
  })
})
