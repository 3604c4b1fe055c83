import { isWalletType } from '../../wallets/core/wallet'
import { PAYMENT_METHODS, PAYMENT_STATUSES } from './payment'

interface StoredPayment {
  readonly status: string
  readonly method: string
  readonly walletType: string
}

/**
 * Reports whether this release knows the payment's status, method and wallet type. It shows other
 * payments as stored, and does not poll, credit or update them.
 */
export const isSupportedPayment = ({ status, method, walletType }: StoredPayment): boolean =>
  PAYMENT_STATUSES.some((known) => known === status) &&
  PAYMENT_METHODS.some((known) => known === method) &&
  isWalletType(walletType)
