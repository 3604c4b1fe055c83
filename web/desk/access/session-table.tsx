/** Live sessions or keys of the operator, with a button that ends each. */
import type { ListedSession } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { Empty, Pill } from '../../shared/notes'
import { useAction } from '../../shared/use-action'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ProblemLine } from '../parts/problem-line'
import { Table } from '../parts/table'
import { Time } from '../parts/time'

interface SessionTableProps {
  readonly kind: ListedSession['kind']
  readonly sessions: readonly ListedSession[]
  readonly onEnded: () => void
}

const nameOf = ({ name, place, kind }: ListedSession): string =>
  name ?? place ?? (kind === 'key' ? 'Key' : 'Unknown place')

export function SessionTable({ kind, sessions, onEnded }: SessionTableProps) {
  const { act, isBusy, problem } = useAction()
  const toast = useToast()
  const end = (session: ListedSession) =>
    act(async () => {
      const answer = await post(`/operator/sessions/${session.uuid}/end`)
      if (!answer.ok) return answer.problem
      toast(`Ended: ${nameOf(session)}.`)
      onEnded()
      return undefined
    })
  if (sessions.length === 0)
    return <Empty>No {kind} is live. Create a key to use the command line without a log-in.</Empty>
  return (
    <>
      <Table
        caption={kind === 'key' ? 'Keys' : 'Sessions'}
        heads={[
          kind === 'key' ? 'Name' : 'Place',
          'Last used',
          'Expires',
          { text: 'Action', isUnseen: true },
        ]}
      >
        {sessions.map((session) => (
          <tr key={session.uuid}>
            <th scope="row">
              {nameOf(session)} {session.is_current && <Pill tone="good">this session</Pill>}
            </th>
            <td>
              <Time at={session.last_used_at} />
            </td>
            <td>
              <Time at={session.expires_at} />
            </td>
            <td class="end">
              {!session.is_current && (
                <Button
                  isSmall
                  kind="danger"
                  isBusy={isBusy}
                  label={`End ${nameOf(session)}`}
                  onClick={() => end(session)}
                >
                  End
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      <ProblemLine problem={problem} />
    </>
  )
}
