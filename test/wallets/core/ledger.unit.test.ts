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
import { walletUuid } from '../../../src/wallets/core/wallet'
import { WALLET_UUID } from '../../support/wallets'

const postings = fc.array(
  fc.record({
    kind: fc.constantFrom(...POSTING_KIND_NAMES),
    amount: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  { maxLength: 30 },
)

/** Appends what the balance allows. */
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
  it('is double entry: the accounts add up to zero, and the wallet to its balance', () => {
    fc.assert(
      fc.property(postings, (wanted) => {
        const entries = ledgerOf(wanted)
        const sums = accountSums(entries)
        expect(sums.gateway + sums.wallet + sums.transfer + sums.revenue).toBe(0)
        expect(sums.wallet).toBe(entries.at(-1)?.balanceKobo ?? 0)
      }),
    )
  })

  it('shows any change to any field of any entry, and any entry taken out or exchanged', () => {
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

  it('shows an entry that was replaced by a well-sealed one, though the next was made to follow it', () => {
    const [first, second, third] = ledgerOf([
      { kind: 'top_up', amount: 5 },
      { kind: 'call_charge', amount: 2 },
      { kind: 'call_charge', amount: 1 },
    ]) as [Entry, Entry, Entry]
    const forged = appendEntry(first, { ...second, sourceUuid: 'another call' }, 1)
    const next = { ...third, previousHash: forged.hash }
    expect(findBrokenEntry(WALLET_UUID, [first, forged, next])).toBe(next)
  })

  it('refuses, as a bug, to go below zero or to move nothing', () => {
    const posting = { kind: 'call_charge', reference: 'r', sourceUuid: 's' } as const
    const head = emptyLedger(WALLET_UUID)
    expect(() => appendEntry(head, { ...posting, amountKobo: kobo(1) }, 0)).toThrow('below zero')
    expect(() => appendEntry(head, { ...posting, amountKobo: kobo(0) }, 0)).toThrow('moves money')
  })
})

describe("a wallet's uuid", () => {
  const name = { userUuid: '374ea615-5da4-4846-9c42-0d1092904c71', type: 'call_credits' } as const

  it('is version 5 of its name, always the same, and differs by user and type', () => {
    expect(walletUuid(name)).toBe(WALLET_UUID)
    expect(walletUuid(name)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(walletUuid({ ...name, type: 'primary' })).not.toBe(WALLET_UUID)
  })
})
