/** Everything about one customer: who it is, money, open calls, what operators can do, and the timeline. */
import { useState } from 'preact/hooks'
import type { CustomerBody } from '../../../src/operators/desk-types'
import { Section } from '../../shared/section'
import { printCustomer, printShort } from '../base/print'
import { useLoad } from '../base/use-load'
import { Loaded } from '../parts/loaded'
import { View } from '../parts/view'
import { CustomerActions } from './customer-actions'
import { CustomerFacts, CustomerPills } from './customer-facts'
import { OpenCalls } from './open-calls'
import { Timeline } from './timeline'
import { Wallets } from './wallets'
import './customer.css'

interface CustomerProps {
  readonly uuid: string
  readonly query: Readonly<Record<string, string>>
}

export function Customer({ uuid, query }: CustomerProps) {
  const found = useLoad<CustomerBody>(`/operator/customers/${encodeURIComponent(uuid)}`)
  const [changes, setChanges] = useState(0)
  /** The customer and the timeline are read again after an action. */
  const reload = () => {
    setChanges((count) => count + 1)
    void found.reload()
  }
  const { value } = found
  return (
    <View
      title={`Customer ${printShort(uuid)}`}
      heading={value ? printCustomer(value.name) : 'Customer'}
      aside={value && <CustomerPills customer={value} />}
    >
      <Loaded from={found}>
        {(customer) => (
          <>
            <div class="customer">
              <CustomerFacts customer={customer} />
              <Wallets customer={customer} onChanged={reload} />
            </div>
            <OpenCalls customer={customer} onChanged={reload} />
            <CustomerActions customer={customer} onChanged={reload} />
            <Section title="Timeline">
              <Timeline key={changes} customer={uuid} query={query} onChanged={reload} />
            </Section>
          </>
        )}
      </Loaded>
    </View>
  )
}
