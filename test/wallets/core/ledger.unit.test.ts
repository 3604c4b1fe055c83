import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import {
  accountSums,
  appendEntry,
  emptyLedger,
  type Entry,
  findBrokenEntry,
  type LedgerHead,
  type Posting,
  POSTING_KIND_NAMES,
  POSTING_KINDS,
} from '../../../src/wallets/core/ledger'
import { type WalletType, walletUuid } from '../../../src/wallets/core/wallet'
import { WALLET_UUID } from '../../support/wallets'

const postings = fc.array(
  fc.record({
    kind: fc.constantFrom(...POSTING_KIND_NAMES),
    amount: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  { maxLength: 30 },
)

/** Appends the postings that the balance allows. */
function ledgerOf(wanted: readonly { kind: Posting['kind']; amount: number }[]): Entry[] {
  const entries: Entry[] = []
  let head: LedgerHead = emptyLedger(WALLET_UUID)
  for (const [index, { kind, amount }] of wanted.entries()) {
    if (POSTING_KINDS[kind].to !== 'wallet' && amount > head.balanceKobo) continue
    const posting = { kind, amountKobo: kobo(amount), reference: `r${index}`, sourceUuid: 's' }
    const entry = appendEntry(head, posting, index)
    entries.push(entry)
    head = entry
  }
  return entries
}

describe('the ledger', () => {
  it("is double entry: the accounts add up to zero, and the wallet's entries to its balance", () => {
    fc.assert(
      fc.property(postings, (wanted) => {
        const entries = ledgerOf(wanted)
        const sums = accountSums(entries)
        expect(Object.values(sums).reduce((sum, kobo) => sum + kobo, 0)).toBe(0)
        expect(sums.wallet).toBe(entries.at(-1)?.balanceKobo ?? 0)
      }),
    )
  })

  it('detects a change of any field, and a removed or exchanged entry', () => {
    fc.assert(
      fc.property(postings, fc.nat(), (wanted, at) => {
        const entries = ledgerOf([
          { kind: 'top_up', amount: 5 },
          { kind: 'call_charge', amount: 2 },
          ...wanted,
        ])
        expect(findBrokenEntry(WALLET_UUID, entries)).toBeUndefined()
        const index = at % entries.length
        const entry = entries[index] as Entry
        for (const [field, value] of Object.entries(entry)) {
          const forged = { ...entry, [field]: typeof value === 'number' ? value + 1 : `${value}x` }
          expect(findBrokenEntry(WALLET_UUID, entries.with(index, forged)), field).toBeDefined()
        }
        if (index < entries.length - 1)
          expect(findBrokenEntry(WALLET_UUID, entries.toSpliced(index, 1))).toBeDefined()
        expect(findBrokenEntry('another wallet', entries)).toBe(entries[0])
      }),
      { numRuns: 30 },
    )
  })

  it('detects a validly sealed replacement of an entry, even if the next entry refers to it', () => {
    const [first, second, third] = ledgerOf([
      { kind: 'top_up', amount: 5 },
      { kind: 'call_charge', amount: 2 },
      { kind: 'call_charge', amount: 1 },
    ]) as [Entry, Entry, Entry]
    const forged = appendEntry(first, { ...second, sourceUuid: 'another call' }, 1)
    const next = { ...third, previousHash: forged.hash }
    expect(findBrokenEntry(WALLET_UUID, [first, forged, next])).toBe(next)
  })

  it('throws if the balance would be negative or the amount is zero', () => {
    const posting = { kind: 'call_charge', reference: 'r', sourceUuid: 's' } as const
    const head = emptyLedger(WALLET_UUID)
    expect(() => appendEntry(head, { ...posting, amountKobo: kobo(1) }, 0)).toThrow(
      'balance would be negative',
    )
    expect(() => appendEntry(head, { ...posting, amountKobo: kobo(0) }, 0)).toThrow(
      'must be positive',
    )
  })
})

/** Stored with every entry and sealed into the first hash: no row may ever change. */
const WALLET_UUIDS: [userUuid: string, type: WalletType, uuid: string][] = [
  ['374ea615-5da4-4846-9c42-0d1092904c71', 'primary', '92d5c782-c682-5477-ac5c-41e886d07123'],
  ['374ea615-5da4-4846-9c42-0d1092904c71', 'call_credits', '6e11f5fe-74cd-5b66-9d59-47c9abb00364'],
  ['00000000-0000-0000-0000-000000000000', 'primary', '4a95d1db-6a50-5a01-a1cf-1a64cc64388d'],
  ['00000000-0000-0000-0000-000000000000', 'call_credits', 'c81fbcbf-29f4-5fd2-a859-b166bfd2e743'],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'primary', 'fd95480f-06bf-599f-b366-567780bc0d98'],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'call_credits', 'ccc75a4a-158d-5fad-85ce-034c44f026df'],
  ['0198c0de-7b1a-7c3d-8e4f-a5b6c7d8e9f0', 'primary', 'f47b77ee-a121-59b8-81bf-2a383119a737'],
  ['0198c0de-7b1a-7c3d-8e4f-a5b6c7d8e9f0', 'call_credits', '416bc6a8-b04b-5762-a779-4d5fd41f17ec'],
  ['9b2d4c1e-3f5a-4a6b-8c7d-0e1f2a3b4c5d', 'primary', 'd505d722-8437-5152-a8bb-7a1a413b0820'],
  ['9b2d4c1e-3f5a-4a6b-8c7d-0e1f2a3b4c5d', 'call_credits', 'c3d150d4-cd13-53f2-9fde-678ab47940a0'],
]

describe('the public UUID of a wallet', () => {
  it.each(WALLET_UUIDS)('of user %s and type %s is always %s', (userUuid, type, uuid) => {
    expect(walletUuid({ userUuid, type })).toBe(uuid)
  })
})
