/** The simulator's overview page: payments, refunds, sent events, and faults of future ones. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { respond } from './exchange'
import { current } from './messages'
import { faultFields, frame, PAGE_HEADERS, printNaira, refundFaultFields } from './page'
import { faultsSchema } from './control'
import type { SimulatedRefund } from './refund-store'
import type { SentEvent, SimulatedTransaction, SimulatorStore } from './store'

const paymentRow = ({
  transactionReference,
  paymentReference,
  amountKobo,
  paidKobo,
  status,
}: SimulatedTransaction) =>
  html`<tr>
    <td>
      <a href="${`/simulator/checkout/${encodeURIComponent(transactionReference)}`}"
        >${paymentReference}</a
      >
    </td>
    <td>${printNaira(amountKobo)}</td>
    <td>${printNaira(paidKobo)}</td>
    <td>${status}</td>
  </tr>`

const eventRow = ({ id, body, signature, answer, verdict }: SentEvent) =>
  html`<tr>
    <td>${id}</td>
    <td>${body.slice(0, 60)}…</td>
    <td>${signature === null ? 'unsigned' : `${signature.slice(0, 12)}…`}</td>
    <td>${answer} ${verdict}</td>
    <td>
      <form method="post" action="${`/simulator/events/${id}/resend`}">
        <button class="small">Send again</button>
      </form>
    </td>
  </tr>`

const refundRow = ({ refundReference, paymentReference, amountKobo, status }: SimulatedRefund) =>
  html`<tr>
    <td>${refundReference}</td>
    <td>${paymentReference}</td>
    <td>${printNaira(amountKobo)}</td>
    <td>${status}</td>
  </tr>`

const reversalForm = (path: string, kind: string, text: string) =>
  html`<form class="inline" method="post" action="${`${path}/${kind}`}">
    <label>After days <input type="number" name="days" min="0" max="400" value="0" /></label>
    <button class="small">${text}</button>
  </form>`

function reversalForms(path: string, { reversal }: SimulatedTransaction) {
  if (!reversal)
    return html`${reversalForm(path, 'reversal', 'Reverse')}
    ${reversalForm(path, 'dispute', 'Dispute')}`
  const since = new Date(reversal.atMs).toISOString()
  return html`<p>${reversal.kind === 'dispute' ? 'Disputed' : 'Reversed'} from ${since}</p>
    ${
      reversal.kind === 'dispute'
        ? html`<form class="inline" method="post" action="${`${path}/dispute/won`}">
            <button class="small">Win the dispute</button>
          </form>`
        : ''
    }`
}

/** Actions of the merchant in Monnify's dashboard, and of the customer's bank, on a paid transaction. */
function actions(transaction: SimulatedTransaction) {
  const { paymentReference, paidKobo } = transaction
  const path = `/simulator/payments/${encodeURIComponent(paymentReference)}`
  return html`<details class="actions">
    <summary><span class="reference">${paymentReference}</span> ${printNaira(paidKobo)}</summary>
    <form class="inline" method="post" action="${`${path}/refunds`}">
      <label
        >Amount
        <input
          type="number"
          name="amount"
          min="0.01"
          step="0.01"
          required
          value="${paidKobo / 100}"
      /></label>
      <button class="small">Refund</button>
    </form>
    ${reversalForms(path, transaction)}
  </details>`
}

export interface OverviewOptions {
  readonly store: SimulatorStore
  readonly now: () => number
  readonly resend: (event: SentEvent) => Promise<SentEvent>
}

export function createOverview({ store, now, resend }: OverviewOptions) {
  const pages = new Hono()

  pages.get('/', async (c) => {
    const [faults, refundFault, payments, refunds, events] = [
      await store.faults(),
      await store.refundFault(),
      await store.newest(),
      await store.refunds(),
      await store.events(),
    ]
    const paid = payments.filter(({ paidKobo }) => paidKobo > 0)
    const body = html`<h1>Simulated Monnify</h1>
      <h2>Faults of future payments</h2>
      <form class="inline" method="post" action="/simulator/faults">
        ${faultFields(faults)}<button class="small">Save</button>
      </form>
      <h2>Fault of future refunds</h2>
      <form class="inline" method="post" action="/simulator/refund-fault">
        ${refundFaultFields(refundFault)}<button class="small">Save</button>
      </form>
      <h2>Payments</h2>
      <div class="scroll">
        <table>
          <tr>
            <th>Reference</th>
            <th>Amount</th>
            <th>Paid</th>
            <th>Status</th>
          </tr>
          ${payments.map((payment) => paymentRow(current(payment, now())))}
        </table>
      </div>
      <h2>Refund, reverse or settle</h2>
      <p>A refund here is made in Monnify's dashboard; the service did not order it.</p>
      ${paid.map(actions)}
      <form class="inline" method="post" action="/simulator/settlements">
        <button class="small">Settle paid transactions</button>
      </form>
      <h2>Refunds</h2>
      <div class="scroll">
        <table>
          <tr>
            <th>Reference</th>
            <th>Payment</th>
            <th>Amount</th>
            <th>Status</th>
          </tr>
          ${refunds.map(refundRow)}
        </table>
      </div>
      <h2>Webhooks sent</h2>
      <div class="scroll">
        <table>
          <tr>
            <th>No.</th>
            <th>Body</th>
            <th>Signature</th>
            <th>Response</th>
            <th></th>
          </tr>
          ${events.map(eventRow)}
        </table>
      </div>`
    return c.html(frame('Simulated Monnify', body, 'wide'), 200, PAGE_HEADERS)
  })

  pages.post('/faults', async (c) => {
    const faults = faultsSchema.safeParse(await c.req.parseBody())
    if (!faults.success) return c.text(z.prettifyError(faults.error), 400)
    await store.setFaults(faults.data)
    return c.redirect('/simulator', 303)
  })

  pages.get('/events', async (c) => c.json(await store.events(c.req.queries('payment'))))

  pages.post('/events/:id/resend', async (c) => {
    const event = await store.event(Number(c.req.param('id')))
    if (!event) return c.notFound()
    return respond(c, await resend(event))
  })

  return pages
}
