/** Result of the payment whose checkout was opened last. On return, Monnify is queried at once. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Problem } from '../shared/api'
import { payByCheckout } from './checkout'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import { isUnsettled, type Payment } from './model'
import { isOldNews, newsOf } from './payment-news'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { printNaira } from '../shared/print'
import { keepPaying, readPaying } from './session'
import './returned.css'

/** Queries Monnify about a payment that is not final: once by itself, then on command. */
function useVerify(payment: Payment | undefined) {
  const { api, refresh } = useDesk()
  const [verified, setVerified] = useState<Problem | 'ok'>()
  const [isBusy, setBusy] = useState(false)
  const verifiedUuid = useRef<string>(undefined)
  const verify = useCallback(
    async (reference: string) => {
      setBusy(true)
      const params = { path: { paymentReference: reference } }
      const asked = await api.call((client) =>
        client.POST('/payments/verify/{paymentReference}', { params }),
      )
      await refresh()
      setVerified(asked.ok ? 'ok' : asked.problem)
      setBusy(false)
    },
    [api, refresh],
  )
  useEffect(() => {
    if (!payment || !isUnsettled(payment) || verifiedUuid.current === payment.uuid) return
    verifiedUuid.current = payment.uuid
    void verify(payment.payment_reference)
  }, [payment, verify])
  return { verified, isBusy, verify }
}

interface ResultProps {
  readonly payment: Payment
  readonly onDismiss: () => void
}

function Result({ payment, onDismiss }: ResultProps) {
  const { api } = useDesk()
  const { verified, isBusy, verify } = useVerify(payment)
  const retry = useAction()
  const { amount, wallet, payment_reference } = payment
  const isFirstQuery = verified === undefined && isUnsettled(payment)
  if (isFirstQuery)
    return (
      <div class="news busy">
        <p>
          <span class="spinner" /> Checking the payment with Monnify…
        </p>
      </div>
    )
  const { tone, title, text, action } = newsOf(payment, verified)
  return (
    <div class={`news ${tone}`}>
      <p>
        <strong>{title}</strong> {text}
      </p>
      <div class="actions">
        {action === 'retry' && (
          <Button
            isSmall
            isBusy={retry.isBusy}
            label={`Try again: payment of ${printNaira(amount)}`}
            onClick={() => retry.act(() => payByCheckout(api, amount, wallet))}
          >
            Try again
          </Button>
        )}
        {action === 'verify' && (
          <Button isSmall isBusy={isBusy} onClick={() => void verify(payment_reference)}>
            Check now
          </Button>
        )}
        <Button isSmall label="Dismiss this message" onClick={onDismiss}>
          Dismiss
        </Button>
      </div>
      <ProblemNote problem={retry.problem} />
    </div>
  )
}

export function Returned() {
  const { holdings } = useDesk()
  const [paying, setPaying] = useState(readPaying)
  const payment = holdings.payments.find(({ uuid }) => uuid === paying)
  const shown = payment && !isOldNews(payment, holdings.calls) ? payment : undefined
  const dismiss = () => {
    keepPaying(null)
    setPaying(null)
  }
  return <div role="status">{shown && <Result payment={shown} onDismiss={dismiss} />}</div>
}
