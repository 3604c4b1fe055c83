/**
 * The wallet's ledger: double entry, append-only, each entry sealed by the SHA-256 of its content
 * and of the entry before it. The wallet's posted balance is the fold of its entries.
 * Pure and synchronous, so that an entry is sealed inside the transaction that writes it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { addKobo, type Kobo, subtractKobo, ZERO } from '../../common/money'

/** Where money can be. A posting moves it from one account to another, so the sum is always zero. */
export type Account = 'gateway' | 'wallet' | 'transfer' | 'revenue'

/** What moves money, and between which accounts. `transfer` holds what is under way to another wallet. */
export const POSTING_KINDS = {
  top_up: { from: 'gateway', to: 'wallet' },
  surplus: { from: 'gateway', to: 'wallet' },
  reversal: { from: 'wallet', to: 'gateway' },
  transfer_out: { from: 'wallet', to: 'transfer' },
  transfer_in: { from: 'transfer', to: 'wallet' },
  call_charge: { from: 'wallet', to: 'revenue' },
} as const satisfies Record<string, { from: Account; to: Account }>

export type PostingKind = keyof typeof POSTING_KINDS

export const POSTING_KIND_NAMES = Object.keys(POSTING_KINDS) as [PostingKind, ...PostingKind[]]

/** Whether this release posts such a kind; a later one may have posted others. */
export const isKnownKind = (kind: string): kind is PostingKind => Object.hasOwn(POSTING_KINDS, kind)

export const SOURCE_TYPES = ['payment', 'call'] as const
export type SourceType = (typeof SOURCE_TYPES)[number]

/** What is behind a posting of each kind: what its `sourceUuid` names. */
export const POSTING_SOURCES: Record<PostingKind, SourceType> = {
  top_up: 'payment',
  surplus: 'payment',
  reversal: 'payment',
  transfer_out: 'payment',
  transfer_in: 'payment',
  call_charge: 'call',
}

export interface Posting {
  readonly kind: PostingKind
  readonly amountKobo: Kobo
  /** Unique in the wallet: the same thing cannot be posted twice. */
  readonly reference: string
  /** The payment or call behind it. */
  readonly sourceUuid: string
}

export interface Entry extends Posting {
  readonly seq: number
  readonly from: Account
  readonly to: Account
  /** The wallet's posted balance after this entry. */
  readonly balanceKobo: Kobo
  readonly postedAtMs: number
  readonly previousHash: string
  readonly hash: string
}

/** The last entry's position, seal and balance: all that the next one needs. */
export interface LedgerHead {
  readonly seq: number
  readonly hash: string
  readonly balanceKobo: Kobo
}

const digest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))

/** The head of a wallet without entries. Its hash names the wallet, so chains cannot be swapped. */
export const emptyLedger = (walletUuid: string): LedgerHead => ({
  seq: 0,
  hash: digest(walletUuid),
  balanceKobo: ZERO,
})

type Accounts = Pick<Entry, 'from' | 'to'>

/** The amount that a posting adds to the wallet: zero if it moves money between two other accounts. */
export function walletGainKobo({
  from,
  to,
  amountKobo,
}: Accounts & Pick<Entry, 'amountKobo'>): Kobo {
  if (to === 'wallet') return amountKobo
  return from === 'wallet' ? subtractKobo(ZERO, amountKobo) : ZERO
}

/** `balance` after a posting; throws where it would fall below zero, which no command may ask for. */
function balanceAfter(balanceKobo: Kobo, posting: Posting & Accounts): Kobo {
  if (posting.amountKobo <= 0) throw new RangeError(`a posting moves money: ${posting.reference}`)
  const after = addKobo(balanceKobo, walletGainKobo(posting))
  if (after < 0) throw new RangeError(`the wallet would fall below zero: ${posting.reference}`)
  return after
}

function sealOf(entry: Omit<Entry, 'hash'>): string {
  const { seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs } = entry
  const content = [seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs]
  return digest(JSON.stringify([entry.previousHash, ...content]))
}

/** Appends a posting after `head`, sealed. */
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
 * Replays a whole ledger and compares every position, balance, pair of accounts and seal. An entry of a
 * kind that this release does not know has the accounts that are stored; all else is compared alike.
 * @returns the first entry that does not follow from those before it, or `undefined` if all do
 */
export const findBrokenEntry = (walletUuid: string, entries: readonly Entry[]): Entry | undefined =>
  followChain(emptyLedger(walletUuid), entries).broken

/** As far as entries follow from a head: the head after them, or the first that does not follow. */
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

/** The sums of each account, and of those that only a later release knows. */
export type AccountSums = Readonly<Record<Account, Kobo>>

const NO_SUMS: AccountSums = { gateway: ZERO, wallet: ZERO, transfer: ZERO, revenue: ZERO }

function sumUp(moves: readonly (readonly [account: string, amountKobo: Kobo])[]): AccountSums {
  const sums = new Map<string, Kobo>(Object.entries(NO_SUMS))
  for (const [account, amountKobo] of moves)
    sums.set(account, addKobo(sums.get(account) ?? ZERO, amountKobo))
  return { ...NO_SUMS, ...Object.fromEntries(sums) }
}

export const addSums = (...all: readonly AccountSums[]): AccountSums =>
  sumUp(all.flatMap((sums) => Object.entries<Kobo>(sums)))

/** Each account's sum over the entries; they add up to zero by construction, and a test says so. */
export const accountSums = (entries: readonly Entry[]): AccountSums =>
  sumUp(
    entries.flatMap(({ from, to, amountKobo }) => [
      [from, subtractKobo(ZERO, amountKobo)],
      [to, amountKobo],
    ]),
  )
