/** Content of a receipt. It names no person, so the erasure of an account alters no receipt. Pure. */
import { addKobo, formatNaira } from '../../common/money.ts'
import type { Entry } from '../../wallets/core/ledger.ts'
import { formatNumber, type ReceiptNumber } from './number.ts'
import { vatLine, type VatLine, type VatPoint } from './vat.ts'

export const RECEIPT_KINDS = ['payment', 'call'] as const
export type ReceiptKind = (typeof RECEIPT_KINDS)[number]

/** Subject of a receipt. Its `receiptId` is the key under which the number is allocated. */
export interface ReceiptSubject {
  readonly kind: ReceiptKind
  readonly subjectUuid: string
}

export const receiptId = ({ kind, subjectUuid }: ReceiptSubject): string => `${kind}/${subjectUuid}`

export type CalledTime = {
  readonly started_at: string
  readonly ended_at: string
}

export type ReceiptContent = {
  readonly type: 'receipt'
  readonly version: 1
  readonly number: string
  readonly kind: ReceiptKind
  readonly subject_uuid: string
  readonly wallet_uuid: string
  readonly currency: 'NGN'
  /** Naira with two decimal places, like all amounts. */
  readonly amount: string
  /** Balance of the wallet after the last entry, in naira. */
  readonly balance: string
  readonly reference: string
  readonly entry_seq: number
  readonly entry_hash: string
  readonly posted_at: string
  readonly issued_at: string
  readonly call: CalledTime | null
  readonly vat: VatLine | null
  /** Name, tax number and address of the issuer, line by line. */
  readonly issuer: string[]
}

export interface ReceiptTerms {
  /** Hundredths of a percent; without it, no receipt has a VAT line. */
  readonly vatRate?: number | undefined
  readonly vatPoint: VatPoint
  readonly issuer: readonly string[]
}

/** Subject of a receipt, with its credits or charge from the wallet's ledger, oldest first. */
export interface Receipted extends ReceiptSubject {
  readonly walletUuid: string
  readonly entries: readonly [Entry, ...Entry[]]
  readonly call: { readonly startedAtMs: number; readonly endedAtMs: number } | null
}

const timeOf = (ms: number): string => new Date(ms).toISOString()

/** Reference of the last attempt that paid, or of the charge. */
const referenceOf = ({ kind }: ReceiptSubject, { reference }: Entry): string =>
  kind === 'payment' ? (reference.split('/')[2] ?? reference) : reference

/** @param issued number and time of its allocation */
export function receiptContent(
  receipted: Receipted,
  issued: ReceiptNumber & { readonly allocatedAtMs: number },
  { vatRate, vatPoint, issuer }: ReceiptTerms,
): ReceiptContent {
  const { kind, subjectUuid, walletUuid, entries, call } = receipted
  const last = entries.at(-1) ?? entries[0]
  const amountKobo = addKobo(...entries.map((entry) => entry.amountKobo))
  const hasVat = vatRate !== undefined && vatPoint === (kind === 'payment' ? 'topup' : 'usage')
  return {
    type: 'receipt',
    version: 1,
    number: formatNumber(issued),
    kind,
    subject_uuid: subjectUuid,
    wallet_uuid: walletUuid,
    currency: 'NGN',
    amount: formatNaira(amountKobo),
    balance: formatNaira(last.balanceKobo),
    reference: referenceOf(receipted, last),
    entry_seq: last.seq,
    entry_hash: last.hash,
    posted_at: timeOf(last.postedAtMs),
    issued_at: timeOf(issued.allocatedAtMs),
    call: call && { started_at: timeOf(call.startedAtMs), ended_at: timeOf(call.endedAtMs) },
    vat: hasVat ? vatLine(amountKobo, vatRate) : null,
    issuer: [...issuer],
  }
}
