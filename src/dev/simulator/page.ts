/** Frame of the simulator's pages, whose style and script are built from `web/simulator`. */
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { readAsset } from '../../http/pages'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** After payment, a form redirects to the merchant's page, on any origin. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action *; " +
  "frame-ancestors 'none'; base-uri 'none'"

/** Responds with a page. @param body the page's `main` element */
export type ShowPage = (c: Context, title: string, body: Html) => Promise<Response>

export const createShowPage =
  (assets: Fetcher): ShowPage =>
  async (c, title, body) => {
    const frame = await readAsset(c, assets, '/simulator/index.html')
    const [heading, main] = [String(await html`<title>${title}</title>`), String(await body)]
    const page = frame
      .replace(/<title>.*<\/title>/, () => heading)
      .replace('<main></main>', () => main)
    return c.html(page, 200, { 'Content-Security-Policy': POLICY })
  }

const UTC = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})

/** The page's script prints it in local time. */
export const moment = (ms: number): Html =>
  html`<time data-local datetime="${new Date(ms).toISOString()}">${UTC.format(ms)} UTC</time>`

export const pill = (tone: 'good' | 'bad' | 'warn' | 'quiet', text: string): Html =>
  html`<span class="${`pill ${tone}`}">${text}</span>`
