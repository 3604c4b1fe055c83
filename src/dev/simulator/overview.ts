/** The simulator's overview page: faults, payments, refunds and sent webhooks. */
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { respond } from './exchange'
import {
  activeFaultsNotice,
  faultFields,
  refundFaultFields,
  settlementFaultField,
  userField,
} from './fault-fields'
import {
  activeFaults,
  FAULTS_LAST_MS,
  ownFaults,
  refundSettingFor,
  settlementFaultFor,
} from './faults'
import { current } from './messages'
import { paymentsTable, refundsTable } from './overview-payments'
import { type Again, webhooksTable } from './overview-webhooks'
import type { Html, ShowPage } from './page'
import type { SentEvent, SimulatorStore } from './store'

const TITLE = 'Simulated Monnify'
const FAULT_MINUTES = FAULTS_LAST_MS / 60_000

const SHOWN = 10

const section = (title: string, note: string, body: Html): Html =>
  html`<section class="panel" id="${title.toLowerCase()}">
    <div>
      <h2>${title}</h2>
      <p class="note">${note}</p>
    </div>
    ${body}
  </section>`

export interface OverviewOptions {
  readonly store: SimulatorStore
  readonly now: () => number
  readonly show: ShowPage
  readonly resend: (event: SentEvent) => Promise<SentEvent>
}

async function faultForms(store: SimulatorStore, customers: string[], nowMs: number) {
  const entries = await store.faultEntries(nowMs)
  return html`<form class="settings" method="post" action="/simulator/faults">
      ${userField(customers)} ${faultFields(ownFaults(entries, null, nowMs))}
      <button class="button">Save payment faults</button>
    </form>
    <form class="settings" method="post" action="/simulator/refund-fault">
      ${userField(customers)} ${refundFaultFields(refundSettingFor(entries, null, nowMs))}
      <button class="button">Save refund fault</button>
    </form>
    <form class="settings" method="post" action="/simulator/settlement-fault">
      ${userField(customers)} ${settlementFaultField(settlementFaultFor(entries, null, nowMs))}
      <button class="button">Save settlement fault</button>
    </form>`
}

const settlementForm = html`<form method="post" action="/simulator/settlements">
  <button class="button">Create a settlement</button>
</form>`

export function createOverview({ store, now, show, resend }: OverviewOptions) {
  const pages = new Hono()

  /** Finds the webhook that was sent again, and the response to it. */
  async function againOf(c: Context): Promise<Again | undefined> {
    const sent = await store.event(Number(c.req.query('again')))
    return sent && { originalId: Number(c.req.query('of')), sent }
  }

  pages.get('/', async (c) => {
    const nowMs = now()
    const payments = (await store.newest())
      .slice(0, SHOWN)
      .map((payment) => current(payment, nowMs))
    const customers = [...new Set(payments.map(({ customerEmail }) => customerEmail))]
    const faults = activeFaults(await store.faultEntries(nowMs))
    const body = html`<main class="page">
      <header class="top">
        <h1>${TITLE}</h1>
        <nav aria-label="Sections and pages">
          <a href="#webhooks">Webhooks</a> <a href="#faults">Faults</a>
          <a href="/simulator/inbox">Inbox</a> <a href="/console">Console</a>
          <a href="/api">API reference</a>
        </nav>
        <p class="note">A simulated gateway for development. No real money moves.</p>
      </header>
      ${activeFaultsNotice(faults)}
      ${section(
        'Payments',
        `The newest ${SHOWN}. Open a payment to act as the customer at its checkout. A refund from this list simulates one made in Monnify’s dashboard, without a request from the service.`,
        html`${paymentsTable(payments)} ${settlementForm}`,
      )}
      ${section(
        'Webhooks',
        `The newest ${SHOWN} events that were sent to the service, and its responses. Sending one again must change nothing.`,
        webhooksTable((await store.events()).slice(0, SHOWN), await againOf(c)),
      )}
      ${section(
        'Faults',
        `They apply to payments, refunds and settlements that start from now on, and end by themselves after ${FAULT_MINUTES} minutes. A user’s own faults replace those for everyone.`,
        await faultForms(store, customers, nowMs),
      )}
      ${section('Refunds', `The newest ${SHOWN}.`, refundsTable(await store.refunds(0, SHOWN)))}
    </main>`
    return show(c, TITLE, body)
  })

  pages.get('/events', async (c) => c.json(await store.events(c.req.queries('payment'))))

  pages.post('/events/:id/resend', async (c) => {
    const event = await store.event(Number(c.req.param('id')))
    if (!event) return c.notFound()
    const sent = await resend(event)
    return respond(c, sent, `/simulator?of=${event.id}&again=${sent.id}#webhook-${event.id}`)
  })

  return pages
}
