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

/** Amount that a payment must have moved in a wallet. */
function paymentKobo(payment: PaymentRecord, type: WalletType): number {
  if (payment.method === 'monnify') return payment.wallet === type ? payment.paidKobo : 0
  if (payment.status === 'failed' || payment.status === 'pending') return 0
  return type === 'primary' ? -payment.amountKobo : payment.amountKobo
}

const KINDS = {
  monnify: { primary: 'top_up', call_credits: 'top_up' },
  wallet: { primary: 'transfer_out', call_credits: 'transfer_in' },
} as const

function* auditPayment(
  payment: PaymentRecord,
  { type }: WalletBook,
  entries: readonly LedgerEntry[],
  atRest: boolean,
): Generator<string> {
  const { uuid, method, status } = payment
  const expectedKobo = paymentKobo(payment, type)
  const isUnderWay = !atRest && status !== 'completed' && entries.length <= 1
  if (isUnderWay) return
  if (sum(amounts(entries)) !== expectedKobo)
    yield `${type}: payment ${uuid} (${status}) says ${naira(expectedKobo)}, the ledger ${naira(sum(amounts(entries)))}`
  if (entries.length > 1) yield `${type}: payment ${uuid} was posted ${entries.length} times`
  if (entries.some(({ kind }) => kind !== KINDS[method][type]))
    yield `${type}: payment ${uuid} was posted as ${entries.map(({ kind }) => kind).join(', ')}`
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
  for (const payment of books.payments)
    yield* auditPayment(payment, wallet, take(payment.uuid), atRest)
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
  return found.map((finding) => `${books.user}: ${finding}`)
}

export interface Bank {
  readonly paidKobo: number
  readonly chargedKobo: number
  readonly inWalletsKobo: number
}

/** Over all wallets: the amount paid less the amount charged equals the balances. */
export function bankOf(all: readonly Books[]): Bank {
  const paid = all.flatMap(({ payments }) =>
    payments.filter(({ method }) => method === 'monnify').map(({ paidKobo }) => paidKobo),
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
