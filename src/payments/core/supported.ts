/** Which payments this release knows the rules of. Pure. */
import { isWalletType } from '../../wallets/core/wallet'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from './payment'

interface StoredPayment {
  readonly status: string
  readonly method: string
  readonly walletType: string
}

/**
 * A payment whose status, method or wallet only a later release knows is shown as it is stored: this
 * release neither polls, credits nor updates it.
 */
export const isSupportedPayment = ({ status, method, walletType }: StoredPayment): boolean =>
  PAYMENT_STATUSES.some((known) => known === status) &&
  PAYMENT_METHODS.some((known) => known === method) &&
  isWalletType(walletType)
