/** Invites an operator. */
import { useState } from 'preact/hooks'
import { Button } from '../../shared/button'
import { remainderOf, useFirstError } from '../../shared/labelled-input'
import { useAction } from '../../shared/use-action'
import { post } from '../base/request'
import { REASON } from '../parts/action-dialog'
import { Dialog } from '../parts/dialog'
import { ProblemLine } from '../parts/problem-line'
import { Select } from '../parts/select'
import { TextField } from '../parts/text-field'
import { InvitationLink, type Invited } from './invitation-link'
import { ROLE_OPTIONS } from './roles'

const FIELDS = ['email', 'name', 'reason']

interface FormProps {
  readonly onInvited: (invited: Invited) => void
  readonly onClose: () => void
}

function Form({ onInvited, onClose }: FormProps) {
  const [given, setGiven] = useState({ email: '', name: '', role: 'viewer', reason: '' })
  const { act, isBusy, problem } = useAction()
  const form = useFirstError(problem)
  const set = (name: keyof typeof given) => (value: string) => setGiven({ ...given, [name]: value })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const answer = await post<Invited>('/operator/operators', given)
      if (answer.ok) onInvited(answer.value)
      return answer.ok ? undefined : answer.problem
    })
  }
  const field = (name: 'email' | 'name' | 'reason', label: string, rule?: string) => (
    <TextField
      label={label}
      name={name}
      value={given[name]}
      onInput={set(name)}
      {...(rule !== undefined && { rule })}
      isRequired
      problem={problem}
    />
  )
  return (
    <form ref={form} class="stack" onSubmit={submit}>
      {field('name', 'Name')}
      {field('email', 'E-mail')}
      <Select label="Role" value={given.role} options={ROLE_OPTIONS} onChange={set('role')} />
      {field('reason', 'Reason', REASON.rule)}
      <ProblemLine problem={remainderOf(problem, FIELDS)} />
      <div class="actions">
        <Button kind="primary" isBusy={isBusy}>
          Create the invitation
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

export function Invite({ onInvited }: { readonly onInvited: () => void }) {
  const [state, setState] = useState<'closed' | 'open' | Invited>('closed')
  const close = () => setState('closed')
  const show = (invited: Invited) => {
    setState(invited)
    onInvited()
  }
  return (
    <>
      <Button kind="primary" onClick={() => setState('open')}>
        Invite an operator
      </Button>
      {state !== 'closed' && (
        <Dialog title="Invite an operator" onClose={close}>
          {state === 'open' ? (
            <Form onInvited={show} onClose={close} />
          ) : (
            <InvitationLink invited={state} onClose={close} />
          )}
        </Dialog>
      )}
    </>
  )
}
