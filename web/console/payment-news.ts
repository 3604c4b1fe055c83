/** Result of a payment, in words. Pure. */
import type { Problem } from '../../client/client'
import type { Call, Payment } from './model'
import { printNaira, WALLET_NAMES } from '../shared/print'

export interface News {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly title: string
  readonly text: string
  /** Command that helps now. */
  readonly action: 'retry' | 'verify' | undefined
}

const FAILURES: Readonly<Record<string, readonly [title: string, text: string]>> = {
  declined: ['Payment declined', 'The bank declined it. Nothing was credited.'],
  cancelled_by_customer: ['Payment cancelled', 'You cancelled it. Nothing was credited.'],
  abandoned_by_customer: ['Payment not completed', 'You left the checkout. Nothing was credited.'],
  checkout_expired: ['Checkout expired', 'It was not paid in time. Nothing was credited.'],
  reversed: ['Payment reversed', 'Monnify took the money back.'],
}

const isFailure = ({ status }: Payment): boolean =>
  status === 'failed' || status === 'cancelled' || status === 'expired'

/** Reports whether a later call makes the news of a credit obsolete. */
export const isOldNews = (
  { status, completed_at }: Payment,
  calls: readonly Pick<Call, 'created_at'>[],
): boolean =>
  status === 'completed' &&
  completed_at !== null &&
  calls.some(({ created_at }) => created_at > completed_at)

/** @param verified outcome of the last query of Monnify; undefined if none was necessary */
export function newsOf(payment: Payment, verified?: Pick<Problem, 'code'> | 'ok'): News {
  const { status, amount, amount_paid, wallet, failure_reason } = payment
  const paid = printNaira(amount_paid)
  if (status === 'completed') {
    const text = `to ${WALLET_NAMES[wallet].toLowerCase()}.`
    return { tone: 'good', title: `${paid} credited`, text, action: undefined }
  }
  if (isFailure(payment)) {
    const [title, text] = FAILURES[failure_reason ?? ''] ?? [
      'Payment failed',
      'Nothing was credited.',
    ]
    return { tone: 'bad', title, text, action: 'retry' }
  }
  if (amount_paid > 0) {
    const text = `of ${printNaira(amount)}; the rest has not arrived.`
    return { tone: 'warn', title: `${paid} credited`, text, action: 'verify' }
  }
  const isQueryFailed = verified !== undefined && verified !== 'ok'
  const reason = isQueryFailed ? 'Monnify did not respond.' : 'Monnify has not confirmed it yet.'
  const text = `${reason} The service queries it again automatically.`
  return { tone: 'warn', title: `${printNaira(amount)} not confirmed yet`, text, action: 'verify' }
}
