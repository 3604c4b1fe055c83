/** Plain text and HTML of a message. */
import { html } from 'hono/html'
import type { Language } from '../common/text/locale'
import type { MailText } from './texts/format'

export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const SIGNATURE = 'AIleana'

/** @param link address of the action */
export async function write(
  { subject, paragraphs, action }: MailText,
  greeting: string,
  language: Language,
  link?: string,
): Promise<Letter> {
  const [first = '', ...others] = paragraphs
  const linked = action !== undefined && link !== undefined
  const text = [greeting, first, ...(linked ? [`${action}: ${link}`] : []), ...others, SIGNATURE]
  const button = linked
    ? html`<p>
        <a
          href="${link}"
          style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1a56db;color:#ffffff;text-decoration:none"
          >${action}</a
        >
      </p>`
    : ''
  const body = await html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${subject}</title>
      </head>
      <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c1f26">
        <div style="max-width:34em;margin:0 auto">
          <p>${greeting}</p>
          <p>${first}</p>
          ${button} ${others.map((paragraph) => html`<p>${paragraph}</p>`)}
          <p>${SIGNATURE}</p>
        </div>
      </body>
    </html>`
  return { subject, text: `${text.join('\n\n')}\n`, html: body.toString() }
}
