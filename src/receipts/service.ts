/** A user's receipts, which `issue.ts` issues. */
import { z } from 'zod'
import type { Caller } from '../common/tokens/access-token'
import { ok, refuse, type Result } from '../common/result'
import { type Page, pageOf, readCursor } from '../http/pagination'
import type { Payment, PaymentStore } from '../payments/store'
import { type IssueDeps, issueReceipt } from './issue'
import { type ReceiptContent, receiptId, type ReceiptSubject } from './core/receipt'
import { compactJws } from './sign'
import type { Issued } from './store'

export interface Holder {
  readonly name: string
  readonly email: string
}

export interface ReceiptDeps extends IssueDeps {
  readonly paymentStore: PaymentStore
  /** Name and address of an account; `undefined` if it is gone or disabled. */
  readonly customerOf: (userUuid: string) => Promise<Holder | undefined>
}

/** A receipt as its owner opens it. The holder is not signed. */
export interface OpenedReceipt {
  readonly receipt: ReceiptContent
  readonly signature: string
  readonly holder: Holder
}

const opened = (row: Issued, { name, email }: Holder): OpenedReceipt => ({
  receipt: JSON.parse(row.content) as ReceiptContent,
  signature: compactJws(row.content, row),
  holder: { name, email },
})

/** Adds the account's name to issued receipts. Refuses `not_found` if the account is gone. */
async function open(
  { customerOf }: ReceiptDeps,
  userUuid: string,
  rows: readonly Issued[],
): Promise<Result<OpenedReceipt[]>> {
  const holder = await customerOf(userUuid)
  return holder ? ok(rows.map((row) => opened(row, holder))) : refuse({ code: 'not_found' })
}

async function openOne(
  deps: ReceiptDeps,
  userUuid: string,
  issued: Result<Issued>,
): Promise<Result<OpenedReceipt>> {
  if (!issued.ok) return issued
  const receipts = await open(deps, userUuid, [issued.value])
  if (!receipts.ok) return receipts
  const [receipt] = receipts.value
  return receipt ? ok(receipt) : refuse({ code: 'not_found' })
}

const unavailable = (reason: string) => refuse({ code: 'receipt_not_available', reason })

/** Reason why a payment has no receipt; `undefined` if it can have one. */
function refusalOf({ method, status }: Payment): string | undefined {
  if (method !== 'monnify') return 'A transfer between your wallets brings in no money.'
  return status === 'completed'
    ? undefined
    : `The payment is ${status}; its receipt is issued when it is completed.`
}

/**
 * Opens the receipt of a payment, and issues it if necessary. A payment that an earlier release completed gets its row
 * here. Refuses `not_found`, also for another user's payment, and what `issueReceipt` refuses.
 */
export async function openPaymentReceipt(
  deps: ReceiptDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<OpenedReceipt>> {
  const { receiptStore, paymentStore } = deps
  const payment = await paymentStore.byUuid(uuid)
  if (payment?.userUuid !== userUuid) return refuse({ code: 'not_found' })
  const subject: ReceiptSubject = { kind: 'payment', subjectUuid: uuid }
  const known = await receiptStore.byId(receiptId(subject))
  const reason = known ? undefined : refusalOf(payment)
  if (reason !== undefined) return unavailable(reason)
  const { walletType } = payment
  const created = { ...subject, userUuid, walletType, createdAtMs: deps.now() }
  const row = known ?? (await receiptStore.insertOnce(created))
  return openOne(deps, userUuid, await issueReceipt(deps, row))
}

/**
 * Opens the receipt of an ended call with a charge, and issues it if necessary. Refuses `not_found`, also for another
 * user's call, and what `issueReceipt` refuses.
 */
export async function openCallReceipt(
  deps: ReceiptDeps,
  caller: Caller,
  uuid: string,
): Promise<Result<OpenedReceipt>> {
  const { userUuid } = caller
  const walletType = 'call_credits'
  const call = await deps.wallets.send({ userUuid, type: walletType }, (wallet) =>
    wallet.call(caller, uuid),
  )
  if (!call.ok) return call
  if (call.value.chargeKobo === null) return unavailable('The call has not ended.')
  if (call.value.chargeKobo === 0) return unavailable('The call cost nothing.')
  const subject: ReceiptSubject = { kind: 'call', subjectUuid: uuid }
  const created = { ...subject, userUuid, walletType, createdAtMs: deps.now() } as const
  const row = await deps.receiptStore.insertOnce(created)
  return openOne(deps, userUuid, await issueReceipt(deps, row))
}

export interface ReceiptQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const positionSchema = z.tuple([z.int(), z.string().max(64)])

/** Issued receipts, newest first. Refuses `invalid_cursor`. */
export async function listReceipts(
  deps: ReceiptDeps,
  userUuid: string,
  { limit, cursor, from: fromMs, to: toMs }: ReceiptQuery,
): Promise<Result<Page<OpenedReceipt>>> {
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const page = { limit: limit + 1, before: position.value, fromMs, toMs }
  const rows = await deps.receiptStore.list(userUuid, page)
  const { items, nextCursor } = pageOf(rows, limit, ({ issuedAtMs, id }) => [issuedAtMs, id])
  const receipts = await open(deps, userUuid, items)
  return receipts.ok ? ok({ items: receipts.value, nextCursor }) : receipts
}
