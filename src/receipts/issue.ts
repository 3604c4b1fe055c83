/**
 * Issue of a receipt: number, content, signature, row. Each step can be repeated after an interruption and gives the
 * same number. A number is allocated only after the key and the ledger entries are known, so no number is lost.
 */
import { logError, logEvent } from '../common/log'
import { nextAttempt, type RetrySchedule } from '../common/next-attempt'
import { ok, refuse, type Result } from '../common/result'
import { paymentEntryPrefix } from '../wallets/core/payment-commands'
import type { WalletClient } from '../wallets/object/client'
import { canonicalJson } from './core/canonical'
import { receiptContent, type Receipted, type ReceiptTerms } from './core/receipt'
import type { Allocation } from './numbers-object'
import type { Signer } from './sign'
import { isIssued, type Issued, type ReceiptStore } from './store'
import type { ReceiptRow } from './table'

export interface IssueDeps {
  readonly receiptStore: ReceiptStore
  readonly wallets: WalletClient
  readonly allocateNumber: (key: string, atMs: number) => Promise<Allocation>
  readonly signer: Signer
  readonly receiptTerms: ReceiptTerms
  readonly now: () => number
}

/** Receipts that one run issues. The next run of the cron job continues. */
const AT_ONCE = 50

/** About ten days. After that, a receipt is issued when its owner opens it. */
const ISSUE_RETRIES: RetrySchedule = { firstMs: 30_000, longestMs: 3_600_000, attempts: 250 }

const entryPrefix = ({ kind, subjectUuid }: ReceiptRow): string =>
  kind === 'payment' ? paymentEntryPrefix(subjectUuid) : `call/${subjectUuid}`

/** Reads the credits or the charge from the wallet, which is authoritative. `undefined` if there are none. */
async function readReceipted(
  { wallets }: IssueDeps,
  row: ReceiptRow,
): Promise<Receipted | undefined> {
  const { kind, subjectUuid, userUuid, walletType: type } = row
  const query = { under: [entryPrefix(row)], ...(kind === 'call' && { callUuid: subjectUuid }) }
  const wallet = await wallets.send({ userUuid, type }, (stub) => stub.inspect(query))
  const [first, ...rest] = wallet.entries.filter((entry) =>
    kind === 'payment' ? entry.to === 'wallet' : entry.kind === 'call_charge',
  )
  if (!first) return undefined
  const call = wallet.calls.find(({ uuid }) => uuid === subjectUuid)
  const isTimed = call && call.startedAtMs !== null && call.endedAtMs !== null
  return {
    kind,
    subjectUuid,
    walletUuid: wallet.uuid,
    entries: [first, ...rest],
    call: isTimed ? { startedAtMs: call.startedAtMs, endedAtMs: call.endedAtMs } : null,
  }
}

/**
 * Issues a receipt, or returns the issued one. Refuses `receipts_not_configured`, and `receipt_not_available` if the
 * wallet has neither credit nor charge.
 */
export async function issueReceipt(deps: IssueDeps, row: ReceiptRow): Promise<Result<Issued>> {
  if (isIssued(row)) return ok(row)
  const { receiptStore, signer, receiptTerms } = deps
  if (!signer.canSign) return refuse({ code: 'receipts_not_configured' })
  const receipted = await readReceipted(deps, row)
  if (!receipted)
    return refuse({ code: 'receipt_not_available', reason: 'The ledger has no entry for it.' })
  const allocation = await deps.allocateNumber(row.id, deps.now())
  const content = canonicalJson(receiptContent(receipted, allocation, receiptTerms))
  const { year, number, allocatedAtMs: issuedAtMs } = allocation
  const signature = await signer.sign(content)
  const document = { year, number, content, ...signature, issuedAtMs }
  const stored = await receiptStore.issue(row.id, document)
  if (!stored || !isIssued(stored)) throw new Error(`the receipt ${row.id} was not stored`)
  return ok(stored)
}

/** Issues one receipt in the background. A failure is only logged, because the cron job retries. */
export async function issueSoon(deps: IssueDeps, id: string): Promise<void> {
  try {
    const row = deps.signer.canSign ? await deps.receiptStore.byId(id) : undefined
    if (row) noteRefusal(await issueReceipt(deps, row), id)
  } catch (error) {
    logError('receipt_not_issued', error, { reference: id })
  }
}

/** Issues the receipts that are due, one after the other. Without a key, they wait. */
export async function issueDueReceipts(deps: IssueDeps, limit = AT_ONCE): Promise<void> {
  if (!deps.signer.canSign) return
  try {
    for (const row of await deps.receiptStore.listDue(deps.now(), limit)) await attempt(deps, row)
  } catch (error) {
    logError('receipts_not_issued', error)
  }
}

async function attempt(deps: IssueDeps, row: ReceiptRow): Promise<void> {
  try {
    const nextAttemptAtMs = nextAttempt(row.attempts, deps.now(), ISSUE_RETRIES)
    if (!(await deps.receiptStore.beginAttempt(row, nextAttemptAtMs))) return
    noteRefusal(await issueReceipt(deps, row), row.id)
  } catch (error) {
    logError('receipt_not_issued', error, { reference: row.id })
  }
}

function noteRefusal(issued: Result<Issued>, reference: string): void {
  if (!issued.ok) logEvent('receipt_refused', { reference, reason: issued.refusal.code })
}
