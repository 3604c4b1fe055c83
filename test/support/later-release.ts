/** Entries of a later release, with kinds and accounts that this one does not know. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { addKobo, kobo, type Kobo } from '../../src/common/money'
import { type Entry, type LedgerHead, walletGainKobo } from '../../src/wallets/core/ledger'

export interface LaterPosting {
  readonly kind: string
  readonly from: string
  readonly to: string
  readonly amountKobo: number
  readonly reference?: string
  readonly sourceUuid?: string
}

/** Entry after `head`, sealed by the rule that all releases share. */
export function laterEntry(head: LedgerHead, posting: LaterPosting, postedAtMs = 0): Entry {
  const { kind, from, to, reference = `later/${head.seq}`, sourceUuid = reference } = posting
  const amountKobo = kobo(posting.amountKobo)
  const seq = head.seq + 1
  const accounts = { from, to } as Pick<Entry, 'from' | 'to'>
  const balanceKobo: Kobo = addKobo(head.balanceKobo, walletGainKobo({ ...accounts, amountKobo }))
  const content = [seq, kind, from, to, amountKobo, balanceKobo, reference, sourceUuid, postedAtMs]
  const hash = bytesToHex(sha256(utf8ToBytes(JSON.stringify([head.hash, ...content]))))
  return {
    ...accounts,
    seq,
    kind: kind as Entry['kind'],
    amountKobo,
    balanceKobo,
    reference,
    sourceUuid,
    postedAtMs,
    previousHash: head.hash,
    hash,
  }
}

export function laterChain(head: LedgerHead, postings: readonly LaterPosting[]): Entry[] {
  const entries: Entry[] = []
  for (const posting of postings) entries.push(laterEntry(entries.at(-1) ?? head, posting))
  return entries
}
