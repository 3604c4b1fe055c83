/** Payments, each with its webhooks and their outcomes. */
import { goToCheckout } from './checkout'
import { useAction, useDesk } from './desk'
import { isUnsettled, type Payment, type SentWebhook } from './model'
import { Button } from '../shared/button'
import { Empty, Pill, ProblemNote } from '../shared/notes'
import { Section } from '../shared/section'
import { printMoment, printNaira, printTime, printWord, WALLET_NAMES } from '../shared/print'
import './payments.css'

const TONES = {
  pending: 'quiet',
  processing: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'bad',
  expired: 'bad',
} as const

function Webhook({ webhook }: { readonly webhook: SentWebhook }) {
  const { api, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const { id, signature, answer, verdict, sentAtMs } = webhook
  const replay = () =>
    act(async () => {
      const sent = await api.simulate<SentWebhook>('POST', `/events/${id}/resend`)
      if (!sent.ok) return sent.problem
      announce(`Sent again: ${sent.value.answer} ${printWord(sent.value.verdict ?? '')}`)
      await refresh()
      return undefined
    })
  return (
    <li class="webhook">
      <span class="note number">
        #{id} {printTime(sentAtMs)}
      </span>
      {signature === null && <span class="note">unsigned</span>}
      <Pill tone={answer === 200 ? 'good' : 'bad'}>
        {answer} {printWord(verdict ?? '')}
      </Pill>
      <Button isSmall isBusy={isBusy} label={`Replay webhook ${id}`} onClick={replay}>
        Replay
      </Button>
      <ProblemNote problem={problem} />
    </li>
  )
}

const count = (amount: number, thing: string): string =>
  `${amount} ${thing}${amount === 1 ? '' : 's'}`

const TIMES = ['not credited', 'credited once', 'credited in two parts']

/** Number of accepted webhooks, compared with the number of credits in the ledger. */
function Webhooks({ payment }: { readonly payment: Payment }) {
  const { holdings } = useDesk()
  const isItsOwn = ({ paymentReference }: SentWebhook) =>
    paymentReference === payment.payment_reference
  const webhooks = holdings.webhooks.filter(isItsOwn)
  const taken = webhooks.filter(({ answer }) => answer === 200).length
  const credits = holdings.ledgers
    .flatMap(({ entries }) => entries)
    .filter(({ source_uuid, amount }) => source_uuid === payment.uuid && amount > 0).length
  if (webhooks.length === 0)
    return (
      <p class="note">
        No webhook yet{credits > 0 ? ', but credited: the service queried the gateway' : ''}.
      </p>
    )
  return (
    <>
      <p class="note">
        {count(webhooks.length, 'webhook')} sent, {taken} accepted,{' '}
        {TIMES[credits] ?? `credited in ${credits} parts`}
        {taken === 0 && credits > 0 && ': the service queried the gateway automatically'}.
      </p>
      <ul class="webhooks">
        {webhooks.map((webhook) => (
          <Webhook key={webhook.id} webhook={webhook} />
        ))}
      </ul>
    </>
  )
}

function PaymentItem({ payment }: { readonly payment: Payment }) {
  const { api, refresh } = useDesk()
  const { act, isBusy, problem } = useAction()
  const { status, method, amount, amount_paid, wallet, payment_reference, failure_reason } = payment
  const verify = () =>
    act(async () => {
      const params = { path: { paymentReference: payment_reference } }
      const asked = await api.call((client) =>
        client.POST('/payments/verify/{paymentReference}', { params }),
      )
      await refresh()
      return asked.ok ? undefined : asked.problem
    })
  const partly =
    amount_paid !== amount && amount_paid > 0 ? `, ${printNaira(amount_paid)} paid` : ''
  return (
    <li class="payment" aria-label={`Payment of ${printNaira(amount)}`}>
      <div class="payment-head">
        <strong class="number">{printNaira(amount)}</strong>
        <span class="note">
          {method === 'monnify' ? 'to' : 'moved to'} {WALLET_NAMES[wallet].toLowerCase()}
          {partly}
        </span>
        <Pill tone={TONES[status]}>{status}</Pill>
      </div>
      <p class="note">
        <code>{payment_reference}</code>
        <span class="moment">
          {printMoment(payment.created_at)}
          {failure_reason && ` · ${printWord(failure_reason)}`}
        </span>
      </p>
      {method === 'monnify' && isUnsettled(payment) && (
        <div class="actions">
          <Button isSmall isBusy={isBusy} onClick={() => act(() => goToCheckout(api, payment))}>
            Open checkout
          </Button>
          <Button isSmall isBusy={isBusy} onClick={verify}>
            Query Monnify
          </Button>
        </div>
      )}
      <ProblemNote problem={problem} />
      {method === 'monnify' && <Webhooks payment={payment} />}
    </li>
  )
}

export function Payments() {
  const { holdings } = useDesk()
  return (
    <Section title="Payments">
      {holdings.payments.length === 0 && (
        <Empty>No payments yet. Top up a wallet to see its webhooks here.</Empty>
      )}
      <ul class="payments">
        {holdings.payments.map((payment) => (
          <PaymentItem key={payment.uuid} payment={payment} />
        ))}
      </ul>
    </Section>
  )
}
