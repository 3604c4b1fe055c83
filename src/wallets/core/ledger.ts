/**
 * The wallet's ledger: double entry and append-only. The seal of an entry is the SHA-256 of its content
 * and of the previous seal. The posted balance is the sum of all entries.
 * Pure and synchronous, so that an entry is sealed inside the transaction that writes it.
 */
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../common/money.ts'
import { sha256Hex } from '../../common/sha256'

/** Each posting moves money from one account to another, so the sum of all accounts is zero. */
export type Account =
  | 'gateway'
  | 'wallet'
  | 'transfer'
  | 'revenue'
  | 'refund'
  | 'goodwill'
  | 'debt'
  | 'waived'
  | 'corrections'

/**
 * Accounts of each kind of posting. `transfer` is money in transit between two wallets, and `refund` is money
 * on its way to the payer. `goodwill` is money that the service gave. `debt` is money that the user owes: its
 * balance is the debt as a negative amount. `waived` is money that erased users had waived. `corrections` is money
 * that operators credited or debited because a wallet was wrong.
 */
export const POSTING_KINDS = {
  top_up: { from: 'gateway', to: 'wallet' },
  surplus: { from: 'gateway', to: 'wallet' },
  reversal: { from: 'wallet', to: 'gateway' },
  transfer_out: { from: 'wallet', to: 'transfer' },
  transfer_in: { from: 'transfer', to: 'wallet' },
  call_charge: { from: 'wallet', to: 'revenue' },
  /** Money held for a refund that the service orders. */
  refund: { from: 'wallet', to: 'refund' },
  refund_paid: { from: 'refund', to: 'gateway' },
  refund_returned: { from: 'refund', to: 'wallet' },
  /** A paid refund that the payer's bank returned. */
  refund_bounced: { from: 'gateway', to: 'refund' },
  /** A refund that the service did not order, such as one from the gateway's dashboard. */
  gateway_refund: { from: 'wallet', to: 'gateway' },
  /** Part of a reversal or refund that the wallet could not pay. */
  debt: { from: 'debt', to: 'gateway' },
  debt_payment: { from: 'wallet', to: 'debt' },
  debt_waiver: { from: 'goodwill', to: 'debt' },
  /** A debt of the user's other wallet, which this wallet owes from now on. */
  debt_taken_over: { from: 'debt', to: 'transfer' },
  goodwill: { from: 'goodwill', to: 'wallet' },
  goodwill_out: { from: 'wallet', to: 'transfer' },
  goodwill_in: { from: 'transfer', to: 'wallet' },
  balance_waiver: { from: 'wallet', to: 'waived' },
  correction_in: { from: 'corrections', to: 'wallet' },
  correction_out: { from: 'wallet', to: 'corrections' },
} as const satisfies Record<string, { from: Account; to: Account }>

export type PostingKind = keyof typeof POSTING_KINDS

export const POSTING_KIND_NAMES = Object.keys(POSTING_KINDS) as [PostingKind, ...PostingKind[]]

/** Reports whether this release knows the kind. A later release may have posted others. */
export const isKnownKind = (kind: string): kind is PostingKind => Object.hasOwn(POSTING_KINDS, kind)

export const SOURCE_TYPES = ['payment', 'call', 'adjustment'] as const
export type SourceType = (typeof SOURCE_TYPES)[number]

/** Type of the object that `sourceUuid` identifies. */
export const POSTING_SOURCES: Record<PostingKind, SourceType> = {
  top_up: 'payment',
  surplus: 'payment',
  reversal: 'payment',
  transfer_out: 'payment',
  transfer_in: 'payment',
  call_charge: 'call',
  refund: 'payment',
  refund_paid: 'payment',
  refund_returned: 'payment',
  refund_bounced: 'payment',
  gateway_refund: 'payment',
  debt: 'payment',
  debt_payment: 'payment',
  debt_waiver: 'adjustment',
  debt_taken_over: 'payment',
  goodwill: 'adjustment',
  goodwill_out: 'payment',
  goodwill_in: 'payment',
  balance_waiver: 'adjustment',
  correction_in: 'adjustment',
  correction_out: 'adjustment',
}

export interface Posting {
  readonly kind: PostingKind
  readonly amountKobo: Kobo
  /** Unique in the wallet, so that nothing is posted twice. */
  readonly reference: string
  /** UUID of the payment, call or operator's adjustment that caused the posting. */
  readonly sourceUuid: string
}

export interface Entry extends Posting {
  readonly seq: number
  readonly from: Account
  readonly to: Account
  /** Posted balance of the wallet after this entry. */
  readonly balanceKobo: Kobo
  readonly postedAtMs: number
  readonly previousHash: string
  readonly hash: string
}

/** Position, seal and balance of the last entry, from which the next one follows. */
export interface LedgerHead {
  readonly seq: number
  readonly hash: string
  readonly balanceKobo: Kobo
}

