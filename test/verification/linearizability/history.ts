/** A history: what clients asked and were told, when, and the books after all came to rest. */
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

/** What an answer showed. */
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
  /** The wallet that answers. */
  readonly wallet: WalletType
  /** What it is about: the call's or payment's uuid, or the tag of what it makes. */
  readonly about: string
  /** Why a call is ended. */
  readonly reason?: string
  readonly invokedAtMs: number
  /** `Infinity` if nobody waited for the answer. */
  readonly endedAtMs: number
  readonly outcome: 'ok' | 'refused' | 'unknown'
  readonly status?: number
  /** The word for what was refused. */
  readonly code?: string
  readonly position?: number
  readonly replayed?: boolean
  readonly shown?: Shown
}

export interface History {
  readonly limits: { readonly maxOpenCalls: number; readonly holdKobo: number }
  readonly operations: readonly Operation[]
  /** Of every user, when all is at rest. */
  readonly books: readonly Books[]
}

/** The operations of one wallet, with its books. */
export interface WalletHistory {
  readonly limits: History['limits']
  readonly operations: readonly Operation[]
  readonly books: Books
  readonly type: WalletType
}

export const isPlaced = (operation: Operation): operation is Operation & { position: number } =>
  operation.position !== undefined
