/** Compares the projection with the auditor's books: it is never wrong, and complete at rest. */
import { callColumns, entryColumns, uuidOf } from './stored-wallet'
import { hold, Violation } from './violation'
import type { WalletModel } from './wallet-model'

type Row = Record<string, unknown>

interface Database {
  rows(query: string, ...values: (string | number)[]): Row[]
}

function same(where: string, row: Row | undefined, expected: Row): void {
  for (const [column, value] of Object.entries(expected))
    if (row?.[column] !== value)
      throw new Violation(
        `${where} in D1: ${column} is ${String(row?.[column])}, not ${String(value)}`,
      )
}

/** Revisions of projected rows, which never decrease. */
export class ProjectionWatch {
  readonly #changes = new Map<string, number>()

  check(d1: Database): void {
    const rows = d1.rows(
      'SELECT uuid, change FROM wallets UNION ALL SELECT uuid, change FROM call_sessions',
    )
    for (const { uuid, change } of rows as { uuid: string; change: number }[]) {
      const before = this.#changes.get(uuid) ?? 0
      hold(change >= before, () => `an older copy of ${uuid} replaced a newer one in D1`)
      this.#changes.set(uuid, change)
    }
  }
}

/** Checks that every projected entry equals the ledger's; with `isQuiet`, that all are projected. */
export function checkProjection(d1: Database, wallet: WalletModel, isQuiet: boolean): void {
  const uuid = uuidOf(wallet)
  const where = `wallet ${wallet.userUuid}/${wallet.type}`
  const [head] = d1.rows('SELECT * FROM wallets WHERE uuid = ?', uuid)
  const copied = d1.rows('SELECT * FROM transactions WHERE wallet_uuid = ? ORDER BY seq', uuid)
  for (const row of copied) {
    const entry = wallet.entries[Number(row['seq']) - 1]
    const columns = entry && entryColumns(entry, row['previous_hash'] as string)
    same(`${where}, entry ${String(row['seq'])}`, row, columns ?? { seq: null })
  }
  if (!isQuiet || !wallet.exists) return
  same(where, head, {
    posted_kobo: wallet.postedKobo,
    entry_seq: wallet.entries.length,
    change: wallet.change,
  })
  hold(copied.length === wallet.entries.length, () => `${where}: ${copied.length} entries in D1`)
  const calls = d1.rows('SELECT * FROM call_sessions WHERE wallet_uuid = ?', uuid)
  hold(calls.length === wallet.calls.length, () => `${where}: ${calls.length} calls in D1`)
  for (const row of calls) {
    const call = wallet.callByUuid.get(row['uuid'] as string)
    same(`${where}, call`, row, call ? callColumns(call) : { uuid: null })
  }
}
