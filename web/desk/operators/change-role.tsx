/** Changes the role of an operator. */
import { useState } from 'preact/hooks'
import type { ListedOperator } from '../../../src/operators/desk-types'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { FigureList } from '../parts/figures'
import { Select } from '../parts/select'
import { ROLE_OPTIONS } from './roles'

interface ChangeRoleProps {
  readonly operator: ListedOperator
  readonly onChanged: () => void
}

export function ChangeRole({ operator, onChanged }: ChangeRoleProps) {
  const { uuid, name } = operator
  const [role, setRole] = useState<string>(operator.role)
  const toast = useToast()
  return (
    <ActionButton
      text="Change role"
      label={`Change role: ${name}`}
      title={`Change the role of ${name}`}
      confirm="Change the role"
      run={(reason) => post(`/operator/operators/${uuid}`, { action: 'change_role', role, reason })}
      onDone={() => {
        toast(`${name} has the role ${role}.`)
        onChanged()
      }}
    >
      <Select label="Role" value={role} options={ROLE_OPTIONS} onChange={setRole} />
      <FigureList
        figures={[
          ['Now', operator.role],
          ['From the next request on', role],
        ]}
      />
    </ActionButton>
  )
}
