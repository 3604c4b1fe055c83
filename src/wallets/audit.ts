/**
 * Goes through a wallet's books from the first entry to the last and says what does not add up: the
 * chain and its balances, each call's charge, each transfer's debit, and what the wallet says it holds.
 * A pass is O(entries + calls), read a page at a time.
 */
import { addKobo, type Kobo, subtractKobo, ZERO } from '../common/money'
import { heldKobo } from './change'
import { isOpen } from './decide-call'
import { transferOutReference } from './decide-transfer'
import { type Account, accountSums, emptyLedger, followChain } from './ledger'
import { costAtKobo } from './meter'
import type { Transfer } from './wallet'
import type { WalletRow, WalletStorage } from './wallet-storage'

const PAGE = 500

export interface WalletAudit {
  readonly uuid: string
  readonly entries: number
  readonly entryHash: string
  readonly postedKobo: Kobo
  readonly heldKobo: Kobo
  readonly openCalls: number
  /** The sum of the balances after each entry: no entry can be changed without it. */
  readonly balancesKobo: number
  /** Of transfers that have not arrived yet. */
  readonly inTransitKobo: Kobo
  readonly sums: Record<Account, Kobo>
  /** What each payment has brought to the wallet, less what was taken back. */
  readonly paidKobo: Record<string, Kobo>
  readonly change: number
  readonly projectedChange: number
  /** What does not add up, in words. None in a sound wallet. */
  readonly faults: readonly string[]
}

type Books = Pick<WalletStorage, 'entries' | 'calls' | 'transfers'>

interface Ledger {
  readonly sums: Record<Account, Kobo>
  readonly paidKobo: Record<string, Kobo>
  readonly charged: Map<string, Kobo>
  readonly sent: Map<string, Kobo>
  readonly faults: string[]
  balancesKobo: number
}

function auditEntries(books: Books, { state }: WalletRow): Ledger {
  const ledger: Ledger = {
    sums: accountSums([]),
    paidKobo: {},
    charged: new Map(),
    sent: new Map(),
    faults: [],
    balancesKobo: 0,
  }
  let head = emptyLedger(state.uuid)
  for (;;) {
    const page = books.entries({ afterSeq: head.seq, limit: PAGE })
    const followed = followChain(head, page)
    for (const [account, amount] of Object.entries(accountSums(page)))
      ledger.sums[account as Account] = addKobo(ledger.sums[account as Account], amount)
    for (const { kind, reference, sourceUuid, amountKobo, balanceKobo, to } of page) {
      ledger.balancesKobo += balanceKobo
      if (kind === 'call_charge') ledger.charged.set(sourceUuid, amountKobo)
      else if (kind === 'transfer_out') ledger.sent.set(reference, amountKobo)
      else if (kind !== 'transfer_in') {
        const paid = ledger.paidKobo[sourceUuid] ?? ZERO
        const add = to === 'wallet' ? addKobo : subtractKobo
        ledger.paidKobo[sourceUuid] = add(paid, amountKobo)
      }
    }
    if (followed.broken) {
      ledger.faults.push(`entry ${followed.broken.seq} does not follow from those before it`)
      return ledger
    }
    head = followed.head
    if (page.length < PAGE) break
  }
  if (head.seq !== state.head.seq || head.hash !== state.head.hash)
    ledger.faults.push(`the ledger ends at entry ${head.seq}, the wallet says ${state.head.seq}`)
  if (head.balanceKobo !== state.head.balanceKobo)
    ledger.faults.push(
      `the ledger says ${head.balanceKobo} kobo, the wallet ${state.head.balanceKobo}`,
    )
  return ledger
}

function* callFaults(books: Books, ledger: Ledger): Generator<string> {
  const charged = new Map(ledger.charged)
  let beforeSeq = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = books.calls({ beforeSeq, limit: PAGE })
    for (const call of page) {
      const entryKobo = charged.get(call.uuid) ?? 0
      charged.delete(call.uuid)
      if (entryKobo !== (call.chargeKobo ?? 0))
        yield `call ${call.uuid} was charged ${call.chargeKobo} kobo, the ledger has ${entryKobo}`
      if (!isOpen(call) && costAtKobo(call, call.endedAtMs ?? NaN) !== call.chargeKobo)
        yield `call ${call.uuid} was charged ${call.chargeKobo} kobo, which is not its price`
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    beforeSeq = last.seq
  }
  for (const uuid of charged.keys()) yield `call ${uuid} was charged and is not there`
}

function* transferFaults(
  transfers: readonly Transfer[],
  sent: Map<string, Kobo>,
): Generator<string> {
  for (const { uuid, amountKobo } of transfers) {
    const debited = sent.get(transferOutReference(uuid))
    if (debited !== amountKobo)
      yield `transfer ${uuid} is of ${amountKobo} kobo, the ledger has ${debited ?? 0}`
  }
  if (transfers.length !== sent.size)
    yield `${sent.size} transfers were debited, ${transfers.length} are there`
}

/** @param row the wallet as saved, with what is due settled */
export function auditWallet(books: Books, row: WalletRow, nowMs: number): WalletAudit {
  const { state, change, projectedChange } = row
  const ledger = auditEntries(books, row)
  const transfers = books.transfers()
  const held = heldKobo(state, nowMs)
  const overdrawn = held > state.head.balanceKobo
  return {
    uuid: state.uuid,
    entries: state.head.seq,
    entryHash: state.head.hash,
    postedKobo: state.head.balanceKobo,
    heldKobo: held,
    openCalls: state.openCalls.length,
    balancesKobo: ledger.balancesKobo,
    inTransitKobo: addKobo(
      ...transfers
        .filter(({ status }) => status === 'in_transit')
        .map(({ amountKobo }) => amountKobo),
    ),
    sums: ledger.sums,
    paidKobo: ledger.paidKobo,
    change,
    projectedChange,
    faults: [
      ...ledger.faults,
      ...callFaults(books, ledger),
      ...transferFaults(transfers, ledger.sent),
      ...(overdrawn ? [`${held} kobo are held of ${state.head.balanceKobo}`] : []),
    ],
  }
}
