/** What the console reads of the service's answers. */
export interface User {
  readonly email: string
  readonly first_name: string | null
}

export type WalletType = 'primary' | 'call_credits'

export interface Wallet {
  readonly uuid: string
  readonly type: WalletType
  readonly balance: number
  readonly held: number
}

export interface Payment {
  readonly uuid: string
  readonly amount: number
  readonly amount_paid: number
  readonly status: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled' | 'expired'
  readonly method: 'monnify' | 'wallet'
  readonly wallet: WalletType
  readonly payment_reference: string
  readonly checkout_url: string | null
  readonly failure_reason: string | null
  readonly created_at: string
}

export interface Rate {
  readonly id: string
  readonly version: number
  readonly kobo_per_minute: number
  readonly unit_kobo: number
  readonly minimum_seconds: number
  readonly increment_seconds: number
  readonly setup_kobo: number
  readonly steps: 'from_zero' | 'after_minimum'
}

export interface Call {
  readonly uuid: string
  readonly recipient_phone: string
  readonly recipient_name: string | null
  readonly type: 'audio' | 'video'
  readonly status: 'initiated' | 'ringing' | 'answered' | 'completed' | 'failed' | 'cancelled'
  readonly cost: number
  readonly created_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly must_end_by: string | null
  readonly duration_seconds: number | null
  readonly end_reason: string | null
  readonly rate_per_minute: number
  readonly rate: Rate
  readonly charge: { readonly formula: string } | null
}

export interface CallEvent {
  readonly type: 'state' | 'answered' | 'horizon_moved' | 'low_credit' | 'ended'
  readonly at: string
  readonly seconds_left: number | null
  readonly call: Call
}

export interface Transaction {
  readonly seq: number
  readonly kind: string
  readonly amount: number
  readonly balance: number
  readonly source_uuid: string
  readonly recipient_phone: string | null
  readonly recipient_name: string | null
  readonly created_at: string
  readonly hash: string
}

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
