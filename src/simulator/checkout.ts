/** The hosted checkout page: what a customer sees, with buttons for how it ends. */
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { SimulatedTransaction, SimulatorStore } from './store'

const STYLE = `
:root { color-scheme: light dark; --ink: #14213d; --quiet: #56617a; --paper: #fff; --ground: #eef1f6; --accent: #0b6e4f; --line: #d5dbe6 }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf5; --quiet: #a5b0c5; --paper: #1a2232; --ground: #0f1521; --accent: #35b58a; --line: #303b50 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: min(26rem, 100%); background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: 1.75rem; box-shadow: 0 10px 30px #0000001a }
.note { margin: 0 0 1.25rem; padding: .4rem .75rem; border-radius: .5rem; background: var(--ground); color: var(--quiet); font-size: .85rem }
h1 { margin: 0; font-size: 1rem; font-weight: 500; color: var(--quiet) }
.amount { margin: .1rem 0 1rem; font-size: 2.25rem; font-weight: 700; font-variant-numeric: tabular-nums }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 0 0 1.5rem; font-size: .9rem }
dt { color: var(--quiet) } dd { margin: 0; text-align: right; overflow-wrap: anywhere }
form { display: grid; gap: .6rem }
button, .back { display: block; width: 100%; padding: .8rem; border-radius: .6rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--line); background: transparent; color: var(--ink) }
.pay { background: var(--accent); border-color: var(--accent); color: #fff }
@media (prefers-color-scheme: dark) { .pay { color: #06251a } }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const RESULTS: Readonly<Record<string, { title: string; text: string }>> = {
  PAID: { title: 'Paid', text: 'The payment was received. You can close this page.' },
  FAILED: { title: 'Declined', text: 'The bank declined the payment. No money has moved.' },
  CANCELLED: { title: 'Cancelled', text: 'The payment was cancelled. No money has moved.' },
}

const naira = new Intl.NumberFormat('en-NG', { style: 'currency', currency: 'NGN' })

const page = (transaction: SimulatedTransaction) => {
  const amount = naira.format(Number(transaction.amount))
  const result = RESULTS[transaction.status]
  const action = (name: string) => `${encodeURIComponent(transaction.transactionReference)}/${name}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Pay AIleana ${amount}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <p class="note">A simulated checkout for development. No real money moves.</p>
          <h1>${result ? result.title : 'Pay AIleana'}</h1>
          <p class="amount">${amount}</p>
          <dl>
            <dt>For</dt>
            <dd>${transaction.description}</dd>
            <dt>Customer</dt>
            <dd>${transaction.customerEmail}</dd>
            <dt>Reference</dt>
            <dd>${transaction.paymentReference}</dd>
          </dl>
          ${
            result
              ? html`<p role="status">${result.text}</p>
                  ${transaction.redirectUrl ? html`<a class="back" href="${transaction.redirectUrl}">Back to the shop</a>` : ''}`
              : html`<form method="post">
                  <button class="pay" formaction="${action('pay')}">Pay ${amount}</button>
                  <button formaction="${action('decline')}">Be declined</button>
                  <button formaction="${action('cancel')}">Cancel</button>
                </form>`
          }
        </main>
      </body>
    </html>`
}

const ENDINGS = new Map([
  ['pay', 'PAID'],
  ['decline', 'FAILED'],
  ['cancel', 'CANCELLED'],
])

/** @param onPaid is told of a payment once it is made, as Monnify tells the merchant by webhook */
export function createCheckout(
  store: SimulatorStore,
  onPaid: (transaction: SimulatedTransaction) => Promise<void>,
) {
  const pages = new Hono()

  pages.get('/checkout/:reference', async (c) => {
    const transaction = await store.byTransactionReference(c.req.param('reference'))
    if (!transaction) return c.notFound()
    return c.html(page(transaction), 200, { 'Content-Security-Policy': PAGE_POLICY })
  })

  pages.post('/checkout/:reference/:action', async (c) => {
    const reference = c.req.param('reference')
    const status = ENDINGS.get(c.req.param('action'))
    const transaction = await store.byTransactionReference(reference)
    if (!status || !transaction) return c.notFound()
    const amountPaid = status === 'PAID' ? transaction.amount : '0.00'
    const isFirst = await store.finish(reference, status, amountPaid)
    if (isFirst && status === 'PAID') await onPaid({ ...transaction, status, amountPaid })
    return c.redirect(`/simulator/checkout/${encodeURIComponent(reference)}`, 303)
  })

  return pages
}
