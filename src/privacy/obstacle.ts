/** Reasons for which an account cannot be erased yet. Pure. */
import { addKobo, type Kobo } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import type { RetrySchedule } from '../common/next-attempt'

/** Attempts never end, because an operator resolves the obstacle. */
export const ERASURE_RETRIES: RetrySchedule = {
  firstMs: 3_600_000,
  longestMs: 24 * 3_600_000,
  attempts: Infinity,
}

export interface Standing {
  readonly isFrozen: boolean
  readonly openPayments: number
  readonly openRefunds: number
  readonly wallets: readonly { readonly postedKobo: Kobo; readonly debtKobo: Kobo }[]
}

/**
 * Refuses `debt_open`, and `balance_left` unless the balance is waived. A waived balance may still change until the
 * wallets are closed.
 */
export function checkBalances(
  wallets: Standing['wallets'],
  { waivesBalance }: { readonly waivesBalance: boolean },
): Result<null> {
  const debtKobo = addKobo(...wallets.map((wallet) => wallet.debtKobo))
  if (debtKobo > 0) return refuse({ code: 'debt_open', debtKobo })
  const leftKobo = addKobo(...wallets.map(({ postedKobo }) => postedKobo))
  return leftKobo === 0 || waivesBalance ? ok(null) : refuse({ code: 'balance_left', leftKobo })
}

/** @returns the first obstacle, for an operator; `undefined` if there is none */
export function obstacleTo(
  { isFrozen, openPayments, openRefunds, wallets }: Standing,
  erasure: { readonly waivesBalance: boolean },
): string | undefined {
  if (isFrozen) return 'the user is frozen or disabled'
  if (openPayments > 0) return `${openPayments} payments are open`
  if (openRefunds > 0) return `${openRefunds} refunds are undecided`
  const balances = checkBalances(wallets, erasure)
  return balances.ok ? undefined : balances.refusal.code
}
