/** Duration that an amount buys. Pure. */
import type { Kobo } from '../../common/money'
import { costKobo, openingHoldKobo, type Rate } from '../../wallets/core/metering'

/** Longest duration that is computed: a year. At a price of zero, there would be no end. */
export const MAX_SECONDS = 365 * 86_400

/**
 * Whole seconds of one call that an amount pays for. Zero if it does not cover the first minute, because the call could
 * not start. A cost never decreases with the duration, so a binary search is exact.
 */
export function affordableSeconds(rate: Rate, amountKobo: Kobo): number {
  if (amountKobo < openingHoldKobo(rate)) return 0
  let paid = 0
  let unpaid = MAX_SECONDS + 1
  while (unpaid - paid > 1) {
    const middle = Math.floor((paid + unpaid) / 2)
    if (costKobo(rate, middle) <= amountKobo) paid = middle
    else unpaid = middle
  }
  return paid
}
