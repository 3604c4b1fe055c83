/** The simulated e-mail provider: its API, which speaks Resend's, and the inbox page with all e-mails. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { MailStore, SimulatedMail } from './mail-store'
import { type Html, moment, type ShowPage } from './page'

const SHOWN = 30
const TITLE = 'Inbox'

/** An e-mail cannot load anything, and its links open in place of the page. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-top-navigation"

const emailSchema = z.object({
  to: z.tuple([z.string()]),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
})

export interface InboxOptions {
  readonly store: MailStore
  readonly now: () => number
}

/** Accepts each key once, like the provider. */
export async function acceptMail(
  { store, now }: InboxOptions,
  request: Request,
): Promise<Response> {
  const email = emailSchema.safeParse(await request.json())
  const key = request.headers.get('Idempotency-Key')
  if (!email.success || key === null)
    return Response.json({ statusCode: 422, name: 'validation_error' }, { status: 422 })
  const { to, ...letter } = email.data
  const mail = { ...letter, key, recipient: to[0], receivedAtMs: now() }
  const { id } = await store.acceptMail(mail)
  return Response.json({ id: `simulated-${id}` })
}

const LINK = /https?:\/\/\S+/

function paragraph(text: string): Html {
  const [url] = LINK.exec(text) ?? []
  if (url === undefined) return html`<p>${text}</p>`
  return html`<p><a href="${url}">${text.replace(url, '').trim().replace(/:$/, '') || url}</a></p>`
}

const mailItem = ({ id, recipient, subject, text, receivedAtMs }: SimulatedMail): Html =>
  html`<li class="mail" id="${`mail-${id}`}">
    <h2>${subject}</h2>
    <p class="note">To ${recipient}, ${moment(receivedAtMs)}</p>
    ${text.trim().split('\n\n').map(paragraph)}
    <p class="note"><a href="${`/simulator/inbox/${id}`}">As HTML</a></p>
  </li>`

export function createInbox({ store, show }: InboxOptions & { readonly show: ShowPage }) {
  const pages = new Hono()

  pages.get('/inbox', async (c) => {
    const recipient = c.req.query('to') || null
    const mails = await store.mails(recipient, SHOWN)
    if (!(c.req.header('Accept') ?? '').includes('text/html')) return c.json(mails)
    const body = html`<main class="page">
      <header class="top">
        <h1>${TITLE}</h1>
        <nav aria-label="Pages">
          <a href="/console">Console</a> <a href="/simulator">Simulated Monnify</a>
        </nav>
        <p class="note">
          ${recipient === null ? `The newest ${SHOWN} e-mails` : `E-mails to ${recipient}`}. They
          leave this machine only in production.
        </p>
      </header>
      <section class="panel">
        ${
          mails.length === 0
            ? html`<p class="empty">No e-mails yet. Each new account receives one.</p>`
            : html`<ul class="mails">
                ${mails.map(mailItem)}
              </ul>`
        }
      </section>
    </main>`
    return show(c, TITLE, body)
  })

  pages.get('/inbox/:id{[0-9]+}', async (c) => {
    const mail = await store.mail(Number(c.req.param('id')))
    if (!mail) return c.notFound()
    return c.html(mail.html, 200, { 'Content-Security-Policy': MAIL_POLICY })
  })

  return pages
}
