/**
 * The part of a wallet's balance that was given, not paid. Calls and transfers spend it first. Refunds,
 * reversals and payments of debts debit paid money first, so that goodwill never frees money for a refund.
 * Pure.
 */
import { addKobo, type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import type { Entry } from './ledger'

/** Returns the goodwill after an entry. @param entry next entry of the ledger, with the balance after it */
export function goodwillAfter(
  goodwillKobo: Kobo,
  {
    kind,
    from,
    amountKobo,
    balanceKobo,
  }: Pick<Entry, 'kind' | 'from' | 'amountKobo' | 'balanceKobo'>,
): Kobo {
  if (kind === 'goodwill' || kind === 'goodwill_in') return addKobo(goodwillKobo, amountKobo)
  if (kind === 'call_charge' || kind === 'goodwill_out')
    return maxKobo(ZERO, subtractKobo(goodwillKobo, amountKobo))
  return from === 'wallet' ? minKobo(goodwillKobo, balanceKobo) : goodwillKobo
}
