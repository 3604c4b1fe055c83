/** Form that refunds a payment after a confirmation of identity. */
import type { Payment } from './model'
import { newKey } from '../shared/api'
import { Button } from '../shared/button'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../shared/labelled-input'
import { ProblemNote } from '../shared/notes'
import { printNaira } from '../shared/print'
import { useAction } from '../shared/use-action'
import { confirmBy } from './confirm'
import { useDesk } from './desk'
import { PROOF_FIELDS, ProofFields, withProofField } from './proof-fields'
import { usePasskeys } from './use-passkeys'

/** Monnify's minimum. */
const MIN_REFUND = 100

export const canBeRefunded = ({ method, status, amount_paid, refunded_amount }: Payment): boolean =>
  method === 'monnify' && status === 'completed' && amount_paid - refunded_amount >= MIN_REFUND

export function RefundForm({ payment }: { readonly payment: Payment }) {
  const { api, refresh, announce } = useDesk()
  const { found } = usePasskeys(api)
  const action = useAction()
  const problem = withProofField(action.problem)
  const fields = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    action.act(async () => {
      const confirmed = await confirmBy(api, form)
      if (!confirmed.ok) return confirmed.problem
      const header = { ...newKey().header, confirmation: confirmed.value }
      const params = { header, path: { uuid: payment.uuid } }
      const amount = Number(textOf(form, 'amount'))
      const body = { amount, reason: textOf(form, 'reason') }
      const made = await api.call((client) =>
        client.POST('/payments/{uuid}/refunds', { params, body }),
      )
      if (!made.ok) return made.problem
      announce(`${printNaira(amount)} goes back to the account that paid.`)
      await refresh()
      return undefined
    })
  }
  if (!found) return null
  return (
    <form ref={fields} class="stack" onSubmit={submit} noValidate>
      <LabelledInput
        label="Refund in ₦"
        name="amount"
        autocomplete="off"
        value={String(payment.amount_paid - payment.refunded_amount)}
        problem={problem}
      />
      <LabelledInput
        label="Reason"
        name="reason"
        autocomplete="off"
        value="Paid twice"
        problem={problem}
      />
      <ProofFields hasPasskey={found.passkeys.length > 0} problem={problem} />
      <div class="actions">
        <Button isSmall isBusy={action.isBusy}>
          Confirm and refund
        </Button>
      </div>
      <ProblemNote problem={remainderOf(problem, ['amount', 'reason', ...PROOF_FIELDS])} />
    </form>
  )
}
