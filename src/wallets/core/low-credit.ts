/** Message to a user whose credit for calls runs low. Pure. */
import { kobo, type Kobo } from '../../common/money'
import type { NewMessage } from '../../mail/message'
import type { Entry } from './ledger'
import type { WalletName } from './wallet'

/** Five minutes at the standard tariff. */
export const LOW_CREDIT_KOBO: Kobo = kobo(50_00)

type Posted = Pick<Entry, 'seq' | 'kind' | 'amountKobo' | 'balanceKobo' | 'postedAtMs'>

/** Returns the message about the entry by which a call's charge took the balance below the limit, if there is one. */
export function lowCreditNotice(
  { userUuid, type }: WalletName,
  entries: readonly Posted[],
): NewMessage | undefined {
  if (type !== 'call_credits') return undefined
  const crossing = entries.findLast(
    ({ kind, amountKobo, balanceKobo }) =>
      kind === 'call_charge' &&
      balanceKobo < LOW_CREDIT_KOBO &&
      balanceKobo + amountKobo >= LOW_CREDIT_KOBO,
  )
  if (!crossing) return undefined
  return {
    id: `low_credit/${userUuid}/${crossing.seq}`,
    kind: 'low_credit',
    userUuid,
    recipient: null,
    facts: { left: String(crossing.balanceKobo) },
    createdAtMs: crossing.postedAtMs,
  }
}
