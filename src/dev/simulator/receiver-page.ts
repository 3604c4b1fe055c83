/** Page of a simulated receiver: its fault, its secret, and the deliveries that arrived. */
import { html } from 'hono/html'
import { parseJson } from '../../common/text/json'
import { FAULTS_LAST_MS } from './faults'
import { type Html, moment, pill } from './page'
import { RECEIVER_FAULTS, RECEIVER_RESPONSES, type ReceiverFault } from './receiver-faults'
import type { ReceivedDelivery } from './receiver-store'

export interface ReceiverState {
  readonly name: string
  readonly url: string
  readonly fault: ReceiverFault
  readonly untilMs: number | null
  readonly knowsSecret: boolean
  readonly deliveries: readonly ReceivedDelivery[]
}

const signatureOf = ({ isGenuine }: ReceivedDelivery): string => {
  if (isGenuine === null) return 'Not verified'
  return isGenuine ? 'Matches' : 'Does not match'
}

/** `call.ended, no. 12`. */
function titleOf(body: string): string {
  const { type, sequence } = (parseJson(body) ?? {}) as { type?: string; sequence?: number | null }
  if (typeof type !== 'string') return 'Not an event'
  return typeof sequence === 'number' ? `${type}, no. ${sequence}` : `${type}, a sample`
}

function deliveryRow(delivery: ReceivedDelivery, isRepeat: boolean): Html {
  const { id, body, answer, receivedAtMs } = delivery
  const value = parseJson(body)
  return html`<tr id="${`delivery-${id}`}">
    <td data-label="Event">
      <div>
        <strong>${titleOf(body)}</strong>
        <p class="note">${moment(receivedAtMs)}${isRepeat ? ', a repeat' : ''}</p>
        <details>
          <summary>Body</summary>
          <div class="more">
            <pre tabindex="0" aria-label="${`Body of delivery ${id}`}">
${value === undefined ? body : JSON.stringify(value, null, 2)}</pre>
          </div>
        </details>
      </div>
    </td>
    <td data-label="Signature">${signatureOf(delivery)}</td>
    <td data-label="Response">${pill(answer < 300 ? 'good' : 'bad', `Status ${answer}`)}</td>
  </tr>`
}

function deliveriesTable(deliveries: readonly ReceivedDelivery[]): Html {
  if (deliveries.length === 0)
    return html`<p class="empty">No deliveries yet. Create an endpoint with this address.</p>`
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Event</th>
        <th scope="col">Signature</th>
        <th scope="col">Response of the receiver</th>
      </tr>
    </thead>
    <tbody>
      ${deliveries.map((delivery, index) => {
        const isRepeat = deliveries
          .slice(index + 1)
          .some(({ eventId }) => eventId === delivery.eventId)
        return deliveryRow(delivery, isRepeat)
      })}
    </tbody>
  </table>`
}

const settingsForm = ({ name, fault, knowsSecret }: ReceiverState): Html =>
  html`<form class="settings" method="post" action="${`/simulator/receiver/${name}/settings`}">
    <label
      >Response
      <select name="fault">
        ${RECEIVER_FAULTS.map(
          (one) =>
            html`<option value="${one}" ${one === fault ? 'selected' : ''}>
              ${RECEIVER_RESPONSES[one].name}
            </option>`,
        )}
      </select>
    </label>
    <label
      >${knowsSecret ? 'New secret, if it was rotated' : 'Secret of the endpoint'}
      <input type="text" name="secret" autocomplete="off" placeholder="whsec_…" />
    </label>
    <button class="button">Save</button>
  </form>`

export function receiverPage(state: ReceiverState): Html {
  const { name, url, fault, untilMs, knowsSecret, deliveries } = state
  return html`<main class="page">
    <header class="top">
      <h1>Receiver ${name}</h1>
      <nav aria-label="Pages">
        <a href="/console#webhooks">Console</a> <a href="/simulator">Simulated Monnify</a>
      </nav>
      <p class="note">A simulated receiver of webhooks, at <code>${url}</code>.</p>
    </header>
    <section class="panel" id="settings">
      <div>
        <h2>Response</h2>
        <p class="note">
          ${RECEIVER_RESPONSES[fault].effect}
          ${untilMs === null ? '' : html`The fault lasts until ${moment(untilMs)}.`} A fault ends by
          itself after ${FAULTS_LAST_MS / 60_000} minutes.
          ${
            knowsSecret
              ? 'The receiver knows a secret and rejects forgeries.'
              : 'The receiver knows no secret yet, so it verifies nothing.'
          }
        </p>
      </div>
      ${settingsForm(state)}
    </section>
    <section class="panel" id="deliveries">
      <div>
        <h2>Deliveries</h2>
        <p class="note">The newest first.</p>
      </div>
      ${deliveriesTable(deliveries)}
    </section>
  </main>`
}
