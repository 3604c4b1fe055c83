/** Top-up while the call continues. The checkout opens in another tab. */
import { useRef, useState } from 'preact/hooks'
import { printKobo } from '../shared/print'
import { Button } from '../shared/button'
import { type Amount, AMOUNTS, type StartedTopUp, type StartTopUp } from './payment'
import { TOP_UP } from './texts'
import './top-up.css'

/** Opens an empty tab at the click, because browsers block a tab that opens after the response. */
function openTab(): Window | null {
  const tab = window.open('', '_blank')
  if (tab) tab.opener = null
  return tab
}

/** A payment keeps its key until the service has responded, so that a repeated request pays once. */
function usePayment(startTopUp: StartTopUp) {
  const [started, setStarted] = useState<StartedTopUp | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const attempt = useRef<{ readonly amount: Amount; readonly key: string } | null>(null)

  const pay = async (amount: Amount) => {
    if (isBusy) return
    const tab = openTab()
    setIsBusy(true)
    if (attempt.current?.amount !== amount) attempt.current = { amount, key: crypto.randomUUID() }
    const result = await startTopUp(amount, attempt.current.key)
    if (result.ok || result.failure !== 'offline') attempt.current = null
    if (result.ok) tab?.location.replace(result.checkoutUrl)
    else tab?.close()
    setStarted(result)
    setIsBusy(false)
  }
  return { started, isBusy, pay }
}

interface ResultProps {
  readonly started: StartedTopUp | null
  readonly isOver: boolean
}

function Result({ started, isOver }: ResultProps) {
  const notes = isOver ? TOP_UP.afterCall : TOP_UP.duringCall
  if (!started) return <p class="note">{notes.before}</p>
  if (!started.ok) return <p class="problem">{TOP_UP.failures[started.failure]}</p>
  return (
    <p>
      {notes.opened}{' '}
      <a href={started.checkoutUrl} target="_blank" rel="noreferrer">
        {TOP_UP.again}
      </a>
    </p>
  )
}

interface TopUpProps {
  readonly startTopUp: StartTopUp
  readonly isOver: boolean
}

export function TopUp({ startTopUp, isOver }: TopUpProps) {
  const [amount, setAmount] = useState<Amount>(1000)
  const { started, isBusy, pay } = usePayment(startTopUp)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void pay(amount)
  }
  return (
    <details class="fold top-up">
      <summary>{TOP_UP.summary}</summary>
      <form class="fold-body" onSubmit={submit}>
        <fieldset>
          <legend>{TOP_UP.legend}</legend>
          {AMOUNTS.map((option) => (
            <label key={option}>
              <input
                type="radio"
                name="amount"
                checked={option === amount}
                onChange={() => setAmount(option)}
              />
              {printKobo(option * 100)}
            </label>
          ))}
        </fieldset>
        <Button kind="primary" isBusy={isBusy}>
          {TOP_UP.submit(amount)}
        </Button>
        <div role="status">
          <Result started={started} isOver={isOver} />
        </div>
      </form>
    </details>
  )
}
