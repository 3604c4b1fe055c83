/** Ends an open call. */
import type { EffectBody } from '../../../src/operators/desk-types'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { FigureList } from '../parts/figures'

interface EndCallProps extends EffectBody {
  readonly customer: string
  readonly call: string
  readonly label: string
  readonly onDone: () => void
}

export function EndCall({ customer, call, label, figures, onDone }: EndCallProps) {
  const toast = useToast()
  return (
    <ActionButton
      text="End the call"
      label={label}
      title="End the call"
      confirm="End the call"
      isDanger
      run={(reason) => post(`/operator/customers/${customer}/calls/${call}/end`, { reason })}
      onDone={() => {
        toast('The call was ended.')
        onDone()
      }}
    >
      <p>Both sides are disconnected at once. The time until now is charged.</p>
      <FigureList figures={figures} />
    </ActionButton>
  )
}
