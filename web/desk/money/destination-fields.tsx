/** How a refund is paid: through the gateway, to the payer's account or another one, or by hand. */
import type { Problem } from '../../shared/api'
import { Select } from '../parts/select'
import { TextField } from '../parts/text-field'
import type { Fields } from './proposal-fields'

interface DestinationFieldsProps {
  readonly fields: Fields
  readonly set: (name: keyof Fields) => (value: string) => void
  readonly problem: Problem | undefined
}

const METHODS = [
  ['monnify', 'Through Monnify'],
  ['manual', 'By hand: finance transfers it'],
] as const

export const DestinationFields = ({ fields, set, problem }: DestinationFieldsProps) => (
  <>
    <Select label="Method" value={fields.method} options={METHODS} onChange={set('method')} />
    <details>
      <summary>To another bank account</summary>
      <div class="pair">
        <TextField
          label="Account number"
          name="destination/account_number"
          value={fields.account_number}
          onInput={set('account_number')}
          rule="10 digits."
          problem={problem}
        />
        <TextField
          label="Bank code"
          name="destination/bank_code"
          value={fields.bank_code}
          onInput={set('bank_code')}
          problem={problem}
        />
      </div>
    </details>
  </>
)
