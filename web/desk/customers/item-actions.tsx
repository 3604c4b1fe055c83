/** Actions of one event: query the gateway, refund, process a webhook again, end a call. */
import type { TimelineItem } from '../../../src/operators/desk-types'
import { useMay } from '../base/operator'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { MoneyButton } from '../money/money-button'
import { ActionButton } from '../parts/action-button'
import { EndCall } from './end-call'

interface ItemActionsProps {
  readonly item: TimelineItem
  readonly customer: string
  readonly onChanged: () => void
}

export function ItemActions({ item, customer, onChanged }: ItemActionsProps) {
  const may = useMay()
  const toast = useToast()
  const has = (action: string) => item.actions.includes(action)
  const path = encodeURIComponent(item.id)
  const done = (text: string) => () => {
    toast(text)
    onChanged()
  }
  const shown = [
    has('poll') && may('payments.act') && (
      <ActionButton
        key="poll"
        text="Query the gateway"
        label={`Query the gateway about ${item.id}`}
        title="Query the gateway now"
        confirm="Query now"
        run={(reason) => post(`/operator/payments/${path}/poll`, { reason })}
        onDone={done('The gateway was queried.')}
      >
        <p>If the gateway reports a final status, it is applied: a paid amount is credited once.</p>
      </ActionButton>
    ),
    has('refund') && may('money.propose') && (
      <MoneyButton
        key="refund"
        kind="refund"
        payment={item.id}
        paid={item.amount}
        onChanged={onChanged}
      />
    ),
    has('replay') && may('payments.act') && (
      <ActionButton
        key="replay"
        text="Process again"
        label={`Process the webhook ${item.id} again`}
        title="Process the webhook again"
        confirm="Process again"
        run={(reason) => post(`/operator/webhooks/${path}/replay`, { reason })}
        onDone={done('The webhook was processed again.')}
      >
        <p>The stored webhook is processed as if it had just arrived. Money moves at most once.</p>
      </ActionButton>
    ),
    has('end') && may('customers.act') && (
      <EndCall
        key="end"
        customer={customer}
        call={item.id}
        label={`End the call ${item.id}`}
        figures={item.facts}
        onDone={onChanged}
      />
    ),
  ].filter(Boolean)
  return shown.length > 0 ? <div class="actions event-actions">{shown}</div> : null
}
