/** Operators: who has access, with which role, and when each was last there. */
import type { ListedOperator } from '../../../src/operators/desk-types'
import { Pill } from '../../shared/notes'
import { useMay, useOperator } from '../base/operator'
import { printName } from '../base/print'
import { linkTo } from '../base/route'
import { useLoad } from '../base/use-load'
import { Loaded } from '../parts/loaded'
import { Table } from '../parts/table'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { Invite } from './invite'
import { OperatorActions } from './operator-actions'

const HEADS = [
  'Operator',
  'Role',
  'State',
  'Log-in by',
  { text: 'Sessions', isNumber: true },
  'Last seen',
  { text: 'Actions', isUnseen: true },
]

const TONES = { invited: 'warn', active: 'good', disabled: 'bad' } as const

function methodsOf({ has_password: hasPassword, passkeys }: ListedOperator): string {
  const methods = [hasPassword && 'password', passkeys > 0 && 'passkey'].filter(Boolean)
  return methods.length > 0 ? methods.join(', ') : '–'
}

interface RowProps {
  readonly operator: ListedOperator
  readonly onChanged: () => void
}

function Row({ operator, onChanged }: RowProps) {
  const own = useOperator()
  const may = useMay()
  const { uuid, name, email, state } = operator
  const isOwn = uuid === own.uuid
  return (
    <tr>
      <th scope="row">
        <a href={linkTo(['log'], { operator: uuid })}>{name}</a> {isOwn && '(you)'}
        <span class="note below">{email}</span>
      </th>
      <td>{printName(operator.role)}</td>
      <td>
        <Pill tone={TONES[state]}>{printName(state)}</Pill>
      </td>
      <td>{methodsOf(operator)}</td>
      <td class="number">{operator.live_sessions}</td>
      <td>{operator.last_seen_at ? <Time at={operator.last_seen_at} /> : 'Never'}</td>
      <td>
        {may('operators.act') && (
          <OperatorActions operator={operator} isOwn={isOwn} onChanged={onChanged} />
        )}
      </td>
    </tr>
  )
}

export function OperatorList() {
  const may = useMay()
  const found = useLoad<{ readonly operators: readonly ListedOperator[] }>('/operator/operators')
  const reload = () => void found.reload()
  return (
    <View title="Operators" aside={may('operators.act') && <Invite onInvited={reload} />}>
      <Loaded from={found}>
        {({ operators }) => (
          <Table caption="Operators" heads={HEADS}>
            {operators.map((operator) => (
              <Row key={operator.uuid} operator={operator} onChanged={reload} />
            ))}
          </Table>
        )}
      </Loaded>
    </View>
  )
}
