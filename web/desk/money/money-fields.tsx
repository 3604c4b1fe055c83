/** Fields of an action that moves money. */
import type { Problem } from '../../shared/api'
import { Button } from '../../shared/button'
import { remainderOf, useFirstError } from '../../shared/labelled-input'
import { printNaira, WALLET_NAMES } from '../../shared/print'
import { wordOf } from '../../shared/words'
import { ProblemLine } from '../parts/problem-line'
import { Select } from '../parts/select'
import { TextField } from '../parts/text-field'
import { DestinationFields } from './destination-fields'
import type { Fields, MoneyProps } from './proposal-fields'
import { MONEY_TEXTS } from './texts'

interface MoneyFieldsProps extends MoneyProps {
  readonly fields: Fields
  readonly onFields: (fields: Fields) => void
  readonly isBusy: boolean
  readonly problem: Problem | undefined
  readonly onSubmit: () => void
}

const DIRECTIONS = [
  ['credit', 'Add to the wallet'],
  ['debit', 'Take from the wallet'],
] as const

export function MoneyFields(props: MoneyFieldsProps) {
  const { kind, wallets = [], paid, fields, onFields, isBusy, problem, onSubmit } = props
  const { about, reasonLength } = MONEY_TEXTS[kind]
  const form = useFirstError(problem)
  const set = (name: keyof Fields) => (value: string) => onFields({ ...fields, [name]: value })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onSubmit()
  }
  const choices = wallets.map(({ type, balance, debt }) => {
    const figure = kind === 'debt_waiver' ? `debt ${printNaira(debt)}` : printNaira(balance)
    return [type, `${wordOf(WALLET_NAMES, type)} (${figure})`] as const
  })
  return (
    <form ref={form} class="stack" onSubmit={submit}>
      <p>{about}</p>
      {kind === 'correction' && (
        <Select
          label="Direction"
          value={fields.direction}
          options={DIRECTIONS}
          onChange={set('direction')}
        />
      )}
      {kind !== 'refund' && (
        <Select label="Wallet" value={fields.wallet} options={choices} onChange={set('wallet')} />
      )}
      <TextField
        label="Amount in ₦"
        name="amount"
        value={fields.amount}
        onInput={set('amount')}
        {...(paid && { rule: `${printNaira(paid)} was paid.` })}
        isRequired
        isDecimal
        problem={problem}
      />
      {kind === 'refund' && <DestinationFields fields={fields} set={set} problem={problem} />}
      <TextField
        label="Reason"
        name="reason"
        value={fields.reason}
        onInput={set('reason')}
        rule={`3 to ${reasonLength} characters. The log keeps it; write no personal data.`}
        isRequired
        problem={problem}
      />
      <ProblemLine problem={remainderOf(problem, ['amount', 'reason'])} />
      <div class="actions">
        <Button kind="primary" isBusy={isBusy}>
          Show the effect
        </Button>
      </div>
    </form>
  )
}
