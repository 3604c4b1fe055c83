/** Types that the console shows: the API's, and the simulator's webhooks. */
import type { Call, Payment, Wallet } from '../../client/client'

export type { Call, CallEvent, Payment, Rate, Transaction, Wallet } from '../../client/client'

export type WalletType = Wallet['type']

/** Webhook that the simulator sent, with the service's response. */
export interface SentWebhook {
  readonly id: number
  readonly paymentReference: string
  readonly signature: string | null
  readonly answer: number
  readonly verdict: string | null
  readonly sentAtMs: number
}

export const isOpen = ({ ended_at }: Call): boolean => ended_at === null

const progressOf = ({ started_at, ended_at }: Call): number =>
  Number(started_at !== null) + Number(ended_at !== null) * 2

/** Merges a read list with known calls. An event may be newer than the response, so the later state wins. */
export function mergeCalls(read: readonly Call[], known: readonly Call[]): Call[] {
  const byUuid = new Map(known.map((call) => [call.uuid, call]))
  return read.map((call) => {
    const other = byUuid.get(call.uuid)
    return other && progressOf(other) > progressOf(call) ? other : call
  })
}

/** Reports whether the payment may still be completed. */
export const isUnsettled = ({ status }: Payment): boolean =>
  status === 'pending' || status === 'processing'
