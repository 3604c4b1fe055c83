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

const progressOf = ({ started_at, ended_at }: Call): number =>
  Number(started_at !== null) + Number(ended_at !== null) * 2

/** The list as read, but for calls that are known to be further: an event may overtake a response. */
export function mergeCalls(read: readonly Call[], known: readonly Call[]): Call[] {
  const byUuid = new Map(known.map((call) => [call.uuid, call]))
  return read.map((call) => {
    const other = byUuid.get(call.uuid)
    return other && progressOf(other) > progressOf(call) ? other : call
  })
}

/** While its checkout may still be paid, or the answer to it is awaited. */
export const isUnsettled = ({ status }: Payment): boolean =>
  status === 'pending' || status === 'processing'
