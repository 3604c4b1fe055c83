/** Calls that are open now. Each can be ended. */
import type { CustomerBody, OpenCallBody } from '../../../src/operators/desk-types'
import { printNaira } from '../../shared/print'
import { Section } from '../../shared/section'
import { CALL_STATUSES, wordOf } from '../../shared/words'
import { useMay } from '../base/operator'
import { Table } from '../parts/table'
import { Time } from '../parts/time'
import { EndCall } from './end-call'

interface OpenCallsProps {
  readonly customer: CustomerBody
  readonly onChanged: () => void
}

const HEADS = [
  'Recipient',
  'Status',
  'Started',
  'Credit lasts until',
  { text: 'Held', isNumber: true },
  { text: 'Action', isUnseen: true },
]

export function OpenCalls({ customer, onChanged }: OpenCallsProps) {
  const may = useMay()
  const { open_calls: calls, uuid } = customer
  if (calls.length === 0) return null
  const time = (at: string | null) => (at ? <Time at={at} /> : '–')
  return (
    <Section title="Open calls">
      <Table caption="Open calls" heads={HEADS}>
        {calls.map((call: OpenCallBody) => (
          <tr key={call.uuid}>
            <th scope="row" title={call.uuid}>
              {call.recipient}
            </th>
            <td>{wordOf(CALL_STATUSES, call.status)}</td>
            <td>{time(call.started_at)}</td>
            <td>{time(call.must_end_by)}</td>
            <td class="number">{printNaira(call.held)}</td>
            <td class="end">
              {may('customers.act') && (
                <EndCall
                  customer={uuid}
                  call={call.uuid}
                  label={`End the call to ${call.recipient}`}
                  figures={[
                    ['Recipient', call.recipient],
                    ['Charged at most', printNaira(call.held)],
                  ]}
                  onDone={onChanged}
                />
              )}
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  )
}
