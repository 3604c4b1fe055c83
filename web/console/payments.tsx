/** Payments, newest first, with filters. */
import { useState } from 'preact/hooks'
import { useDesk } from './desk'
import { Filters, Paged } from './filters'
import type { Payment } from './model'
import { PaymentItem } from './payment-item'
import { NO_FILTER, periodOf } from './period'
import { Section } from '../shared/section'
import { PAYMENT_STATUSES } from '../shared/words'
import { usePages } from './use-pages'
import './payments.css'

const newestFirst = (a: Payment, b: Payment): number => b.created_at.localeCompare(a.created_at)

export function Payments() {
  const { api, holdings } = useDesk()
  const [filter, setFilter] = useState(NO_FILTER)
  const pages = usePages<Payment>({
    listKey: JSON.stringify(filter),
    filter,
    newest: holdings.payments,
    idOf: ({ uuid }) => uuid,
    compare: newestFirst,
    read: (page) => {
      const status = filter.value as Payment['status']
      const query = { ...page, ...periodOf(filter), ...(filter.value && { status }) }
      return api.call((client) => client.GET('/payments', { params: { query } }))
    },
  })
  const newest = holdings.payments[0]?.uuid
  return (
    <Section title="Payments">
      <Filters
        things="payments"
        valueName="Status"
        words={PAYMENT_STATUSES}
        filter={filter}
        onFilter={setFilter}
      />
      <Paged
        pages={pages}
        things="payments"
        filter={filter}
        empty="No payments yet. Top up a wallet to see its webhooks here."
      >
        <ul class="payments">
          {pages.items.map((payment) => (
            <PaymentItem
              key={payment.uuid}
              payment={payment}
              isOpenAtFirst={payment.uuid === newest}
            />
          ))}
        </ul>
      </Paged>
    </Section>
  )
}
