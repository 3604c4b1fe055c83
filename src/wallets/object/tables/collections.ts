import type { Collection } from '../../core/wallet'
import { type Columns, kobo, text, word } from '../../../common/sql/columns'
import { Table } from '../../../common/sql/rows'

const COLLECTION: Columns<Collection> = {
  uuid: text('uuid'),
  paymentUuid: text('payment_uuid'),
  amountKobo: kobo('amount_kobo'),
  status: word('status'),
}

export class CollectionTable {
  readonly #rows: Table<Collection>
  readonly #mark
  readonly #markAll

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'collections', COLLECTION)
    this.#mark = this.#rows.updater(['status'], 'WHERE uuid = ?')
    this.#markAll = this.#rows.updater(['status'], "WHERE status = 'open'")
  }

  insert(collection: Collection): void {
    this.#rows.insert(collection)
  }

  open(): Collection[] {
    return this.#rows.all("WHERE status = 'open'")
  }

  markAnswered(uuid: string): void {
    this.#mark({ status: 'answered' }, uuid)
  }

  /** Closes all requests, because the debt is paid. */
  closeAll(): void {
    this.#markAll({ status: 'answered' })
  }
}
