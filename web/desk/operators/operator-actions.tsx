/** Actions on an operator. Admins do not change or disable themselves. */
import { useState } from 'preact/hooks'
import type { ListedOperator } from '../../../src/operators/desk-types'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { Dialog } from '../parts/dialog'
import { FigureList } from '../parts/figures'
import { ChangeRole } from './change-role'
import { InvitationLink, type Invited } from './invitation-link'

interface OperatorActionsProps {
  readonly operator: ListedOperator
  readonly isOwn: boolean
  readonly onChanged: () => void
}

export function OperatorActions({ operator, isOwn, onChanged }: OperatorActionsProps) {
  const { uuid, name, role, state, live_sessions: sessions } = operator
  const [invited, setInvited] = useState<Invited>()
  const toast = useToast()
  const act = (action: string) => (reason: string) =>
    post<Invited>(`/operator/operators/${uuid}`, { action, reason })
  const done = (text: string) => () => {
    toast(text)
    onChanged()
  }
  const figures = [
    ['Operator', name],
    ['Role', role],
    ['Sessions that end', String(sessions)],
  ] as const
  const button = (action: string, text: string, about: string, report: string) => (
    <ActionButton
      text={text}
      label={`${text}: ${name}`}
      title={`${text}: ${name}`}
      confirm={text}
      isDanger={action !== 'enable'}
      run={act(action)}
      onDone={done(report)}
    >
      <p>{about}</p>
      {action !== 'enable' && <FigureList figures={figures} />}
    </ActionButton>
  )
  return (
    <div class="actions tight">
      {!isOwn && state !== 'disabled' && <ChangeRole operator={operator} onChanged={onChanged} />}
      {sessions > 0 &&
        button(
          'end_sessions',
          'End sessions',
          'Every session and key ends at once. A new log-in is possible.',
          'The sessions have ended.',
        )}
      {!isOwn && state === 'disabled'
        ? button('enable', 'Enable', 'Log-ins work again.', `${name} is enabled.`)
        : !isOwn &&
          button(
            'disable',
            'Disable',
            'Sessions and keys end at once, and no log-in works.',
            `${name} is disabled.`,
          )}
      {!isOwn && state !== 'disabled' && (
        <ActionButton<Invited>
          text="Invite again"
          label={`Invite again: ${name}`}
          title={`Invite ${name} again`}
          confirm="Create a new invitation"
          run={act('invite_again')}
          onDone={(value) => {
            setInvited(value)
            onChanged()
          }}
        >
          <p>For a lost device or password. Earlier invitations stop working.</p>
        </ActionButton>
      )}
      {invited && (
        <Dialog title="New invitation" onClose={() => setInvited(undefined)}>
          <InvitationLink invited={invited} onClose={() => setInvited(undefined)} />
        </Dialog>
      )}
    </div>
  )
}
