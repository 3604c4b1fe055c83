/** The operator's own account: sessions, and keys of the command line. */
import type { ListedSession } from '../../../src/operators/desk-types'
import { Section } from '../../shared/section'
import { useOperator } from '../base/operator'
import { useLoad } from '../base/use-load'
import { Facts } from '../parts/facts'
import { Loaded } from '../parts/loaded'
import { View } from '../parts/view'
import { NewKey } from './new-key'
import { SessionTable } from './session-table'

const isLive = ({ ended_at, expires_at }: ListedSession): boolean =>
  ended_at === null && Date.parse(expires_at) > Date.now()

export function Account() {
  const operator = useOperator()
  const found = useLoad<{ readonly sessions: readonly ListedSession[] }>('/operator/sessions')
  const table = (kind: ListedSession['kind']) => (
    <Loaded from={found}>
      {({ sessions }) => (
        <SessionTable
          kind={kind}
          sessions={sessions.filter((session) => session.kind === kind && isLive(session))}
          onEnded={() => void found.reload()}
        />
      )}
    </Loaded>
  )
  return (
    <View title="Your account">
      <Facts
        facts={[
          ['Name', operator.name],
          ['E-mail', operator.email],
          ['Role', operator.role],
        ]}
      />
      <Section title="Sessions">{table('session')}</Section>
      <Section
        title="Keys of the command line"
        aside={<NewKey onCreated={() => void found.reload()} />}
      >
        <p class="note">
          A key reads what a viewer reads. It moves no money and reveals no personal data.
        </p>
        {table('key')}
      </Section>
    </View>
  )
}
