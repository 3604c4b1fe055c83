/**
 * Audits a user's books. Every ledger adds up, every entry has its payment or call and vice versa, and no
 * balance is negative. At rest, nothing is held or in transit. Pure.
 */
import type { Books, WalletBook } from './books.ts'
import type { CallRecord, LedgerEntry, PaymentRecord, WalletType } from './records.ts'

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)
const amounts = (entries: readonly LedgerEntry[]) => entries.map(({ amountKobo }) => amountKobo)
const naira = (kobo: number): string => (kobo / 100).toFixed(2)

export const postedKobo = ({ entries }: WalletBook): number => entries.at(-1)?.balanceKobo ?? 0

/** Checks that each balance follows from the previous one, none is negative, and no position is missing. */
function* auditLedger({ type, entries, balanceKobo, heldKobo }: WalletBook): Generator<string> {
  let beforeKobo = 0
  for (const [index, { seq, amountKobo, balanceKobo }] of entries.entries()) {
    if (seq !== index + 1) yield `${type}: entry ${seq} stands in place ${index + 1}`
    if (balanceKobo !== beforeKobo + amountKobo)
      yield `${type}: entry ${seq} makes ${naira(beforeKobo)} and ${naira(amountKobo)} ${naira(balanceKobo)}`
    if (balanceKobo < 0) yield `${type}: below zero after entry ${seq}`
    beforeKobo = balanceKobo
  }
  if (balanceKobo < 0 || heldKobo < 0) yield `${type}: shows less than nothing`
  if (balanceKobo + heldKobo !== beforeKobo)
    yield `${type}: shows ${naira(balanceKobo)} and ${naira(heldKobo)} held of ${naira(beforeKobo)}`
}

const count = (entries: readonly LedgerEntry[], ...kinds: readonly string[]): number =>
  entries.filter(({ kind }) => kinds.includes(kind)).length

/** Entry of the transfer that sends the amount that a refund lacks in the payment's wallet. */
const isSentForRefund = ({ kind }: LedgerEntry): boolean =>
  kind === 'transfer_out' || kind === 'transfer_in'

/**
 * A kill can interrupt a payment after Monnify has initialised it. A late repeat then begins a second attempt,
 * and the simulated customer, who pays whatever is open, pays both: the second amount is a surplus.
 */
const TOP_UP_KINDS = new Set(['top_up', 'surplus', 'refund', 'refund_paid', 'refund_returned'])

function* auditTopUp(
  payment: PaymentRecord,
  { type }: WalletBook,
  all: readonly LedgerEntry[],
  atRest: boolean,
): Generator<string> {
  const { uuid, status, paidKobo, refundedKobo } = payment
  const entries = all.filter((entry) => !isSentForRefund(entry))
  for (const { kind } of entries)
    if (!TOP_UP_KINDS.has(kind)) yield `${type}: payment ${uuid} was posted as ${kind}`
  for (const kinds of [['top_up'], ['surplus'], ['refund'], ['refund_paid', 'refund_returned']])
    if (count(entries, ...kinds) > 1)
      yield `${type}: payment ${uuid} was posted as ${kinds.join(' or ')} more than once`
  const isUnderWay = status !== 'completed' || count(entries, 'refund') > 0
  if (!atRest && isUnderWay) return
  const expectedKobo = payment.wallet === type ? paidKobo - refundedKobo : 0
  const postedKobo = sum(amounts(entries))
  if (postedKobo !== expectedKobo)
    yield `${type}: payment ${uuid} (${status}) says ${naira(expectedKobo)}, the ledger ${naira(postedKobo)}`
  if (atRest && count(entries, 'refund') !== count(entries, 'refund_paid', 'refund_returned'))
    yield `${type}: the refund of payment ${uuid} is still under way`
}

function* auditTransfer(
  { uuid, status, amountKobo }: PaymentRecord,
  { type }: WalletBook,
  entries: readonly LedgerEntry[],
  atRest: boolean,
): Generator<string> {
  if (!atRest && status !== 'completed' && entries.length <= 1) return
  const isMoved = status !== 'failed' && status !== 'pending'
  const movedKobo = type === 'primary' ? -amountKobo : amountKobo
  const expectedKobo = isMoved ? movedKobo : 0
  if (sum(amounts(entries)) !== expectedKobo)
    yield `${type}: payment ${uuid} (${status}) says ${naira(expectedKobo)}, the ledger ${naira(sum(amounts(entries)))}`
  if (entries.length > 1) yield `${type}: payment ${uuid} was posted ${entries.length} times`
  const kind = type === 'primary' ? 'transfer_out' : 'transfer_in'
  if (entries.some((entry) => entry.kind !== kind))
    yield `${type}: payment ${uuid} was posted as ${entries.map((entry) => entry.kind).join(', ')}`
}

