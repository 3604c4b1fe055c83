import type { Reversal } from '../../core/wallet'
import { type Columns, kobo, text } from '../../../common/sql/columns'
import { Table } from '../../../common/sql/rows'

const REVERSAL: Columns<Reversal> = {
  paymentUuid: text('payment_uuid'),
  reference: text('reference'),
  reversedKobo: kobo('taken_kobo'),
  shortfallKobo: kobo('short_kobo'),
}

export class ReversalTable {
  readonly #rows: Table<Reversal>

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'reversals', REVERSAL)
  }

  insert(reversal: Reversal): void {
    this.#rows.insert(reversal)
  }

  ofPayment(paymentUuid: string): Reversal[] {
    return this.#rows.all('WHERE payment_uuid = ?', paymentUuid)
  }
}
