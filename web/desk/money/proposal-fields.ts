/** Body of a proposal from the fields of its form. Pure. */
import type { WalletBody } from '../../../src/operators/desk-types'
import type { ProposalKind } from '../../../src/operators/proposals/table'
import { parseAmount } from '../base/print'

export interface Fields {
  readonly amount: string
  readonly reason: string
  readonly wallet: string
  readonly direction: string
  readonly method: string
  readonly account_number: string
  readonly bank_code: string
}

export interface MoneyProps extends Subject {
  readonly wallets?: readonly WalletBody[]
  /** Amount of the payment. */
  readonly paid?: number | null
  readonly onChanged: () => void
}

export const NO_FIELDS: Fields = {
  amount: '',
  reason: '',
  wallet: 'call_credits',
  direction: 'credit',
  method: 'monnify',
  account_number: '',
  bank_code: '',
}

export interface Subject {
  readonly kind: ProposalKind
  /** UUID of the customer; not for a refund. */
  readonly user?: string
  /** Reference of the payment; only for a refund. */
  readonly payment?: string
}

/** A malformed amount is sent as text, so that the service names the error. */
const amountOf = (text: string): number | string => parseAmount(text) ?? text

export function bodyOf({ kind, user, payment }: Subject, fields: Fields): object {
  const shared = { kind, amount: amountOf(fields.amount), reason: fields.reason.trim() }
  if (kind !== 'refund') {
    const direction = kind === 'correction' && { direction: fields.direction }
    return { ...shared, user, wallet: fields.wallet, ...direction }
  }
  const { account_number, bank_code, method } = fields
  const destination = (account_number || bank_code) && {
    destination: { account_number: account_number.trim(), bank_code: bank_code.trim() },
  }
  return { ...shared, payment, method, ...destination }
}
