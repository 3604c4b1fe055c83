/** Receipt of a payment that brought money in. */
import { useDesk } from './desk'
import type { PaymentFacts } from './payment-story'
import { type Fact, Receipt } from './receipt'
import { SignedReceipt } from './signed-receipt'
import { printDate, printNaira, WALLET_NAMES } from '../shared/print'
import { PAYMENT_METHODS, PAYMENT_STATUSES, wordOf } from '../shared/words'

function factsOf({ payment, entries }: PaymentFacts): Fact[] {
  const { amount, amount_paid, refunded_amount, wallet, status, method, description } = payment
  const credit = entries.find((entry) => entry.source_uuid === payment.uuid && entry.amount > 0)
  const facts: (Fact | undefined)[] = [
    { name: 'Paid', value: <strong class="charged">{printNaira(amount_paid)}</strong> },
    amount === amount_paid ? undefined : { name: 'Requested', value: printNaira(amount) },
    { name: 'Credited to', value: WALLET_NAMES[wallet] },
    { name: 'By', value: wordOf(PAYMENT_METHODS, method) },
    description ? { name: 'Purpose', value: description } : undefined,
    { name: 'Status', value: wordOf(PAYMENT_STATUSES, status) },
    { name: 'Date', value: printDate(payment.completed_at ?? payment.created_at) },
    { name: 'Reference', value: <code>{payment.payment_reference}</code> },
    credit && {
      name: 'Balance',
      value: `${printNaira(credit.balance - credit.amount)} before, ${printNaira(credit.balance)} after`,
    },
    refunded_amount > 0 ? { name: 'Refunded', value: printNaira(refunded_amount) } : undefined,
  ]
  return facts.filter((fact) => fact !== undefined)
}

export function PaymentReceipt({ facts }: { readonly facts: PaymentFacts }) {
  const { api } = useDesk()
  const { uuid, amount, status, method } = facts.payment
  const title = `payment of ${printNaira(amount)}`
  const params = { path: { uuid } }
  return (
    <details class="how">
      <summary>Receipt</summary>
      <Receipt title={title} facts={factsOf(facts)}>
        {status === 'completed' && method === 'monnify' && (
          <SignedReceipt
            title={title}
            request={() => api.call((client) => client.GET('/payments/{uuid}/receipt', { params }))}
          />
        )}
      </Receipt>
    </details>
  )
}
