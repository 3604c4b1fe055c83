/** Webhooks of the overview page, with the service's verdict in words, and the result of sending one again. */
import { html } from 'hono/html'
import { type Html, moment, pill } from './page'
import type { SentEvent } from './store'
import { describeEvent, verdictOf } from './webhook-words'

/** Response to a webhook that was sent again, shown beside the original. */
export interface Again {
  readonly originalId: number
  readonly sent: SentEvent
}

function formatJson(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

function verdictCell(event: SentEvent, again: Again | undefined): Html {
  const { isAccepted, text } = verdictOf(event)
  const repeated = again?.originalId === event.id ? verdictOf(again.sent) : undefined
  return html`<div>
    ${pill(isAccepted ? 'good' : 'bad', `Status ${event.answer}`)}
    <p class="note">${text}.</p>
    ${
      repeated
        ? html`<p class="${`sent ${repeated.isAccepted ? 'good' : 'bad'}`}" role="status">
            Sent again: status ${again?.sent.answer}. ${repeated.text}.
          </p>`
        : ''
    }
  </div>`
}

const signatureOf = ({ signature, verdict }: SentEvent): string => {
  if (signature === null) return 'None'
  return verdict === 'invalid_signature' ? 'Does not match' : 'Matches'
}

function webhookRow(event: SentEvent, again: Again | undefined): Html {
  const { id, body, signature, sentAtMs } = event
  return html`<tr id="${`webhook-${id}`}">
    <td data-label="Webhook">
      <div>
        <strong>${describeEvent(body)}</strong>
        <p class="note">No. ${id}, ${moment(sentAtMs)}</p>
        <details>
          <summary>Body and signature</summary>
          <div class="more">
            <pre tabindex="0" aria-label="${`Body of webhook ${id}`}">${formatJson(body)}</pre>
            <p class="note">
              ${signature === null ? 'No signature header.' : html`<code>${signature}</code>`}
            </p>
          </div>
        </details>
      </div>
    </td>
    <td data-label="Signature">${signatureOf(event)}</td>
    <td data-label="Response">${verdictCell(event, again)}</td>
    <td data-label="Replay">
      <form method="post" action="${`/simulator/events/${id}/resend`}">
        <button class="button small" aria-label="${`Send again webhook ${id}`}">Send again</button>
      </form>
    </td>
  </tr>`
}

export const webhooksTable = (events: readonly SentEvent[], again?: Again): Html =>
  events.length === 0
    ? html`<p class="empty">No webhooks yet. The gateway sends one when a payment is received.</p>`
    : html`<table>
        <thead>
          <tr>
            <th scope="col">Webhook</th>
            <th scope="col">Signature</th>
            <th scope="col">Response of the service</th>
            <th scope="col">Replay</th>
          </tr>
        </thead>
        <tbody>
          ${events.map((event) => webhookRow(event, again))}
        </tbody>
      </table>`