/** Head of an empty ledger. Its hash depends on the wallet, so two wallets' chains cannot be swapped. */
export const emptyLedger = (walletUuid: string): LedgerHead => ({
  seq: 0,
  hash: sha256Hex(walletUuid),
  balanceKobo: ZERO,
})

type Accounts = Pick<Entry, 'from' | 'to'>
type Move = Accounts & Pick<Entry, 'amountKobo'>

/** Amount that a posting adds to the wallet; zero if it moves money between two other accounts. */
export const walletGainKobo = (move: Move): Kobo => gainKobo('wallet', move)

/** Amount that a posting adds to what the user owes; negative if it pays or waives a debt. */
export const debtGainKobo = (move: Move): Kobo => subtractKobo(ZERO, gainKobo('debt', move))

function gainKobo(account: Account, { from, to, amountKobo }: Move): Kobo {
  if (to === account) return amountKobo
  return from === account ? subtractKobo(ZERO, amountKobo) : ZERO
}

/** @throws if the amount is not positive, or the balance would become negative: both are bugs */
function balanceAfter(balanceKobo: Kobo, posting: Posting & Accounts): Kobo {
  if (posting.amountKobo <= 0)
    throw new RangeError(`the amount of a posting must be positive: ${posting.reference}`)
  const after = addKobo(balanceKobo, walletGainKobo(posting))
  if (after < 0) throw new RangeError(`the balance would be negative: ${posting.reference}`)
  return after
}

export function sealOf(entry: Omit<Entry, 'hash'>): string {
  const { seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs } = entry
  const content = [seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs]
  return sha256Hex(JSON.stringify([entry.previousHash, ...content]))
}

/** Creates the sealed entry that follows `head`. */
export const appendEntry = (head: LedgerHead, posting: Posting, postedAtMs: number): Entry =>
  sealed(head, { ...posting, ...POSTING_KINDS[posting.kind] }, postedAtMs)

function sealed(head: LedgerHead, posting: Posting & Accounts, postedAtMs: number): Entry {
  const unsealed = {
    ...posting,
    seq: head.seq + 1,
    balanceKobo: balanceAfter(head.balanceKobo, posting),
    postedAtMs,
    previousHash: head.hash,
  }
  return { ...unsealed, hash: sealOf(unsealed) }
}

/**
 * Replays a whole ledger and compares every position, balance, pair of accounts and seal. For an unknown
 * kind it uses the stored accounts.
 * @returns the first entry that does not follow from the previous ones, or `undefined`
 */
export const findBrokenEntry = (walletUuid: string, entries: readonly Entry[]): Entry | undefined =>
  followChain(emptyLedger(walletUuid), entries).broken

/** Follows a chain from a head. @returns the last valid head, and the first entry that does not follow */
export function followChain(
  from: LedgerHead,
  entries: readonly Entry[],
): { readonly head: LedgerHead; readonly broken?: Entry } {
  let head = from
  for (const entry of entries) {
    if (!followsFrom(head, entry)) return { head, broken: entry }
    head = entry
  }
  return { head }
}

function followsFrom(head: LedgerHead, entry: Entry): boolean {
  const { kind, reference, sourceUuid, amountKobo, from, to, postedAtMs } = entry
  const accounts = isKnownKind(kind) ? POSTING_KINDS[kind] : { from, to }
  try {
    const posting = { kind, reference, sourceUuid, amountKobo, ...accounts }
    const expected = sealed(head, posting, postedAtMs)
    const fields = Object.keys(expected) as (keyof Entry)[]
    return fields.every((field) => expected[field] === entry[field])
  } catch {
    return false
  }
}

/** Sum of each account, including accounts of a later release. */
export type AccountSums = Readonly<Record<Account, Kobo>>

const NO_SUMS: AccountSums = {
  gateway: ZERO,
  wallet: ZERO,
  transfer: ZERO,
  revenue: ZERO,
  refund: ZERO,
  goodwill: ZERO,
  debt: ZERO,
  waived: ZERO,
  corrections: ZERO,
}

function sumUp(moves: readonly (readonly [account: string, amountKobo: Kobo])[]): AccountSums {
  const sums = new Map<string, Kobo>(Object.entries(NO_SUMS))
  for (const [account, amountKobo] of moves)
    sums.set(account, addKobo(sums.get(account) ?? ZERO, amountKobo))
  return { ...NO_SUMS, ...Object.fromEntries(sums) }
}

export const addSums = (...all: readonly AccountSums[]): AccountSums =>
  sumUp(all.flatMap((sums) => Object.entries<Kobo>(sums)))

export const accountSums = (entries: readonly Entry[]): AccountSums =>
  sumUp(
    entries.flatMap(({ from, to, amountKobo }) => [
      [from, subtractKobo(ZERO, amountKobo)],
      [to, amountKobo],
    ]),
  )
