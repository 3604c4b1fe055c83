/** Form fields that select faults, and the notice of the faults that are on. */
import { html } from 'hono/html'
import { namesOf, type NamedFault } from './fault-names'
import { type ActiveFault, countFaults } from './faults'
import { type Html, moment } from './page'
import {
  type Faults,
  REFUND_FAULTS,
  type RefundSetting,
  SETTLEMENT_FAULTS,
  type SettlementSetting,
  STATUS_FAULTS,
  WEBHOOK_FAULTS,
} from './scenario'

interface SelectProps {
  readonly label: string
  readonly name: string
  readonly options: readonly (readonly [value: string, text: string])[]
  readonly chosen: string
}

const select = ({ label, name, options, chosen }: SelectProps) =>
  html`<label
    >${label}
    <select name="${name}">
      ${options.map(
        ([value, text]) =>
          html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${text}</option>`,
      )}
    </select>
  </label>`

const optionsOf = (kind: NamedFault['kind'], faults: readonly string[]) =>
  faults.map((fault) => [fault, namesOf(kind)[fault]?.name ?? 'No fault'] as const)

export const faultFields = ({ webhook, status }: Faults): Html =>
  html`${select({
    label: 'Webhook',
    name: 'webhook',
    options: optionsOf('webhook', WEBHOOK_FAULTS),
    chosen: webhook,
  })}
  ${select({
    label: 'Status query',
    name: 'status',
    options: optionsOf('status', STATUS_FAULTS),
    chosen: status,
  })}`

export const refundFaultFields = ({ fault, queries }: RefundSetting): Html =>
  html`${select({
      label: 'Refund',
      name: 'fault',
      options: optionsOf('refund', REFUND_FAULTS),
      chosen: fault,
    })}
    <label
      >Queries while pending
      <input type="number" name="queries" min="1" max="100" value="${queries}"
    /></label>`

export const settlementFaultField = ({ fault }: SettlementSetting): Html =>
  select({
    label: 'Settlement',
    name: 'fault',
    options: optionsOf('settlement', SETTLEMENT_FAULTS),
    chosen: fault,
  })

/** @param customers e-mail addresses to choose from */
export const userField = (customers: readonly string[]): Html =>
  select({
    label: 'For the payments of',
    name: 'user',
    options: [['', 'Everyone'], ...customers.map((email) => [email, email] as const)],
    chosen: '',
  })

const faultItem = ({ title, user, untilMs }: ActiveFault) =>
  html`<li>${title}, for ${user ?? 'everyone'}, until ${moment(untilMs)}.</li>`

/** Notice with a button that clears all faults of all users. Empty without faults. */
export const activeFaultsNotice = (faults: readonly ActiveFault[]): Html | '' =>
  faults.length === 0
    ? ''
    : html`<section class="faults-on" aria-label="Faults that are on">
        <div>
          <strong>${countFaults(faults.length)}</strong>
          <ul>
            ${faults.map(faultItem)}
          </ul>
        </div>
        <form method="post" action="/simulator/faults/clear">
          <button class="button small">Clear all faults</button>
        </form>
      </section>`

interface PaymentFaults {
  readonly paymentReference: string
  readonly customerEmail: string
  readonly faults: readonly NamedFault[]
}

/** Notice of a payment's own faults. Its button also ends the customer's faults for future payments. */
export const paymentFaultsNotice = (payment: PaymentFaults): Html | '' =>
  payment.faults.length === 0
    ? ''
    : html`<section class="faults-on" aria-label="Faults of this payment">
        <div>
          <strong>${countFaults(payment.faults.length)}</strong>
          <ul>
            ${payment.faults.map(({ title, effect }) => html`<li>${title}. ${effect}</li>`)}
          </ul>
        </div>
        <form method="post" action="/simulator/faults/clear">
          <input type="hidden" name="payment" value="${payment.paymentReference}" />
          <input type="hidden" name="user" value="${payment.customerEmail}" />
          <button class="button small">Clear</button>
        </form>
      </section>`
