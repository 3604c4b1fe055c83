/** Result of the payment whose checkout was opened last. */
import { useState } from 'preact/hooks'
import { useDesk } from './desk'
import type { Payment } from './model'
import { Button } from '../shared/button'
import { printNaira, printWord, WALLET_NAMES } from '../shared/print'
import { keepPaying, readPaying } from './session'
import './returned.css'

interface News {
  readonly tone: 'good' | 'warn' | 'bad'
  readonly title: string
  readonly text: string
}

function newsOf({ status, amount, amount_paid, wallet, failure_reason }: Payment): News {
  const paid = printNaira(amount_paid)
  if (status === 'completed')
    return {
      tone: 'good',
      title: `${paid} credited`,
      text: `to ${WALLET_NAMES[wallet].toLowerCase()}.`,
    }
  if (status === 'failed' || status === 'cancelled' || status === 'expired')
    return {
      tone: 'bad',
      title: 'Nothing was credited',
      text: `${printWord(failure_reason ?? status)}.`,
    }
  if (amount_paid > 0)
    return {
      tone: 'warn',
      title: `${paid} credited`,
      text: `of ${printNaira(amount)}; the rest has not arrived.`,
    }
  return {
    tone: 'warn',
    title: 'Not confirmed yet',
    text: `Monnify has not confirmed ${printNaira(amount)}. The service queries it again automatically.`,
  }
}

export function Returned() {
  const { holdings } = useDesk()
  const [paying, setPaying] = useState(readPaying)
  const payment = holdings.payments.find(({ uuid }) => uuid === paying)
  const news = payment && newsOf(payment)
  const dismiss = () => {
    keepPaying(null)
    setPaying(null)
  }
  return (
    <div role="status">
      {news && (
        <div class={`news ${news.tone}`}>
          <p>
            <strong>{news.title}</strong> {news.text}
          </p>
          <Button isSmall label="Dismiss this message" onClick={dismiss}>
            Dismiss
          </Button>
        </div>
      )}
    </div>
  )
}
