/** Receipts and statements as the service writes them, signed by a key of the test. */
import { kobo } from '../../src/common/money'
import { canonicalJson } from '../../src/receipts/core/canonical'
import { type PublicKeys, readKeySet } from '../../src/receipts/core/jws'
import { type ReceiptContent, receiptContent } from '../../src/receipts/core/receipt'
import { presentEntry, presentPoint, type StatementHead } from '../../src/receipts/core/statement'
import { compactJws, createSigner, type Signer } from '../../src/receipts/sign'
import {
  appendEntry,
  emptyLedger,
  type Entry,
  type LedgerHead,
  type Posting,
} from '../../src/wallets/core/ledger'

export const WALLET = '0fe271e8-55b9-5153-b993-b069084aea10'
const SUBJECT = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const CALL = '7c0d9a52-1f7e-4d5b-8a3e-2b9f6c4d1e80'
export const AT_MS = Date.parse('2126-03-14T10:00:00.000Z')

/** @param byte makes the key differ from others */
export const signerOf = (byte = 7, previous: readonly string[] = []): Signer =>
  createSigner(new Uint8Array(32).fill(byte), previous)

export async function keysOf(...signers: readonly Signer[]): Promise<PublicKeys> {
  const keys = await Promise.all(signers.map((signer) => signer.publicKeys()))
  return readKeySet({ keys: keys.flat() }) ?? new Map()
}

const top_up = (naira: number, n: number): Posting => ({
  kind: 'top_up',
  amountKobo: kobo(naira * 100),
  reference: `receipt/${SUBJECT}/AIL-${'a'.repeat(32)}_a${n}/${naira * 100}/top_up`,
  sourceUuid: SUBJECT,
})

/** Ledger with top-ups of 100, 50 and 25 NGN, and a charge of 10 NGN before the last. */
export function ledgerOf(wallet = WALLET): Entry[] {
  const postings: Posting[] = [
    top_up(100, 1),
    top_up(50, 2),
    { kind: 'call_charge', amountKobo: kobo(1000), reference: `call/${CALL}`, sourceUuid: CALL },
    top_up(25, 3),
  ]
  const entries: Entry[] = []
  let head: LedgerHead = emptyLedger(wallet)
  for (const [index, posting] of postings.entries()) {
    const entry = appendEntry(head, posting, AT_MS + index * 1000)
    entries.push(entry)
    head = entry
  }
  return entries
}

export const contentOf = (): ReceiptContent => {
  const [first] = ledgerOf()
  if (!first) throw new Error('the ledger is empty')
  return receiptContent(
    { kind: 'payment', subjectUuid: SUBJECT, walletUuid: WALLET, entries: [first], call: null },
    { year: 2126, number: 42, allocatedAtMs: AT_MS + 5000 },
    { vatRate: 750, vatPoint: 'topup', issuer: ['Example Ltd', 'TIN 12345678-0001'] },
  )
}

async function signatureOf(content: ReceiptContent | StatementHead, signer: Signer) {
  const payload = canonicalJson(content)
  return compactJws(payload, await signer.sign(payload))
}

export interface ReceiptFile {
  receipt: Record<string, unknown>
  signature: string
  holder: { name: string; email: string }
}

export async function receiptFile(signer = signerOf()): Promise<ReceiptFile> {
  const receipt = contentOf()
  const holder = { name: 'Ada Obi', email: 'ada@example.com' }
  return { receipt: { ...receipt }, signature: await signatureOf(receipt, signer), holder }
}

export interface StatementFile {
  entries: Record<string, unknown>[]
  statement: Record<string, unknown>
  signature: string
}

/** @param first position of the first entry */
export async function statementFile({
  signer = signerOf(),
  first = 1,
  wallet = WALLET,
} = {}): Promise<StatementFile> {
  const all = ledgerOf(wallet)
  const entries = all.filter(({ seq }) => seq >= first)
  const opening = first === 1 ? emptyLedger(wallet) : all[first - 2]
  const last = all.at(-1)
  if (!opening || !last) throw new Error('the ledger is empty')
  const head: StatementHead = {
    type: 'statement',
    version: 1,
    wallet_uuid: wallet,
    currency: 'NGN',
    from: null,
    to: null,
    opening: presentPoint(opening),
    closing: presentPoint(last),
    ledger: presentPoint(last),
    entries: entries.length,
    issued_at: new Date(AT_MS + 9000).toISOString(),
  }
  return {
    entries: entries.map(presentEntry),
    statement: head,
    signature: await signatureOf(head, signer),
  }
}
