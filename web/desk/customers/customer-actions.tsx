/** Actions on the account that are possible now. */
import type { CustomerBody } from '../../../src/operators/desk-types'
import { Section } from '../../shared/section'
import { useMay } from '../base/operator'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { ACTION_TEXTS, possibleActions } from './action-texts'

interface CustomerActionsProps {
  readonly customer: CustomerBody
  readonly onChanged: () => void
}

export function CustomerActions({ customer, onChanged }: CustomerActionsProps) {
  const may = useMay()
  const toast = useToast()
  if (!may('customers.act')) return null
  const base = `/operator/customers/${customer.uuid}`
  return (
    <Section title="Actions">
      <div class="actions">
        {possibleActions(customer).map((action) => {
          const { text, title, about, done, isDanger } = ACTION_TEXTS[action]
          return (
            <ActionButton
              key={action}
              text={text}
              title={title}
              confirm={title}
              isDanger={isDanger}
              effectPath={`${base}/effect?action=${action}`}
              run={(reason) => post(`${base}/actions`, { action, reason })}
              onDone={() => {
                toast(done)
                onChanged()
              }}
            >
              <p>{about}</p>
            </ActionButton>
          )
        })}
      </div>
    </Section>
  )
}
