import { describe, expect, it } from 'vitest'
import { inspectWallet } from '../../../src/wallets/object/inspection'
import { type EntryPage, spanOf } from '../../../src/wallets/object/tables/pages'
import { emptyWallet } from '../../support/wallets'

describe('the span of a period', () => {
  /** Ten rows, about ten seconds apart. The fourth and the fifth are a second out of order. */
  const instants = [0, 10, 20, 31, 30, 50, 60, 70, 80, 90].map((seconds) => seconds * 1000)
  const msOf = (seq: number) => instants[seq - 1] ?? NaN
  const seqsIn = (fromMs: number | undefined, toMs: number | undefined) => {
    const { afterSeq, beforeSeq } = spanOf({ limit: 9, fromMs, toMs }, instants.length, msOf)
    return instants.flatMap((_, index) =>
      index + 1 > afterSeq && index + 1 < beforeSeq ? [index + 1] : [],
    )
  }

  it('has every row of the period, even if times are up to a second out of order', () => {
    for (const fromMs of [undefined, ...instants])
      for (const toMs of [undefined, ...instants]) {
        const wanted = instants.flatMap((atMs, index) =>
          atMs >= (fromMs ?? 0) && atMs < (toMs ?? Infinity) ? [index + 1] : [],
        )
        expect(seqsIn(fromMs, toMs), `${fromMs} to ${toMs}`).toEqual(expect.arrayContaining(wanted))
      }
  })

  it('omits rows that are far from the period', () => {
    expect(seqsIn(60_000, 69_000)).toEqual([7])
  })
})

it('an inspection shows the newest twenty entries, or all with a requested reference', () => {
  const row = {
    state: emptyWallet,
    clockMs: 0,
    revision: 1,
    projectedRevision: 1,
    projectedEntrySeq: 0,
    streamedSinceMs: null,
  }
  const pages: EntryPage[] = []
  const prefixes: string[] = []
  const storage = {
    entries: (page: EntryPage) => {
      pages.push(page)
      return []
    },
    entriesUnder: (prefix: string) => {
      prefixes.push(prefix)
      return []
    },
    call: () => undefined,
    calls: () => [],
  }
  const name = { userUuid: 'somebody', type: 'call_credits' } as const
  inspectWallet(storage, name, row, { under: [] }, 0)
  inspectWallet(storage, name, row, { under: ['receipt/p/', 'reversal/p/'] }, 0)
  expect(pages).toEqual([{ limit: 20 }])
  expect(prefixes).toEqual(['receipt/p/', 'reversal/p/'])
})
