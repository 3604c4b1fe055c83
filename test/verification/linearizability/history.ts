/** A history: requests and responses with their times, and the books at rest. */
import type { Books } from '../books/books.ts'
import type {
  CallRecord,
  LedgerEntry,
  PaymentRecord,
  WalletRecord,
  WalletType,
} from '../books/records.ts'

export type OperationKind =
  | 'start'
  | 'answer'
  | 'end'
  | 'pay'
  | 'verify'
  | 'transfer'
  | 'wallet'
  | 'call'
  | 'calls'
  | 'ledger'

/** Content of a response. */
export interface Shown {
  readonly call?: CallRecord
  readonly calls?: readonly CallRecord[]
  readonly wallet?: WalletRecord
  readonly entries?: readonly LedgerEntry[]
  readonly payment?: PaymentRecord
}

export interface Operation {
  readonly id: number
  readonly client: number
  readonly user: string
  readonly kind: OperationKind
  /** Wallet of the response. */
  readonly wallet: WalletType
  /** UUID of the call or payment, or the tag of a new one. */
  readonly about: string
  /** End reason of a call. */
  readonly reason?: string
  readonly invokedAtMs: number
  /** `Infinity` if the request was aborted. */
  readonly endedAtMs: number
  readonly outcome: 'ok' | 'refused' | 'unknown'
  readonly status?: number
  /** Code of a refusal. */
  readonly code?: string
  readonly position?: number
  readonly replayed?: boolean
  readonly shown?: Shown
}

export interface History {
  readonly limits: { readonly maxOpenCalls: number; readonly holdKobo: number }
  readonly operations: readonly Operation[]
  /** Books of every user, at rest. */
  readonly books: readonly Books[]
}

/** Operations of one wallet, with its books. */
export interface WalletHistory {
  readonly limits: History['limits']
  readonly operations: readonly Operation[]
  readonly books: Books
  readonly type: WalletType
}

export const isPlaced = (operation: Operation): operation is Operation & { position: number } =>
  operation.position !== undefined
