/** The simulated checkout page: the amount, the ways to pay, and every ending with its effect. */
import { html } from 'hono/html'
import { paymentFaultsNotice, faultFields } from './fault-fields'
import { nameFaults } from './faults'
import type { Html } from './page'
import {
  afterEnding,
  CHECKOUT_MS,
  type Ending,
  isPayable,
  METHOD_OF,
  type TransactionStatus,
  type Way,
  WAYS,
} from './scenario'
import type { SimulatedTransaction } from './store'
import { printNaira } from './webhook-words'

interface ResultText {
  readonly title: string
  readonly text: string
  readonly tone: 'good' | 'bad' | 'warn'
}

const RESULTS: Readonly<
  Record<Exclude<TransactionStatus, 'PENDING' | 'PARTIALLY_PAID'>, ResultText>
> = {
  PAID: {
    title: 'Payment received',
    text: 'The payment was received. You can close this page.',
    tone: 'good',
  },
  OVERPAID: {
    title: 'Payment received',
    text: 'More than the requested amount was received. You can close this page.',
    tone: 'good',
  },
  FAILED: {
    title: 'Declined',
    text: 'The bank declined the payment. No money has moved.',
    tone: 'bad',
  },
  ABANDONED: {
    title: 'Abandoned',
    text: 'The payment was abandoned. No money has moved.',
    tone: 'bad',
  },
  EXPIRED: {
    title: 'Expired',
    text: 'This checkout expired after 40 minutes. No money has moved.',
    tone: 'bad',
  },
  REVERSED: { title: 'Reversed', text: 'The money went back to the customer.', tone: 'warn' },
}

const WAY_TEXTS: Readonly<Record<Way, readonly [name: string, text: string]>> = {
  transfer: ['Bank transfer', 'To account 600 111 2223, Example Bank. Can be refunded.'],
  card: ['Card', 'Monnify does not refund card payments.'],
  ussd: ['USSD', 'With *000#. Monnify does not refund USSD payments.'],
}

const wayField = (way: Way, isChosen: boolean) => {
  const [name, text] = WAY_TEXTS[way]
  return html`<label class="way"
    ><input type="radio" name="way" value="${way}" ${isChosen ? 'checked' : ''} /><span
      ><strong>${name}</strong> ${text}</span
    ></label
  >`
}

const pathOf = ({ transactionReference }: SimulatedTransaction, ending: Ending): string =>
  `${encodeURIComponent(transactionReference)}/${ending}`

interface EndingText {
  readonly ending: Ending
  readonly name: string
  readonly effect: string
}

function endingsOf(transaction: SimulatedTransaction): EndingText[] {
  const { paidKobo } = transaction
  const sent = (ending: Ending) =>
    printNaira((afterEnding(transaction, ending)?.paidKobo ?? paidKobo) - paidKobo)
  const nothing =
    paidKobo > 0
      ? 'What was received stays received, and this page stays open for the rest.'
      : 'No money moves, and the browser returns to AIleana.'
  const part: EndingText = {
    ending: 'pay_part',
    name: 'Pay a part',
    effect: `Half, ${sent('pay_part')}. This page stays open, because the rest can still be paid.`,
  }
  return [
    ...(paidKobo === 0 ? [part] : []),
    {
      ending: 'pay_too_much',
      name: 'Pay too much',
      effect: `${sent('pay_too_much')}, which is more than requested. All of it counts as received.`,
    },
    { ending: 'decline', name: 'Decline', effect: `The bank declines. ${nothing}` },
    { ending: 'abandon', name: 'Abandon', effect: `The customer gives up. ${nothing}` },
  ]
}

const endingItem = (transaction: SimulatedTransaction, { ending, name, effect }: EndingText) =>
  html`<li>
    <button
      class="button"
      aria-describedby="${`effect-${ending}`}"
      formaction="${pathOf(transaction, ending)}"
    >
      ${name}
    </button>
    <p class="note" id="${`effect-${ending}`}">${effect}</p>
  </li>`

const returnLink = ({ redirectUrl }: SimulatedTransaction) =>
  redirectUrl ? html`<a class="button" href="${redirectUrl}">Return to AIleana</a>` : ''

function partNotice({ amountKobo, paidKobo }: SimulatedTransaction): Html | '' {
  if (paidKobo === 0) return ''
  const [paid, total, rest] = [paidKobo, amountKobo, amountKobo - paidKobo].map(printNaira)
  return html`<p class="notice warn" role="status">
    <strong>${paid} of ${total} received.</strong> The checkout stays open: Monnify accepts the
    remaining ${rest} until it expires.
  </p>`
}

function openForm(transaction: SimulatedTransaction): Html {
  const { amountKobo, paidKobo, faults } = transaction
  const method = transaction.method ?? METHOD_OF.transfer
  return html`${partNotice(transaction)}
    <form class="stacked" method="post">
      <fieldset class="ways">
        <legend>Pay by</legend>
        ${WAYS.map((way) => wayField(way, METHOD_OF[way] === method))}
      </fieldset>
      <button class="button primary pay" formaction="${pathOf(transaction, 'pay')}">
        Pay ${printNaira(amountKobo - paidKobo)}
      </button>
      <h2>Or end it another way</h2>
      <ul class="endings">
        ${endingsOf(transaction).map((each) => endingItem(transaction, each))}
      </ul>
      <details>
        <summary>Fault after the payment</summary>
        <div class="more">${faultFields(faults)}</div>
      </details>
    </form>
    ${paidKobo > 0 ? returnLink(transaction) : ''}`
}

function countdown({ createdAtMs }: SimulatedTransaction): Html {
  const endsAt = new Date(createdAtMs + CHECKOUT_MS).toISOString()
  return html`<p class="countdown">
    Expires in <time data-countdown datetime="${endsAt}">${endsAt.slice(11, 16)} UTC</time>
  </p>`
}

const titleOf = ({ status }: SimulatedTransaction): string =>
  status === 'PENDING' || status === 'PARTIALLY_PAID' ? 'Pay AIleana' : RESULTS[status].title

function closedNotice(transaction: SimulatedTransaction): Html | '' {
  const { status } = transaction
  if (status === 'PENDING' || status === 'PARTIALLY_PAID') return ''
  const { text, tone } = RESULTS[status]
  return html`<p class="${`notice ${tone}`}" role="status">${text}</p>
    ${returnLink(transaction)}`
}

export const checkoutTitle = (transaction: SimulatedTransaction): string =>
  `${titleOf(transaction)}: ${printNaira(transaction.amountKobo)}`

export function checkoutPage(transaction: SimulatedTransaction): Html {
  const { status, amountKobo, description, customerEmail, paymentReference } = transaction
  const isOpen = isPayable(status)
  const faults = isOpen ? nameFaults(transaction.faults) : []
  return html`<main class="checkout">
    <p class="note">A simulated gateway for development. No real money moves.</p>
    ${paymentFaultsNotice({ paymentReference, customerEmail, faults })}
    <section class="panel" aria-label="Checkout">
      <div class="merchant">
        <span class="avatar" aria-hidden="true">A</span>
        <div>
          <h1>${titleOf(transaction)}</h1>
          <p class="note">${description}</p>
        </div>
        ${isOpen ? countdown(transaction) : ''}
      </div>
      <p class="amount">${printNaira(amountKobo)}</p>
      <p class="note">From ${customerEmail}</p>
      ${isOpen ? openForm(transaction) : closedNotice(transaction)}
      <details>
        <summary>Reference</summary>
        <code>${paymentReference}</code>
      </details>
    </section>
    <p class="note"><a href="/simulator">All payments and webhooks</a></p>
  </main>`
}