function* auditCall(
  call: CallRecord,
  entries: readonly LedgerEntry[],
  atRest: boolean,
): Generator<string> {
  const { uuid, costKobo, priceKobo } = call
  if (priceKobo === null && atRest) yield `call ${uuid} never ended`
  if (priceKobo !== null && costKobo !== priceKobo)
    yield `call ${uuid} cost ${naira(costKobo)}, its rate says ${naira(priceKobo)}`
  if (-sum(amounts(entries)) !== (priceKobo ?? 0))
    yield `call ${uuid} was charged ${naira(-sum(amounts(entries)))}, its rate says ${naira(priceKobo ?? 0)}`
  if (entries.length > 1) yield `call ${uuid} was charged ${entries.length} times`
}

function* auditWallet(books: Books, type: WalletType, atRest: boolean): Generator<string> {
  const wallet = books.wallets[type]
  yield* auditLedger(wallet)
  if (atRest && wallet.heldKobo !== 0) yield `${type}: ${naira(wallet.heldKobo)} is still held`
  const bySource = Map.groupBy(wallet.entries, ({ sourceUuid }) => sourceUuid)
  const take = (uuid: string): LedgerEntry[] => {
    const entries = bySource.get(uuid) ?? []
    bySource.delete(uuid)
    return entries
  }
  for (const payment of books.payments) {
    const audit = payment.method === 'monnify' ? auditTopUp : auditTransfer
    yield* audit(payment, wallet, take(payment.uuid), atRest)
  }
  if (type === 'call_credits')
    for (const call of books.calls) yield* auditCall(call, take(call.uuid), atRest)
  for (const [uuid, entries] of bySource)
    yield `${type}: ${entries.map(({ kind }) => kind).join(', ')} of ${uuid}, which nobody asked for`
}

/** @param atRest whether no request was in progress when the books were read */
export function auditBooks(books: Books, atRest: boolean): string[] {
  const found = [
    ...auditWallet(books, 'primary', atRest),
    ...auditWallet(books, 'call_credits', atRest),
  ]
  for (const { uuid, method, status } of books.payments)
    if (atRest && method === 'wallet' && status === 'processing')
      found.push(`transfer ${uuid} is still under way`)
  if (atRest) found.push(...sentForRefunds(books))
  return found.map((finding) => `${books.user}: ${finding}`)
}

/** Finds transfers for refunds that were debited in one wallet but not credited in the other. */
function sentForRefunds({ payments, wallets }: Books): string[] {
  const moved = Object.values(wallets).flatMap(({ entries }) => entries.filter(isSentForRefund))
  const bySource = Map.groupBy(moved, ({ sourceUuid }) => sourceUuid)
  return payments
    .filter(
      ({ method, uuid }) => method === 'monnify' && sum(amounts(bySource.get(uuid) ?? [])) !== 0,
    )
    .map(({ uuid }) => `the transfer for the refund of ${uuid} is still under way`)
}

/** Compares what the gateway paid out, by payment reference, with the books. */
export function auditPayouts(
  all: readonly Books[],
  paidOutKobo: ReadonlyMap<string, number>,
): string[] {
  return all
    .flatMap(({ payments }) => payments)
    .filter(({ reference, refundedKobo }) => (paidOutKobo.get(reference) ?? 0) !== refundedKobo)
    .map(
      ({ uuid, reference, refundedKobo }) =>
        `payment ${uuid}: ${naira(refundedKobo)} refunded, the gateway paid ${naira(paidOutKobo.get(reference) ?? 0)}`,
    )
}

export interface Bank {
  /** Less what was refunded. */
  readonly paidKobo: number
  readonly chargedKobo: number
  readonly inWalletsKobo: number
}

/** Over all wallets: the amounts paid, less those refunded and charged, equal the balances. */
export function bankOf(all: readonly Books[]): Bank {
  const paid = all.flatMap(({ payments }) =>
    payments
      .filter(({ method }) => method === 'monnify')
      .map(({ paidKobo, refundedKobo }) => paidKobo - refundedKobo),
  )
  const charged = all.flatMap(({ calls }) => calls.map(({ priceKobo }) => priceKobo ?? 0))
  const wallets = all.flatMap(({ wallets }) => Object.values(wallets).map(postedKobo))
  return { paidKobo: sum(paid), chargedKobo: sum(charged), inWalletsKobo: sum(wallets) }
}

export function auditBank(all: readonly Books[]): string[] {
  const { paidKobo, chargedKobo, inWalletsKobo } = bankOf(all)
  return paidKobo - chargedKobo === inWalletsKobo
    ? []
    : [
        `all wallets: ${naira(paidKobo)} paid less ${naira(chargedKobo)} charged is not ${naira(inWalletsKobo)}`,
      ]
}
