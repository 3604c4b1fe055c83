/** Closes a wallet for the erasure of its user. Pure. */
import type { Kobo } from '../../common/money'
import { refuse } from '../../common/result'
import { freezeWallet } from './call-commands'
import { type Decided, decided, post } from './change'
import type { WalletState } from './wallet'

export interface Closing {
  readonly erasureUuid: string
  /** Whether the user waived the balance that is left. */
  readonly isWaived: boolean
}

/**
 * Freezes the wallet, ends its calls, waives the balance that is left, and marks the wallet as erased. A repeat waives
 * money that has arrived since. Refuses `debt_open`, `call_state_conflict` if a call of a later release is open, and
 * `balance_left` if the balance is not waived; a refusal changes nothing.
 * @returns the amount that was waived
 */
export function closeWallet(
  state: WalletState,
  { erasureUuid, isWaived }: Closing,
  nowMs: number,
): Decided<Kobo> {
  const { debtKobo } = state
  if (debtKobo > 0) return refuse({ code: 'debt_open', debtKobo })
  const frozen = freezeWallet(state, nowMs)
  if (!frozen.ok) return frozen
  const { change } = frozen.value
  const { head, openCalls } = change.state
  const [open] = openCalls
  if (open) return refuse({ code: 'call_state_conflict', status: open.status })
  const amountKobo = head.balanceKobo
  if (amountKobo > 0 && !isWaived) return refuse({ code: 'balance_left', leftKobo: amountKobo })
  const reference = `balance_waiver/${erasureUuid}/${head.seq + 1}`
  const waiver = { kind: 'balance_waiver', amountKobo, reference, sourceUuid: erasureUuid } as const
  const erasedAtMs = state.erasedAtMs ?? nowMs
  const marked = erasedAtMs === state.erasedAtMs ? change.state : { ...change.state, erasedAtMs }
  return decided(post({ ...change, state: marked }, waiver, nowMs), amountKobo)
}
