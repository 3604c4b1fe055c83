import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { auditWallet } from '../../../src/wallets/object/audit'
import { type Change, type Decided, noChange } from '../../../src/wallets/core/change'
import { answerCall, endCall, initiateCall } from '../../../src/wallets/core/call-commands'
import { creditPayment } from '../../../src/wallets/core/payment-commands'
import { sendTransfer } from '../../../src/wallets/core/transfer-commands'
import type { Entry } from '../../../src/wallets/core/ledger'
import type { Call, Transfer } from '../../../src/wallets/core/wallet'
import type { WalletRow } from '../../../src/wallets/object/storage'
import { valueOf } from '../../support/result'
import type { Rate } from '../../../src/wallets/core/metering'
import { emptyWallet, LIMITS, newCall, NO_RECEIPTS, withoutSteps } from '../../support/wallets'

interface Books {
  readonly row: WalletRow
  readonly entries: readonly Entry[]
  readonly calls: readonly Call[]
  readonly transfers: readonly Transfer[]
}

/** A payment of 100 naira, a charged call of ten seconds, an open call, and two transfers. */
function soundBooks(): Books {
  let last: Change = noChange(emptyWallet)
  let books: Pick<Books, 'entries' | 'transfers'> = { entries: [], transfers: [] }
  const run = <T>(decision: Decided<T>) => {
    last = valueOf(decision).change
    const { entries, transfers } = last
    books = {
      entries: [...books.entries, ...entries],
      transfers: [...books.transfers, ...transfers],
    }
    return last.state
  }
  const openOf = (uuid: string) => last.state.openCalls.find((call) => call.uuid === uuid)
  const amounts = { expectedKobo: kobo(10_000), receivedKobo: kobo(10_000) }
  run(creditPayment(emptyWallet, { paymentUuid: 'p', reference: 'r', ...amounts }, NO_RECEIPTS, 0))
  run(initiateCall(last.state, newCall('charged'), LIMITS, [], 0))
  run(answerCall(last.state, openOf('charged'), LIMITS, 0))
  run(endCall(last.state, openOf('charged'), 'hangup', 10_000))
  const calls = [...last.calls]
  const state = run(initiateCall(last.state, newCall('open'), LIMITS, [], 10_000))
  calls.push(...state.openCalls)
  const transfer = { to: 'primary' as const, amountKobo: kobo(500) }
  run(sendTransfer(last.state, { uuid: 't1', ...transfer }, [], 10_000))
  run(sendTransfer(last.state, { uuid: 't2', ...transfer }, [], 10_000))
  const row = {
    state: last.state,
    clockMs: 10_000,
    revision: 7,
    projectedRevision: 7,
    projectedEntrySeq: 0,
    streamedSinceMs: null,
  }
  return { row, calls, ...books }
}

const withHead = (
  { row, ...books }: Books,
  head: Partial<Books['row']['state']['head']>,
): Books => ({
  ...books,
  row: { ...row, state: { ...row.state, head: { ...row.state.head, ...head } } },
})

function audited({ row, entries, calls, transfers }: Books) {
  const stored = {
    entries: ({ afterSeq = 0, limit }: { afterSeq?: number | undefined; limit: number }) =>
      entries
        .filter(({ seq }) => seq > afterSeq)
        .slice(0, limit)
        .map((entry) => ({ ...entry, recipientPhone: null, recipientName: null })),
    calls: () => [...calls],
    transfers: () => [...transfers],
  }
  return auditWallet(stored, row, 10_000)
}

const sound = soundBooks()
const { balanceKobo } = sound.row.state.head
const withTransfers = (transfers: readonly Transfer[]): Books => ({ ...sound, transfers })
const withCharged = (change: (call: Call) => Partial<Call>): Books => ({
  ...sound,
  calls: sound.calls.map((call) => (call.uuid === 'charged' ? { ...call, ...change(call) } : call)),
})
const [first, second] = sound.transfers
if (!first || !second) throw new Error('no transfers')

describe('the audit of a wallet', () => {
  it('does not judge the price of a call by the rules of a later release', () => {
    const books = withCharged(({ rate }) => ({
      rate: { ...rate, discount: 1 } as Rate,
      endedAtMs: 0,
    }))
    expect(audited(books).faults).toEqual([])
  })

  it('finds nothing in correct books, and adds them up', () => {
    expect(audited(sound)).toMatchObject({
      faults: [],
      entries: 4,
      postedKobo: 8800,
      heldKobo: 1000,
      inTransitKobo: 1000,
      chargedKobo: 200,
      openCalls: 1,
      paidKobo: { p: 10_000 },
    })
  })

  it.each<[string, Books, string[]]>([
    ['a transfer was lost', withTransfers([first]), ['2 transfers were debited, but 1 exist']],
    ['all transfers were lost', withTransfers([]), ['2 transfers were debited, but 0 exist']],
    [
      'a transfer was never debited',
      withTransfers([first, second, { ...first, uuid: 't3' }]),
      ['transfer t3 has 500 kobo, but the ledger has 0', '2 transfers were debited, but 3 exist'],
    ],
    [
      'the amount of a transfer differs from the ledger',
      withTransfers([first, { ...second, amountKobo: kobo(501) }]),
      ['transfer t2 has 501 kobo, but the ledger has 500'],
    ],
    [
      'the wallet has less than the ledger',
      withHead(sound, { balanceKobo: kobo(balanceKobo - 1) }),
      [`the ledger's balance is ${balanceKobo} kobo, the wallet's is ${balanceKobo - 1}`],
    ],
    [
      'the wallet has more than the ledger',
      withHead(sound, { balanceKobo: kobo(balanceKobo + 1) }),
      [`the ledger's balance is ${balanceKobo} kobo, the wallet's is ${balanceKobo + 1}`],
    ],
    [
      'the wallet is one entry behind the ledger',
      withHead(sound, { seq: 3 }),
      ["the ledger ends at entry 4, but the wallet's last entry is 3"],
    ],
    [
      'the seals of wallet and ledger differ',
      withHead(sound, { hash: 'another' }),
      ["the ledger ends at entry 4, but the wallet's last entry is 4"],
    ],
    [
      'a charged call is missing',
      { ...sound, calls: sound.calls.filter(({ uuid }) => uuid !== 'charged') },
      ['call charged was charged but does not exist'],
    ],
    [
      'a charge is not the price of its call',
      withCharged(({ endedAtMs }) => ({ endedAtMs: (endedAtMs ?? 0) + 60_000 })),
      ['call charged was charged 200 kobo, which is not its price'],
    ],
    [
      'a charge of an earlier release is not the price of its call',
      withCharged(({ rate, endedAtMs }) => ({
        rate: withoutSteps(rate),
        endedAtMs: (endedAtMs ?? 0) + 60_000,
      })),
      ['call charged was charged 200 kobo, which is not its price'],
    ],
    [
      'more is held than the balance',
      withHead(sound, { balanceKobo: kobo(999) }),
      [
        "the ledger's balance is 8800 kobo, the wallet's is 999",
        '1000 kobo are held, but the balance is 999',
      ],
    ],
  ])('reports that %s', (_, books, faults) => {
    expect(audited(books).faults).toEqual(faults)
  })
})
