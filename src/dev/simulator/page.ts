/** Layout, styles and Content-Security-Policy of the simulator's pages. */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import {
  type Faults,
  REFUND_FAULTS,
  type RefundSetting,
  STATUS_FAULTS,
  WEBHOOK_FAULTS,
} from './scenario'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; form-action *; " +
  "frame-ancestors 'none'; base-uri 'none'"

export const PAGE_HEADERS = { 'Content-Security-Policy': POLICY }

const STYLE = `
:root { color-scheme: light dark; --ink: #14213d; --quiet: #56617a; --paper: #fff; --ground: #eef1f6; --accent: #0b6e4f; --on-accent: #fff; --line: #d5dbe6 }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf5; --quiet: #a5b0c5; --paper: #1a2232; --ground: #0f1521; --accent: #35b58a; --on-accent: #06251a; --line: #303b50 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr); place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: min(26rem, 100%); background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: 1.75rem; box-shadow: 0 10px 30px #0000001a }
main.wide { width: min(60rem, 100%) }
.note { margin: 0 0 1.25rem; padding: .4rem .75rem; border-radius: .5rem; background: var(--ground); color: var(--quiet); font-size: .85rem }
form ~ .note { margin: 1.25rem 0 0 }
h1 { margin: 0; font-size: 1rem; font-weight: 500; color: var(--quiet) } h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem }
.amount { margin: .1rem 0 1rem; font-size: 2.25rem; font-weight: 700; font-variant-numeric: tabular-nums }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 0 0 1.5rem; font-size: .9rem }
dt { color: var(--quiet) } dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
.reference { font: .68rem/2.1 ui-monospace, monospace; word-break: break-all } input { accent-color: var(--accent) }
form { display: grid; gap: .6rem } fieldset { border: 0; margin: 0; padding: 0 } legend { padding: 0; color: var(--quiet); font-size: .9rem }
.ways { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-bottom: .4rem; font-size: .95rem } label { display: flex; gap: .4rem; align-items: center }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem } details { font-size: .9rem; color: var(--quiet) } summary { cursor: pointer; padding: .3rem 0 }
select, input[type=number] { font: inherit; padding: .4rem; border-radius: .4rem; border: 1px solid var(--line); background: var(--paper); color: var(--ink); max-width: 100% }
input[type=number] { width: 7rem } .actions { border-bottom: 1px solid var(--line); padding: .4rem 0 } .actions form { padding: .3rem 0 }
details label { justify-content: space-between; padding: .2rem 0 }
button, .back { display: block; width: 100%; padding: .75rem; border-radius: .6rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--line); background: transparent; color: var(--ink) }
form ~ .back { margin-top: .6rem }
.pay { background: var(--accent); border-color: var(--accent); color: var(--on-accent) } .small { width: auto; padding: .3rem .7rem; font-size: .85rem }
.scroll { overflow-x: auto } table { width: 100%; border-collapse: collapse; font-size: .85rem } th, td { text-align: left; padding: .45rem .6rem .45rem 0; border-bottom: 1px solid var(--line); white-space: nowrap } th { color: var(--quiet); font-weight: 500 }
a { color: var(--accent) } .inline { display: flex; flex-wrap: wrap; align-items: end; gap: .8rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`

export const frame = (title: string, body: Html, kind: '' | 'wide' = '') =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main class="${kind}">
          <p class="note">A simulated gateway for development. No real money moves.</p>
          ${body}
        </main>
      </body>
    </html>`

const select = (label: string, name: string, values: readonly string[], chosen: string) =>
  html`<label
    >${label}
    <select name="${name}">
      ${values.map(
        (value) =>
          html`<option value="${value}" ${value === chosen ? 'selected' : ''}>
            ${value.replaceAll('_', ' ')}
          </option>`,
      )}
    </select>
  </label>`

export const faultFields = (faults: Faults) =>
  html`${select('Webhook', 'webhook', WEBHOOK_FAULTS, faults.webhook)}
  ${select('Status query', 'status', STATUS_FAULTS, faults.status)}`

export const refundFaultFields = ({ fault, queries }: RefundSetting) =>
  html`${select('Refund', 'fault', REFUND_FAULTS, fault)}
    <label
      >Queries while pending
      <input type="number" name="queries" min="1" max="100" value="${queries}"
    /></label>`

const naira = new Intl.NumberFormat('en-NG', { style: 'currency', currency: 'NGN' })

export const printNaira = (amountKobo: number): string => naira.format(amountKobo / 100)
