/**
 * The part of a wallet's balance that was given, not paid. Calls and transfers spend it first. Refunds,
 * reversals, payments of debts and debits by correction debit paid money first, so that goodwill never frees
 * money for a refund.
 *
 * A credit by correction counts as goodwill. It does not say whether the money that was wrongly taken had been
 * paid or given; as paid money, it could turn spent goodwill into a refund.
 * Pure.
 */
import { addKobo, type Kobo, maxKobo, minKobo, subtractKobo, ZERO } from '../../common/money'
import type { Entry, PostingKind } from './ledger'

const GIVING_KINDS = new Set<PostingKind>(['goodwill', 'goodwill_in', 'correction_in'])

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
  if (GIVING_KINDS.has(kind)) return addKobo(goodwillKobo, amountKobo)
  if (kind === 'call_charge' || kind === 'goodwill_out')
    return maxKobo(ZERO, subtractKobo(goodwillKobo, amountKobo))
  return from === 'wallet' ? minKobo(goodwillKobo, balanceKobo) : goodwillKobo
}
