/**
 * Audits a wallet from its first entry to its last: the chain and its balances, each call's charge, each
 * transfer's debit, and the wallet's own totals. Cost: O(entries + calls), read page by page.
 */
import { addKobo, kobo, type Kobo, subtractKobo, ZERO } from '../../common/money'
import { heldKobo } from '../core/change'
import { isOpen } from '../core/call-commands'
import { goodwillAfter } from '../core/goodwill'
import { refundPrefix, returnedKobo, reversalPrefix } from '../core/returned-money'
import {
  accountSums,
  type AccountSums,
  addSums,
  emptyLedger,
  type Entry,
  followChain,
  isKnownKind,
  POSTING_KINDS,
} from '../core/ledger'
import { costAtKobo, isPriced, type Rate } from '../core/metering'
import {
  type Call,
  CALL_STATUSES,
  END_REASONS,
  type Transfer,
  type WalletState,
} from '../core/wallet'
import type { WalletRow, WalletStorage } from './storage'

const PAGE = 500

export interface WalletAudit {
  readonly uuid: string
  readonly entries: number
  readonly entryHash: string
  readonly postedKobo: Kobo
  readonly heldKobo: Kobo
  readonly openCalls: number
  /** Sum of the balances after each entry. It may exceed the exact range of a number. */
  readonly balancesKobo: bigint
  readonly inTransitKobo: Kobo
  readonly sums: AccountSums
  readonly chargedKobo: Kobo
  /** Amount credited less reversed, by payment UUID. */
  readonly paidKobo: Record<string, Kobo>
  /** Amount refunded or held for refunds, by payment UUID. */
  readonly refundedKobo: Record<string, Kobo>
  readonly goodwillKobo: Kobo
  readonly debtKobo: Kobo
  readonly frozenAtMs: number | null
  readonly erasedAtMs: number | null
  readonly revision: number
  readonly projectedRevision: number
  /** Faults as plain text. Empty if the books are correct. */
  readonly faults: readonly string[]
}

type Books = Pick<WalletStorage, 'entries' | 'calls' | 'transfers'>

interface Ledger {
  sums: AccountSums
  readonly paidKobo: Record<string, Kobo>
  readonly refundedKobo: Record<string, Kobo>
  goodwillKobo: Kobo
  readonly charged: Map<string, Kobo>
  chargedKobo: Kobo
  readonly sent: Map<string, Kobo>
  /** Transfers debited by postings of a later release, by the UUID of their source. */
  readonly sentLater: Map<string, Kobo>
  /** Amount in transit by postings of a later release. */
  laterInTransitKobo: Kobo
  readonly faults: string[]
  balancesKobo: bigint
}

/**
 * An entry of a later release's kind is neither a payment nor a charge. It counts as a transfer if it
 * uses the `transfer` account.
 */
function countEntry(ledger: Ledger, entry: Entry): void {
  const { kind, sourceUuid, amountKobo, reference } = entry
  ledger.balancesKobo += BigInt(entry.balanceKobo)
  ledger.goodwillKobo = goodwillAfter(ledger.goodwillKobo, entry)
  if (!isKnownKind(kind)) return countLaterEntry(ledger, entry)
  if (kind === 'call_charge') {
    ledger.charged.set(sourceUuid, amountKobo)
    ledger.chargedKobo = addKobo(ledger.chargedKobo, amountKobo)
  } else if (POSTING_KINDS[kind].to === 'transfer') {
    const uuid = reference.slice(reference.indexOf('/') + 1)
    ledger.sent.set(uuid, addKobo(ledger.sent.get(uuid) ?? ZERO, amountKobo))
  }
  const payment = [entry]
  add(ledger.paidKobo, sourceUuid, returnedKobo(payment, reversalPrefix(sourceUuid)), -1)
  add(ledger.refundedKobo, sourceUuid, returnedKobo(payment, refundPrefix(sourceUuid)))
  if (kind === 'top_up' || kind === 'surplus') add(ledger.paidKobo, sourceUuid, amountKobo)
}

function countLaterEntry(ledger: Ledger, { sourceUuid, amountKobo, from, to }: Entry): void {
  const toKobo = to === 'transfer' ? amountKobo : ZERO
  const fromKobo = from === 'transfer' ? amountKobo : ZERO
  if (toKobo > 0) ledger.sentLater.set(sourceUuid, amountKobo)
  ledger.laterInTransitKobo = kobo(ledger.laterInTransitKobo + toKobo - fromKobo)
}

function add(sums: Record<string, Kobo>, uuid: string, amountKobo: Kobo, sign: 1 | -1 = 1): void {
  if (amountKobo !== 0) sums[uuid] = kobo((sums[uuid] ?? ZERO) + sign * amountKobo)
}

