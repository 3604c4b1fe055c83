/**
 * The wallet's ledger: double entry, append-only, each entry sealed by the SHA-256 of its content
 * and of the entry before it. The wallet's posted balance is the fold of its entries.
 * Pure and synchronous, so that an entry is sealed inside the transaction that writes it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { addKobo, type Kobo, kobo, subtractKobo, ZERO } from '../common/money'

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

/** `balance` after a posting; throws where it would fall below zero, which no command may ask for. */
function balanceAfter(balanceKobo: Kobo, posting: Posting): Kobo {
  if (posting.amountKobo <= 0) throw new RangeError(`a posting moves money: ${posting.reference}`)
  const { to } = POSTING_KINDS[posting.kind]
  const after =
    to === 'wallet'
      ? addKobo(balanceKobo, posting.amountKobo)
      : subtractKobo(balanceKobo, posting.amountKobo)
  if (after < 0) throw new RangeError(`the wallet would fall below zero: ${posting.reference}`)
  return after
}

function sealOf(entry: Omit<Entry, 'hash'>): string {
  const { seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs } = entry
  const content = [seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs]
  return digest(JSON.stringify([entry.previousHash, ...content]))
}

/** Appends a posting after `head`, sealed. */
export function appendEntry(head: LedgerHead, posting: Posting, postedAtMs: number): Entry {
  const unsealed = {
    ...posting,
    ...POSTING_KINDS[posting.kind],
    seq: head.seq + 1,
    balanceKobo: balanceAfter(head.balanceKobo, posting),
    postedAtMs,
    previousHash: head.hash,
  }
  return { ...unsealed, hash: sealOf(unsealed) }
}

/**
 * Replays a whole ledger and compares every position, balance, pair of accounts and seal.
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
  const { kind, reference, sourceUuid, amountKobo, postedAtMs } = entry
  try {
    const expected = appendEntry(head, { kind, reference, sourceUuid, amountKobo }, postedAtMs)
    const fields = Object.keys(expected) as (keyof Entry)[]
    return fields.every((field) => expected[field] === entry[field])
  } catch {
    return false
  }
}

/** Each account's sum over the entries; they add up to zero by construction, and a test says so. */
export function accountSums(entries: readonly Entry[]): Record<Account, Kobo> {
  const sums = { gateway: ZERO, wallet: ZERO, transfer: ZERO, revenue: ZERO }
  for (const { from, to, amountKobo } of entries) {
    sums[from] = kobo(sums[from] - amountKobo)
    sums[to] = kobo(sums[to] + amountKobo)
  }
  return sums
}
