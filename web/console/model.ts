/** The types that the console shows: the API's own, and the simulator's webhooks. */
import type { Call, Payment, Wallet } from '../../client/client'

export type { Call, CallEvent, Payment, Rate, Transaction, Wallet } from '../../client/client'

export type WalletType = Wallet['type']

/** A webhook as the simulator sent it, and what the service answered. */
export interface SentWebhook {
  readonly id: number
  readonly paymentReference: string
  readonly signature: string | null
  readonly answer: number
  readonly verdict: string | null
  readonly sentAtMs: number
}

export const isOpen = ({ ended_at }: Call): boolean => ended_at === null

/** While its checkout may still be paid, or the answer to it is awaited. */
export const isUnsettled = ({ status }: Payment): boolean =>
  status === 'pending' || status === 'processing'
