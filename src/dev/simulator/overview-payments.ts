/** Payments of the overview page, with the actions of the merchant and the bank on each, and refunds. */
import { html } from 'hono/html'
import { nameFaults } from './faults'
import { type Html, moment, pill } from './page'
import type { SimulatedRefund } from './refund-store'
import type { TransactionStatus } from './scenario'
import type { SimulatedTransaction } from './store'
import { printNaira } from './webhook-words'

type Tone = Parameters<typeof pill>[0]

const STATUSES: Readonly<Record<TransactionStatus, readonly [tone: Tone, text: string]>> = {
  PENDING: ['quiet', 'Not paid yet'],
  PARTIALLY_PAID: ['warn', 'Paid in part'],
  PAID: ['good', 'Paid'],
  OVERPAID: ['good', 'Paid too much'],
  FAILED: ['bad', 'Declined'],
  ABANDONED: ['bad', 'Abandoned'],
  EXPIRED: ['bad', 'Expired'],
  REVERSED: ['warn', 'Reversed'],
}

const REFUND_STATUSES: Readonly<
  Record<SimulatedRefund['status'], readonly [tone: Tone, text: string]>
> = {
  PENDING: ['warn', 'Pending'],
  COMPLETED: ['good', 'Completed'],
  FAILED: ['bad', 'Failed'],
}

const reversalForm = (path: string, kind: string, text: string) =>
  html`<form class="settings" method="post" action="${`${path}/${kind}`}">
    <label>Days from now <input type="number" name="days" min="0" max="400" value="0" /></label>
    <button class="button small">${text}</button>
  </form>`

function reversalForms(path: string, { reversal }: SimulatedTransaction): Html {
  if (!reversal)
    return html`${reversalForm(path, 'reversal', 'Reverse')}
    ${reversalForm(path, 'dispute', 'Dispute')}`
  return html`<p>
      ${reversal.kind === 'dispute' ? 'Dispute takes effect' : 'Reversal takes effect'}
      ${moment(reversal.atMs)}
    </p>
    ${
      reversal.kind === 'dispute'
        ? html`<form method="post" action="${`${path}/dispute/won`}">
            <button class="button small">Win the dispute</button>
          </form>`
        : ''
    }`
}

/** Actions of the merchant in Monnify's dashboard, and of the customer's bank, on a paid transaction. */
function actions(transaction: SimulatedTransaction): Html | '' {
  const { paymentReference, paidKobo } = transaction
  if (paidKobo === 0 && !transaction.reversal) return ''
  const path = `/simulator/payments/${encodeURIComponent(paymentReference)}`
  const refund =
    paidKobo === 0
      ? ''
      : html`<form class="settings" method="post" action="${`${path}/refunds`}">
          <label
            >Amount in ₦
            <input
              type="number"
              name="amount"
              min="0.01"
              step="0.01"
              required
              value="${paidKobo / 100}"
          /></label>
          <button class="button small">Refund</button>
        </form>`
  return html`${refund} ${reversalForms(path, transaction)}`
}

const faultsText = ({ faults }: SimulatedTransaction): string =>
  nameFaults(faults)
    .map(({ title }) => `${title}.`)
    .join(' ')

function details(transaction: SimulatedTransaction): Html {
  const { paymentReference, transactionReference } = transaction
  const faults = faultsText(transaction)
  return html`<details>
    <summary>Details and actions</summary>
    <div class="more">
      <dl>
        <dt>Reference</dt>
        <dd><code>${paymentReference}</code></dd>
        <dt>At Monnify</dt>
        <dd><code>${transactionReference}</code></dd>
        ${
          faults === ''
            ? ''
            : html`<dt>Faults</dt>
                <dd>${faults}</dd>`
        }
      </dl>
      ${actions(transaction)}
    </div>
  </details>`
}

function paymentRow(transaction: SimulatedTransaction): Html {
  const { transactionReference, description, customerEmail, createdAtMs } = transaction
  const { amountKobo, paidKobo, status } = transaction
  const [tone, text] = STATUSES[status]
  return html`<tr>
    <td data-label="Payment">
      <div>
        <a href="${`/simulator/checkout/${encodeURIComponent(transactionReference)}`}"
          >${description || 'Payment'}</a
        >
        <p class="note">${moment(createdAtMs)}</p>
        ${details(transaction)}
      </div>
    </td>
    <td data-label="Customer">${customerEmail}</td>
    <td data-label="Amount" class="amount-cell">${printNaira(amountKobo)}</td>
    <td data-label="Received" class="amount-cell">${printNaira(paidKobo)}</td>
    <td data-label="Status"><div>${pill(tone, text)}</div></td>
  </tr>`
}

export const paymentsTable = (payments: readonly SimulatedTransaction[]): Html =>
  payments.length === 0
    ? html`<p class="empty">
        No payments yet. Top up in the <a href="/console">console</a>, or run
        <code>npm run aileana -- demo</code>.
      </p>`
    : html`<table>
        <thead>
          <tr>
            <th scope="col">Payment</th>
            <th scope="col">Customer</th>
            <th scope="col">Amount</th>
            <th scope="col">Received</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          ${payments.map(paymentRow)}
        </tbody>
      </table>`

function refundRow(refund: SimulatedRefund): Html {
  const { refundReference, paymentReference, amountKobo, status, reason, createdAtMs } = refund
  const [tone, text] = REFUND_STATUSES[status]
  return html`<tr>
    <td data-label="Refund">
      <div>
        ${reason}
        <p class="note">${moment(createdAtMs)}</p>
        <details>
          <summary>References</summary>
          <div class="more">
            <dl>
              <dt>Refund</dt>
              <dd><code>${refundReference}</code></dd>
              <dt>Payment</dt>
              <dd><code>${paymentReference}</code></dd>
            </dl>
          </div>
        </details>
      </div>
    </td>
    <td data-label="Amount" class="amount-cell">${printNaira(amountKobo)}</td>
    <td data-label="Status"><div>${pill(tone, text)}</div></td>
  </tr>`
}

export const refundsTable = (refunds: readonly SimulatedRefund[]): Html =>
  refunds.length === 0
    ? html`<p class="empty">No refunds yet.</p>`
    : html`<table>
        <thead>
          <tr>
            <th scope="col">Refund</th>
            <th scope="col">Amount</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          ${refunds.map(refundRow)}
        </tbody>
      </table>`