function auditEntries(books: Books, { state }: WalletRow): Ledger {
  const ledger: Ledger = {
    sums: accountSums([]),
    paidKobo: {},
    refundedKobo: {},
    goodwillKobo: ZERO,
    charged: new Map(),
    chargedKobo: ZERO,
    sent: new Map(),
    sentLater: new Map(),
    laterInTransitKobo: ZERO,
    faults: [],
    balancesKobo: 0n,
  }
  let head = emptyLedger(state.uuid)
  for (;;) {
    const page = books.entries({ afterSeq: head.seq, limit: PAGE })
    const followed = followChain(head, page)
    ledger.sums = addSums(ledger.sums, accountSums(page))
    for (const entry of page) countEntry(ledger, entry)
    if (followed.broken) {
      ledger.faults.push(`entry ${followed.broken.seq} does not follow from the previous ones`)
      return ledger
    }
    head = followed.head
    if (page.length < PAGE) break
  }
  if (head.seq !== state.head.seq || head.hash !== state.head.hash)
    ledger.faults.push(
      `the ledger ends at entry ${head.seq}, but the wallet's last entry is ${state.head.seq}`,
    )
  if (head.balanceKobo !== state.head.balanceKobo)
    ledger.faults.push(
      `the ledger's balance is ${head.balanceKobo} kobo, the wallet's is ${state.head.balanceKobo}`,
    )
  return ledger
}

/** Fields that this release's rules use. A rate with further ones was priced by rules of a later release. */
const RATE_FIELDS: Record<keyof Required<Rate>, true> = {
  id: true,
  version: true,
  koboPerMinute: true,
  unitKobo: true,
  minimumSeconds: true,
  incrementSeconds: true,
  setupKobo: true,
  steps: true,
}

/** Reports whether this release's rules priced the call. */
const isPricedHere = ({ status, endReason, rate }: Call): boolean =>
  CALL_STATUSES.includes(status) &&
  (endReason === null || END_REASONS.includes(endReason)) &&
  Object.keys(rate).every((field) => Object.hasOwn(RATE_FIELDS, field)) &&
  isPriced(rate)

function* callFaults(books: Books, ledger: Ledger): Generator<string> {
  const charged = new Map(ledger.charged)
  let beforeSeq = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = books.calls({ beforeSeq, limit: PAGE })
    for (const call of page) {
      const entryKobo = charged.get(call.uuid) ?? 0
      charged.delete(call.uuid)
      if (entryKobo !== (call.chargeKobo ?? 0))
        yield `call ${call.uuid} was charged ${call.chargeKobo} kobo, but the ledger has ${entryKobo}`
      if (
        !isOpen(call) &&
        isPricedHere(call) &&
        costAtKobo(call, call.endedAtMs ?? NaN) !== call.chargeKobo
      )
        yield `call ${call.uuid} was charged ${call.chargeKobo} kobo, which is not its price`
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    beforeSeq = last.seq
  }
  for (const uuid of charged.keys()) yield `call ${uuid} was charged but does not exist`
}

function* transferFaults(
  transfers: readonly Transfer[],
  { sent, sentLater }: Ledger,
): Generator<string> {
  for (const { uuid, amountKobo } of transfers) {
    const debited = sent.get(uuid) ?? sentLater.get(uuid)
    if (debited !== amountKobo)
      yield `transfer ${uuid} has ${amountKobo} kobo, but the ledger has ${debited ?? 0}`
  }
  const ours = transfers.filter(({ uuid }) => !sentLater.has(uuid))
  if (ours.length !== sent.size)
    yield `${sent.size} transfers were debited, but ${ours.length} exist`
}

function* standingFaults(ledger: Ledger, { debtKobo, goodwillKobo }: WalletState) {
  const owedKobo = subtractKobo(ZERO, ledger.sums.debt)
  if (owedKobo !== debtKobo) yield `the debt is ${debtKobo} kobo, but the ledger has ${owedKobo}`
  if (ledger.goodwillKobo !== goodwillKobo)
    yield `the goodwill is ${goodwillKobo} kobo, but the ledger has ${ledger.goodwillKobo}`
  if (ledger.sums.refund < 0) yield `more was paid for refunds than was held for them`
}

/** Amount of transfers in transit, those of a later release included. */
const inTransitKobo = (transfers: readonly Transfer[], ledger: Ledger): Kobo =>
  addKobo(
    ledger.laterInTransitKobo,
    ...transfers
      .filter(({ uuid, status }) => status === 'in_transit' && !ledger.sentLater.has(uuid))
      .map(({ amountKobo }) => amountKobo),
  )

/** @param row wallet as saved, after due calls were settled */
export function auditWallet(books: Books, row: WalletRow, nowMs: number): WalletAudit {
  const { state, revision, projectedRevision } = row
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
    inTransitKobo: inTransitKobo(transfers, ledger),
    sums: ledger.sums,
    chargedKobo: ledger.chargedKobo,
    paidKobo: ledger.paidKobo,
    refundedKobo: ledger.refundedKobo,
    goodwillKobo: state.goodwillKobo,
    debtKobo: state.debtKobo,
    frozenAtMs: state.frozenAtMs,
    erasedAtMs: state.erasedAtMs,
    revision,
    projectedRevision,
    faults: [
      ...ledger.faults,
      ...callFaults(books, ledger),
      ...transferFaults(transfers, ledger),
      ...standingFaults(ledger, state),
      ...(overdrawn ? [`${held} kobo are held, but the balance is ${state.head.balanceKobo}`] : []),
    ],
  }
}
