/** Main facts of a verified document, as text. Pure. */
import type { ReceiptContent } from './receipt.ts'
import type { StatementHead } from './statement.ts'
import type { Holder } from './verify.ts'

export interface SummaryFact {
  readonly name: string
  readonly value: string
}

const receiptFacts = (content: ReceiptContent): SummaryFact[] => [
  { name: 'Receipt', value: content.number },
  { name: 'For', value: `${content.kind} ${content.subject_uuid}` },
  { name: 'Amount', value: `${content.amount} ${content.currency}` },
  ...(content.vat
    ? [{ name: 'VAT', value: `${content.vat.amount} at ${content.vat.rate}%, included` }]
    : []),
  { name: 'Reference', value: content.reference },
  { name: 'Balance', value: `${content.balance} ${content.currency}` },
  { name: 'Paid', value: content.posted_at },
  { name: 'Issued', value: content.issued_at },
  ...(content.issuer.length > 0 ? [{ name: 'Issuer', value: content.issuer.join(', ') }] : []),
]

const statementFacts = (head: StatementHead): SummaryFact[] => [
  { name: 'Statement of wallet', value: head.wallet_uuid },
  { name: 'Entries', value: `${head.entries}, after entry ${head.opening.seq}` },
  { name: 'Opening balance', value: `${head.opening.balance} ${head.currency}` },
  { name: 'Closing balance', value: `${head.closing.balance} ${head.currency}` },
  { name: 'Last entry of the ledger', value: `${head.ledger.seq}, ${head.ledger.hash}` },
  { name: 'Issued', value: head.issued_at },
]

const holderText = ({ name, email }: Holder): string =>
  name === email ? email : `${name}, ${email}`

/** @param holder unsigned owner in the file */
export const summaryOf = (
  content: ReceiptContent | StatementHead,
  holder?: Holder,
): SummaryFact[] => [
  ...(content.type === 'receipt' ? receiptFacts(content) : statementFacts(content)),
  ...(holder ? [{ name: 'Holder, not signed', value: holderText(holder) }] : []),
]
