/** A payment. It expands to its timeline and its receipt. */
import { useEffect, useState } from 'preact/hooks'
import type { Refund } from '../../client/client'
import { goToCheckout } from './checkout'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import { isUnsettled, type Payment, type SentWebhook } from './model'
import { Fold } from './fold'
import { PaymentReceipt } from './payment-receipt'
import { failureOf, type PaymentFacts, verdictOf } from './payment-story'
import { canBeRefunded, RefundForm } from './refund-form'
import { Timeline } from './timeline'
import { Button } from '../shared/button'
import { Pill, ProblemNote } from '../shared/notes'
import { printMoment, printNaira, WALLET_NAMES } from '../shared/print'
import { PAYMENT_STATUSES, wordOf } from '../shared/words'

const TONES = {
  pending: 'quiet',
  processing: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'bad',
  expired: 'bad',
} as const

/** Webhooks and refunds of a payment, which are read when it is shown. */
function useFacts(payment: Payment): PaymentFacts {
  const { api, holdings } = useDesk()
  const { uuid, payment_reference, method, refunded_amount } = payment
  const [refunds, setRefunds] = useState<readonly Refund[]>([])
  const [read, setRead] = useState<readonly SentWebhook[]>([])
  const isNew = holdings.payments.some((known) => known.uuid === uuid)
  useEffect(() => {
    if (method !== 'monnify') return
    const readRefunds = async () => {
      const params = { path: { uuid } }
      const found = await api.call((client) => client.GET('/payments/{uuid}/refunds', { params }))
      if (found.ok) setRefunds(found.value)
    }
    void readRefunds()
  }, [api, uuid, method, refunded_amount])
  useEffect(() => {
    if (method !== 'monnify' || isNew) return
    const readWebhooks = async () => {
      const query = new URLSearchParams({ payment: payment_reference })
      const found = await api.simulate<SentWebhook[]>('GET', `/events?${query}`)
      if (found.ok) setRead(found.value)
    }
    void readWebhooks()
  }, [api, payment_reference, method, isNew])
  const webhooks = (isNew ? holdings.webhooks : read).filter(
    ({ paymentReference }) => paymentReference === payment_reference,
  )
  const entries = holdings.ledgers
    .filter(({ wallet }) => wallet === payment.wallet)
    .flatMap((ledger) => ledger.entries)
  return { payment, webhooks, entries, refunds }
}

function Reference({ reference }: { readonly reference: string }) {
  const { announce } = useDesk()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    const done = await navigator.clipboard.writeText(reference).then(
      () => true,
      () => false,
    )
    setCopied(done)
    announce(done ? 'Reference copied.' : 'The browser did not allow copying.')
  }
  return (
    <p class="reference note">
      <code>{reference}</code>
      <Button
        isSmall
        label={`${isCopied ? 'Copied' : 'Copy'}: reference ${reference}`}
        onClick={() => void copy()}
      >
        {isCopied ? 'Copied' : 'Copy'}
      </Button>
    </p>
  )
}

function OpenActions({ payment }: { readonly payment: Payment }) {
  const { api, refresh } = useDesk()
  const { act, isBusy, problem } = useAction()
  const verify = () =>
    act(async () => {
      const params = { path: { paymentReference: payment.payment_reference } }
      const asked = await api.call((client) =>
        client.POST('/payments/verify/{paymentReference}', { params }),
      )
      await refresh()
      return asked.ok ? undefined : asked.problem
    })
  return (
    <>
      <div class="actions">
        <Button isSmall isBusy={isBusy} onClick={() => act(() => goToCheckout(api, payment))}>
          Open checkout
        </Button>
        <Button isSmall isBusy={isBusy} onClick={verify}>
          Query Monnify
        </Button>
      </div>
      <ProblemNote problem={problem} />
    </>
  )
}

function Details({ payment }: { readonly payment: Payment }) {
  const { api, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [again, setAgain] = useState<readonly SentWebhook[]>([])
  const facts = useFacts(payment)
  const known = new Map([...again, ...facts.webhooks].map((webhook) => [webhook.id, webhook]))
  const isItsOwn = ({ paymentReference }: SentWebhook) =>
    paymentReference === payment.payment_reference
  const whole = { ...facts, webhooks: [...known.values()].filter(isItsOwn) }
  const sendAgain = (id: number) =>
    act(async () => {
      const sent = await api.simulate<SentWebhook>('POST', `/events/${id}/resend`)
      if (!sent.ok) return sent.problem
      setAgain((before) => [...before, sent.value])
      announce(`Sent again. ${verdictOf(sent.value, sent.value.sentAtMs - 1)}.`)
      await refresh()
      return undefined
    })
  return (
    <div class="payment-details">
      <Reference reference={payment.payment_reference} />
      {payment.method === 'monnify' && isUnsettled(payment) && <OpenActions payment={payment} />}
      <Timeline facts={whole} isBusy={isBusy} onSendAgain={sendAgain} />
      <ProblemNote problem={problem} />
      {payment.amount_paid > 0 && <PaymentReceipt facts={whole} />}
      {canBeRefunded(payment) && (
        <Fold title="Refund">
          <RefundForm payment={payment} />
        </Fold>
      )}
    </div>
  )
}

interface PaymentItemProps {
  readonly payment: Payment
  readonly isOpenAtFirst: boolean
}

export function PaymentItem({ payment, isOpenAtFirst }: PaymentItemProps) {
  const [isShown, setShown] = useState(isOpenAtFirst)
  const { status, method, amount, amount_paid, wallet } = payment
  const failure = failureOf(payment)
  const partly = amount_paid !== amount && amount_paid > 0
  return (
    <li class="payment" aria-label={`Payment of ${printNaira(amount)}`}>
      <details open={isShown} onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary class="payment-head expands">
          <strong class="number">{printNaira(amount)}</strong>
          <span class="note">
            {method === 'monnify' ? 'to' : 'moved to'} {WALLET_NAMES[wallet].toLowerCase()}
            {partly && `, ${printNaira(amount_paid)} paid`}
          </span>
          <Pill tone={TONES[status]}>{wordOf(PAYMENT_STATUSES, status)}</Pill>
          <span class="note moment">
            {printMoment(payment.created_at)}
            {failure && ` · ${failure}`}
          </span>
        </summary>
        {isShown && <Details payment={payment} />}
      </details>
    </li>
  )
}
