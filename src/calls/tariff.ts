/** What a call costs, by its type and destination. Pure. */
import { kobo } from '../common/money'
import type { Rate } from '../wallets/meter'

/** 10 NGN a minute, counted in whole seconds, rounded up to the whole naira. */
export const STANDARD_RATE: Rate = {
  id: 'standard-1',
  koboPerMinute: kobo(1000),
  unitKobo: kobo(100),
  minimumSeconds: 0,
  incrementSeconds: 1,
  setupKobo: kobo(0),
}

/** The rate for a new call. Every type and destination has the standard one. */
export const rateFor = (): Rate => STANDARD_RATE
