/**
 * Compares the lines of a settlement with the payments and the wallets' entries. A line is matched if its payment exists,
 * no other line has its transaction, and the amount paid is the amount that the wallet credited. Pure.
 */
import { addKobo, type Kobo, subtractKobo } from '../../../common/money'
import { addDays, lagosDay, lagosDayStart, lagosWeekday } from '../../../common/text/lagos'
import { ownReference } from '../../../payments/core/references'
import type { Entry } from '../../../wallets/core/ledger'
import { attemptEntryPrefix } from '../../../wallets/core/payment-commands'
import { returnedKobo, returnsOf } from '../../../wallets/core/returned-money'

/** `received`: the list is not read yet. `imported`: some lines are not decided yet. */
export const SETTLEMENT_STATES = ['received', 'imported', 'matched', 'differs'] as const
export type SettlementState = (typeof SETTLEMENT_STATES)[number]

/**
 * `open`: not decided yet. `foreign`: no payment has the transaction. `doubled`: an earlier line has the same
 * transaction. `short`: the amounts differ from what was credited.
 */
const LINE_OUTCOMES = ['open', 'matched', 'foreign', 'doubled', 'short'] as const
export type LineOutcome = (typeof LINE_OUTCOMES)[number]

export interface SettledLine {
  readonly transactionReference: string
  readonly paymentReference: string
  readonly amountPaidKobo: Kobo
  readonly netKobo: Kobo | null
  readonly feeKobo: Kobo | null
}

export interface SettledPayment {
  readonly uuid: string
  /** Without the suffix of an attempt. */
  readonly reference: string
}

/** Facts about a line, as of one instant. */
export interface LineFacts {
  readonly payment: SettledPayment | undefined
  /** Entries of the payment, in the order of the ledger. Projected entries may be late. */
  readonly entries: readonly Entry[]
  /** Whether an earlier line, of this or another settlement, has the transaction. */
  readonly isRepeated: boolean
  /** Whether the projection of the wallet's entries is still awaited. */
  readonly isEarly: boolean
}

/** Fee of a line: the amount paid less the settled amount. */
export const feeOf = (amountPaidKobo: Kobo, netKobo: Kobo | null): Kobo | null =>
  netKobo === null ? null : subtractKobo(amountPaidKobo, netKobo)

/** Decides a line. A difference is decided only once the entries are no longer awaited. */
export function matchLine(
  line: SettledLine,
  { payment, entries, isRepeated, isEarly }: LineFacts,
): LineOutcome {
  if (isRepeated) return 'doubled'
  if (!payment) return 'foreign'
  if (isPlausible(line) && amountsOf(line, payment, entries).includes(line.amountPaidKobo))
    return 'matched'
  return isEarly && isPlausible(line) ? 'open' : 'short'
}

/** The settled amount and the fee add up to the amount paid, and the fee is not negative. */
const isPlausible = ({ amountPaidKobo, netKobo, feeKobo }: SettledLine): boolean =>
  (netKobo === null && feeKobo === null) ||
  (netKobo !== null &&
    feeKobo !== null &&
    feeKobo >= 0 &&
    subtractKobo(amountPaidKobo, netKobo) === feeKobo)

/**
 * Amounts that the gateway may report as paid: the credit under the line's reference and, because the gateway may deduct
 * refunds from a payment, what was left of it after each return.
 */
function amountsOf(
  { paymentReference }: SettledLine,
  { uuid: paymentUuid }: SettledPayment,
  entries: readonly Entry[],
): Kobo[] {
  const attempt = { paymentUuid, reference: paymentReference }
  const credited = creditedKobo(attempt, entries)
  if (credited === 0) return []
  const returns = returnsOf(attempt, entries)
  const left = returns.map((_, index) =>
    subtractKobo(credited, returnedKobo(returns.slice(0, index + 1))),
  )
  return [credited, ...left]
}

/** Amount that the wallet credited under the reference of an attempt, before refunds and reversals. */
export function creditedKobo(
  attempt: { readonly paymentUuid: string; readonly reference: string },
  entries: readonly Pick<Entry, 'kind' | 'reference' | 'amountKobo'>[],
): Kobo {
  const prefix = attemptEntryPrefix(attempt)
  const credits = entries.filter(
    ({ kind, reference }) =>
      (kind === 'top_up' || kind === 'surplus') && reference.startsWith(prefix),
  )
  return addKobo(...credits.map(({ amountKobo }) => amountKobo))
}

/** Lines whose transaction an earlier line of the same list has, in any letter case. */
export function repeatsOf(
  lines: readonly Pick<SettledLine, 'transactionReference'>[],
): Set<number> {
  const seen = new Set<string>()
  const repeats = new Set<number>()
  for (const [index, { transactionReference }] of lines.entries()) {
    const name = transactionReference.toLowerCase()
    if (seen.has(name)) repeats.add(index)
    seen.add(name)
  }
  return repeats
}

/** The payment's own reference in a line. */
export const paymentOf = ({ paymentReference }: Pick<SettledLine, 'paymentReference'>): string =>
  ownReference(paymentReference)

/** Totals of a settlement, as its event reports them. */
export interface SettlementTotals {
  readonly amountKobo: Kobo | null
  readonly expectedLines: number | null
}

/** Returns how the lines differ from the settlement as a whole, or `undefined`. */
export function differenceOf(
  { amountKobo, expectedLines }: SettlementTotals,
  lines: { readonly count: number; readonly netKobo: Kobo; readonly withoutNet: number },
): string | undefined {
  if (expectedLines !== null && expectedLines !== lines.count)
    return `the event has ${expectedLines} transactions, and the gateway lists ${lines.count}`
  if (amountKobo !== null && lines.withoutNet === 0 && amountKobo !== lines.netKobo)
    return `the event has ${amountKobo} kobo, and the listed transactions have ${lines.netKobo}`
  return undefined
}

/** Least age at which a payment without a settlement is an exception. */
export const UNSETTLED_AFTER_MS = 2 * 86_400_000

/** Days from each day of the week to the next working day, from Sunday on. */
const DAYS_TO_WORK = [1, 1, 1, 1, 1, 3, 2]

/**
 * Time from which a payment without a settlement is an exception: two days after its completion, but not before the
 * end of the next working day in Lagos. The gateway settles at 10 p.m. on the same or the next working day. A later
 * payment is never due earlier.
 */
export function settlementDueMs(completedAtMs: number): number {
  const workingDay = addDays(
    lagosDay(completedAtMs),
    DAYS_TO_WORK[lagosWeekday(completedAtMs)] ?? 1,
  )
  return Math.max(completedAtMs + UNSETTLED_AFTER_MS, lagosDayStart(addDays(workingDay, 1)))
}
