/** The simulator's overview page: payments, sent events, and faults of future payments. */
import { Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { html } from 'hono/html'
import { z } from 'zod'
import { faultFields, frame, PAGE_HEADERS, printNaira } from './page'
import { faultsSchema } from './control'
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

/** A form is redirected to the page; a program receives the sent event. */
const ANSWERS = {
  header: 'Accept' as const,
  supports: ['text/html', 'application/json'],
  default: 'text/html',
}

export interface OverviewOptions {
  readonly store: SimulatorStore
  readonly resend: (event: SentEvent) => Promise<SentEvent>
}

export function createOverview({ store, resend }: OverviewOptions) {
  const pages = new Hono()

  pages.get('/', async (c) => {
    const [faults, payments, events] = [
      await store.faults(),
      await store.newest(),
      await store.events(),
    ]
    const body = html`<h1>Simulated Monnify</h1>
      <h2>Faults of future payments</h2>
      <form class="inline" method="post" action="/simulator/faults">
        ${faultFields(faults)}<button class="small">Save</button>
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
          ${payments.map(paymentRow)}
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
    const sent = await resend(event)
    return accepts(c, ANSWERS) === 'application/json' ? c.json(sent) : c.redirect('/simulator', 303)
  })

  return pages
}
