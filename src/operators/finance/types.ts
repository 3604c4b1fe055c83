/** JSON that the routes of finance return, for the pages of the back office. Amounts are in NGN, times in RFC 3339. */

/** Item of `GET /operator/finance/books`. docs/finance.md defines each amount. */
export interface BookBody {
  /** Calendar day in Lagos. */
  readonly day: string
  readonly top_ups: number
  readonly charges: number
  readonly refunds: number
  readonly reversals: number
  readonly goodwill: number
  readonly corrections: number
  readonly debt_payments: number
  readonly forfeits: number
  readonly waivers: number
  readonly other: number
  readonly fees: number
  /** Owed to customers at the end of the day. */
  readonly liability: number
  readonly in_transit: number
  readonly entries: number
  readonly computed_at: string
  /** Number of times that a later computation changed the book. */
  readonly changes: number
  /** Projected wallets less the liability; 0 unless entries are missing. */
  readonly difference: number
}

export interface BooksBody {
  readonly books: readonly BookBody[]
}

/** Item of `GET /operator/finance/settlements`. */
export interface SettlementBody {
  readonly reference: string
  readonly state: 'received' | 'imported' | 'matched' | 'differs'
  /** Null if no event announced it. */
  readonly amount: number | null
  readonly destination: string | null
  readonly settled_at: string
  readonly received_at: string
  /** Number of lines that were read. */
  readonly lines: number
}

export interface SettlementsBody {
  readonly settlements: readonly SettlementBody[]
  readonly next: string | null
}

export interface SettlementLineBody {
  /** From 1. */
  readonly line: number
  readonly transaction_reference: string
  readonly payment_reference: string
  readonly payment: string | null
  readonly amount_paid: number
  readonly settled_amount: number | null
  readonly fee: number | null
  readonly outcome: 'open' | 'matched' | 'foreign' | 'doubled' | 'short'
}

/** `GET /operator/finance/settlements/{reference}` */
export interface SettlementDetailBody extends SettlementBody {
  readonly paid: number
  readonly settled: number
  readonly fees: number
  readonly outcomes: Readonly<Record<SettlementLineBody['outcome'], number>>
  /** A page of lines. */
  readonly items: readonly SettlementLineBody[]
  /** First line of the next page; null on the last page. */
  readonly next_line: number | null
}

/** `GET /operator/finance/levels` */
export interface LevelsBody {
  readonly from: string
  readonly to: string
  readonly credited: number
  readonly credited_in_time: number
  /** From 0 to 1; null without a payment. */
  readonly credited_in_time_share: number | null
  readonly calls: number
  readonly failed_calls: number
  /** From 0 to 1; null without a call. */
  readonly call_set_up_share: number | null
  /** Age of the oldest exception that is not resolved, in seconds. */
  readonly oldest_exception_seconds: number | null
  readonly open_exceptions: readonly {
    readonly kind: string
    readonly count: number
    readonly oldest_at: string
  }[]
}
