/** The rule for credit that runs low, and the message to its user. Pure. */
import { kobo, type Kobo } from '../../common/money'
import type { NewMessage } from '../../mail/message'
import type { Entry } from './ledger'
import type { WalletName, WalletType } from './wallet'

/** Five minutes at the standard tariff. */
export const LOW_CREDIT_KOBO: Kobo = kobo(50_00)

type Posted = Pick<Entry, 'seq' | 'kind' | 'amountKobo' | 'balanceKobo' | 'postedAtMs'>

/** Returns the last entry by which a call's charge took the balance below the limit, if there is one. */
export function lowCreditEntry<T extends Posted>(
  type: WalletType,
  entries: readonly T[],
): T | undefined {
  if (type !== 'call_credits') return undefined
  return entries.findLast(
    ({ kind, amountKobo, balanceKobo }) =>
      kind === 'call_charge' &&
      balanceKobo < LOW_CREDIT_KOBO &&
      balanceKobo + amountKobo >= LOW_CREDIT_KOBO,
  )
}

export function lowCreditNotice(
  { userUuid, type }: WalletName,
  entries: readonly Posted[],
): NewMessage | undefined {
  const crossing = lowCreditEntry(type, entries)
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
