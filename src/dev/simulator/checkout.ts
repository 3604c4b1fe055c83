/** The simulated checkout page, with buttons for each outcome. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { faultFields, frame, PAGE_HEADERS, printNaira } from './page'
import {
  afterEnding,
  CHECKOUT_MS,
  type Ending,
  ENDINGS,
  isPayable,
  METHOD_OF,
  STATUS_FAULTS,
  type TransactionStatus,
  type Way,
  WAYS,
  WEBHOOK_FAULTS,
  type WebhookFault,
} from './scenario'
import type { SimulatedTransaction, SimulatorStore } from './store'
import { current } from './messages'

/** Counts down to the end of the checkout. Without scripts, the page shows the time. */
const CLOCK = `
const clock = document.querySelector('time')
const end = Date.parse(clock.dateTime)
const show = () => {
  const left = Math.max(0, Math.floor((end - Date.now()) / 1000))
  clock.textContent = Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0')
  if (left === 0) location.reload()
}
show()
setInterval(show, 1000)
`

const RESULTS: Readonly<Record<TransactionStatus, { title: string; text: string }>> = {
  PENDING: { title: 'Pay AIleana', text: '' },
  PARTIALLY_PAID: { title: 'Partly paid', text: '' },
  PAID: { title: 'Paid', text: 'The payment was received. You can close this page.' },
  OVERPAID: {
    title: 'Paid',
    text: 'More than the requested amount was received. You can close this page.',
  },
  FAILED: { title: 'Declined', text: 'The bank declined the payment. No money has moved.' },
  ABANDONED: { title: 'Abandoned', text: 'The payment was abandoned. No money has moved.' },
  EXPIRED: {
    title: 'Expired',
    text: 'This checkout expired after 40 minutes. No money has moved.',
  },
  REVERSED: { title: 'Reversed', text: 'The money went back to the customer.' },
}

const button = (transaction: SimulatedTransaction, ending: Ending, text: string, kind = '') =>
  html`<button
    class="${kind}"
    formaction="${`${encodeURIComponent(transaction.transactionReference)}/${ending}`}"
  >
    ${text}
  </button>`

const backLink = ({ redirectUrl }: SimulatedTransaction) =>
  redirectUrl ? html`<a class="back" href="${redirectUrl}">Back to the shop</a>` : ''

const WAY_NAMES: Readonly<Record<Way, string>> = {
  transfer: 'Transfer',
  card: 'Card',
  ussd: 'USSD',
}

const wayField = (way: Way, isChosen: boolean) =>
  html`<label
    ><input type="radio" name="way" value="${way}" ${isChosen ? 'checked' : ''} />${
      WAY_NAMES[way]
    }</label
  >`

function openForm(transaction: SimulatedTransaction) {
  const { amountKobo, paidKobo, createdAtMs, faults } = transaction
  const method = transaction.method ?? METHOD_OF.transfer
  const endsAt = new Date(createdAtMs + CHECKOUT_MS).toISOString()
  return html`<form method="post">
      <fieldset>
        <legend>Pay by</legend>
        <div class="ways">${WAYS.map((way) => wayField(way, METHOD_OF[way] === method))}</div>
      </fieldset>
      ${button(transaction, 'pay', `Pay ${printNaira(amountKobo - paidKobo)}`, 'pay')}
      <div class="row">
        ${paidKobo === 0 ? button(transaction, 'pay_part', 'Pay part') : ''}
        ${button(transaction, 'pay_too_much', 'Pay too much')}
      </div>
      <div class="row">
        ${button(transaction, 'decline', 'Decline')} ${button(transaction, 'abandon', 'Abandon')}
      </div>
      <details>
        <summary>Fault after the payment</summary>
        ${faultFields(faults)}
      </details>
    </form>
    ${paidKobo > 0 ? backLink(transaction) : ''}
    <p class="note">Expires in <time datetime="${endsAt}">${endsAt}</time></p>
    <script src="/simulator/clock.js"></script>`
}

const closedNote = (transaction: SimulatedTransaction) =>
  html`<p role="status">${RESULTS[transaction.status].text}</p>
    ${backLink(transaction)}`

const checkoutPage = (transaction: SimulatedTransaction) => {
  const { status, amountKobo, paidKobo } = transaction
  return frame(
    `Pay AIleana ${printNaira(amountKobo)}`,
    html`<h1>${RESULTS[status].title}</h1>
      <p class="amount">${printNaira(amountKobo)}</p>
      <dl>
        <dt>For</dt>
        <dd>${transaction.description}</dd>
        <dt>Customer</dt>
        <dd>${transaction.customerEmail}</dd>
        <dt>Reference</dt>
        <dd class="reference">${transaction.paymentReference}</dd>
        ${
          paidKobo > 0
            ? html`<dt>Paid so far</dt>
                <dd>${printNaira(paidKobo)}</dd>`
            : ''
        }
      </dl>
      ${isPayable(status) ? openForm(transaction) : closedNote(transaction)}`,
  )
}

const choice = z.object({
  way: z.enum(WAYS).catch('transfer'),
  webhook: z.enum(WEBHOOK_FAULTS).optional().catch(undefined),
  status: z.enum(STATUS_FAULTS).optional().catch(undefined),
})

export interface CheckoutOptions {
  readonly store: SimulatorStore
  readonly now: () => number
  /** Called for each payment, to send the webhook. */
  readonly onPaid: (transaction: SimulatedTransaction, fault: WebhookFault) => Promise<void>
}

export function createCheckout({ store, now, onPaid }: CheckoutOptions) {
  const pages = new Hono()
  const find = async (reference: string) => {
    const found = await store.byTransactionReference(reference)
    return found && { stored: found, shown: current(found, now()) }
  }

  pages.get('/clock.js', (c) => c.body(CLOCK, 200, { 'Content-Type': 'text/javascript' }))

  pages.get('/checkout/:reference', async (c) => {
    const found = await find(c.req.param('reference'))
    return found ? c.html(checkoutPage(found.shown), 200, PAGE_HEADERS) : c.notFound()
  })

  pages.post('/checkout/:reference/:ending', async (c) => {
    const ending = ENDINGS.find((name) => name === c.req.param('ending'))
    const found = await find(c.req.param('reference'))
    if (!ending || !found) return c.notFound()
    const { way, webhook, status } = choice.parse(await c.req.parseBody())
    const { stored, shown } = found
    const faults = {
      webhook: webhook ?? stored.faults.webhook,
      status: status ?? stored.faults.status,
    }
    const after = afterEnding(shown, ending)
    const changed = after && { ...after, asked: 0, faults, method: METHOD_OF[way] }
    const isFirst = changed !== undefined && (await store.change(stored, changed))
    if (isFirst && changed.paidKobo > stored.paidKobo)
      await onPaid({ ...stored, ...changed }, faults.webhook)
    const back = isFirst && !isPayable(changed.status) ? stored.redirectUrl : null
    return c.redirect(
      back ?? `/simulator/checkout/${encodeURIComponent(stored.transactionReference)}`,
      303,
    )
  })

  return pages
}
