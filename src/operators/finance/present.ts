/** Converts settlements, books and service levels to JSON. Pure. */
import { type Kobo, toNairaNumber } from '../../common/money'
import type { StoredBook } from './book-store'
import type { ServiceLevels } from './levels'
import type { LineTotals, SettlementLine } from './settlements/line-store'
import type { Settlement } from './settlements/store'
import type {
  BookBody,
  LevelsBody,
  SettlementBody,
  SettlementDetailBody,
  SettlementLineBody,
} from './types'
import { toTime } from '../../common/text/time'

const nairaOrNull = (amount: Kobo | null): number | null =>
  amount === null ? null : toNairaNumber(amount)

export const presentBook = (book: StoredBook): BookBody => ({
  day: book.day,
  top_ups: toNairaNumber(book.topUpsKobo),
  charges: toNairaNumber(book.chargesKobo),
  refunds: toNairaNumber(book.refundsKobo),
  reversals: toNairaNumber(book.reversalsKobo),
  goodwill: toNairaNumber(book.goodwillKobo),
  corrections: toNairaNumber(book.correctionsKobo),
  debt_payments: toNairaNumber(book.debtPaymentsKobo),
  forfeits: toNairaNumber(book.forfeitsKobo),
  waivers: toNairaNumber(book.waiversKobo),
  other: toNairaNumber(book.otherKobo),
  fees: toNairaNumber(book.feesKobo),
  liability: toNairaNumber(book.liabilityKobo),
  in_transit: toNairaNumber(book.inTransitKobo),
  entries: book.entries,
  computed_at: toTime(book.computedAtMs),
  changes: book.changes,
  difference: toNairaNumber(book.differenceKobo),
})

export const presentSettlement = (settlement: Settlement): SettlementBody => ({
  reference: settlement.reference,
  state: settlement.state,
  amount: nairaOrNull(settlement.amountKobo),
  destination: settlement.destination,
  settled_at: toTime(settlement.settledAtMs),
  received_at: toTime(settlement.receivedAtMs),
  lines: settlement.lines,
})

const presentLine = (line: SettlementLine): SettlementLineBody => ({
  line: line.line + 1,
  transaction_reference: line.transactionReference,
  payment_reference: line.paymentReference,
  payment: line.paymentUuid,
  amount_paid: toNairaNumber(line.amountPaidKobo),
  settled_amount: nairaOrNull(line.netKobo),
  fee: nairaOrNull(line.feeKobo),
  outcome: line.outcome,
})

/** A settlement with a page of its lines. */
export interface SettlementDetail {
  readonly settlement: Settlement
  readonly totals: LineTotals
  readonly lines: readonly SettlementLine[]
  readonly nextLine: number | null
}

export const presentDetail = ({
  settlement,
  totals,
  lines,
  nextLine,
}: SettlementDetail): SettlementDetailBody => ({
  ...presentSettlement(settlement),
  paid: toNairaNumber(totals.paidKobo),
  settled: toNairaNumber(totals.netKobo),
  fees: toNairaNumber(totals.feeKobo),
  outcomes: totals.outcomes,
  items: lines.map(presentLine),
  next_line: nextLine,
})

export const presentLevels = (levels: ServiceLevels): LevelsBody => ({
  from: toTime(levels.fromMs),
  to: toTime(levels.toMs),
  credited: levels.credited,
  credited_in_time: levels.creditedInTime,
  credited_in_time_share: levels.creditedInTimeShare,
  calls: levels.calls,
  failed_calls: levels.failedCalls,
  call_set_up_share: levels.callSetUpShare,
  oldest_exception_seconds:
    levels.oldestExceptionMs === null ? null : Math.floor(levels.oldestExceptionMs / 1000),
  open_exceptions: levels.openExceptions.map(({ kind, count, oldestAtMs }) => ({
    kind,
    count,
    oldest_at: toTime(oldestAtMs),
  })),
})
