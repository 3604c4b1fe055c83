import type { Transfer } from '../../core/wallet'
import { type Columns, integer, kobo, nullable, text, word } from '../../../common/sql/columns'
import { Selection, Table } from '../../../common/sql/rows'

const TRANSFER: Columns<Transfer> = {
  uuid: text('uuid'),
  to: word('to_type'),
  amountKobo: kobo('amount_kobo'),
  goodwillKobo: kobo('goodwill_kobo'),
  paymentUuid: nullable(text('payment_uuid')),
  status: word('status'),
}

/** Transfer with the revision that debited it. */
interface TransferRow extends Transfer {
  readonly revision: number
}

const TRANSFER_ROW: Columns<TransferRow> = { ...TRANSFER, revision: integer('change') }

export class TransferTable {
  readonly #rows: Table<TransferRow>
  readonly #mark
  readonly #transfers: Selection<Transfer>

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'transfers', TRANSFER_ROW)
    this.#mark = this.#rows.updater(['status'], 'WHERE uuid = ?')
    this.#transfers = new Selection(sql, 'transfers', TRANSFER)
  }

  insert(transfer: Transfer, revision: number): void {
    this.#rows.insert({ ...transfer, revision })
  }

  byUuid(uuid: string): Transfer | undefined {
    return this.#transfers.first('WHERE uuid = ?', uuid)
  }

  all(): Transfer[] {
    return this.#transfers.all()
  }

  inTransit(): Transfer[] {
    return this.#transfers.all("WHERE status = 'in_transit' ORDER BY uuid")
  }

  markDelivered(uuid: string): void {
    this.#mark({ status: 'delivered' }, uuid)
  }
}
