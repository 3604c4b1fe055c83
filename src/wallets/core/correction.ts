/** Corrects a balance that is wrong, such as that of a wallet that paid for a call after the line broke. Pure. */
import { refuse } from '../../common/result'
import { availableKobo, type Decided, decided, noChange, post } from './change'
import type { Adjustment } from './debt-commands'
import type { Posting } from './ledger'
import type { WalletState } from './wallet'

export interface Correction extends Adjustment {
  readonly direction: 'credit' | 'debit'
}

export const correctionReference = (uuid: string): string => `correction/${uuid}`

const KINDS = { credit: 'correction_in', debit: 'correction_out' } as const

/**
 * Credits or debits a wallet; a repeat changes nothing. A credit counts as goodwill, and pays an open debt first. A
 * debit takes available money only, so it neither uses what is held for open calls nor leaves a debt; it takes paid
 * money before goodwill. A frozen wallet is corrected too. Refuses `reference_reused` if the UUID was used with
 * another amount or direction, `not_found` if the user was erased, and `insufficient_funds`.
 * @param known entry with the reference of this correction
 */
export function correctWallet(
  state: WalletState,
  { uuid, amountKobo, direction }: Correction,
  known: Posting | undefined,
  nowMs: number,
): Decided<null> {
  const kind = KINDS[direction]
  if (known) {
    const isSame = known.kind === kind && known.amountKobo === amountKobo
    return isSame ? decided(noChange(state), null) : refuse({ code: 'reference_reused' })
  }
  if (state.erasedAtMs !== null) return refuse({ code: 'not_found' })
  const spendableKobo = availableKobo(state, nowMs)
  if (direction === 'debit' && amountKobo > spendableKobo)
    return refuse({
      code: 'insufficient_funds',
      requiredKobo: amountKobo,
      availableKobo: spendableKobo,
    })
  const reference = correctionReference(uuid)
  const posting = { kind, amountKobo, reference, sourceUuid: uuid } as const
  return decided(post(noChange(state), posting, nowMs), null)
}
