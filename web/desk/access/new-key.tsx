/** Creates a key of the command line, which is shown once. */
import { useState } from 'preact/hooks'
import { Button } from '../../shared/button'
import { remainderOf, useFirstError } from '../../shared/labelled-input'
import { useAction } from '../../shared/use-action'
import { post } from '../base/request'
import { Dialog } from '../parts/dialog'
import { ProblemLine } from '../parts/problem-line'
import { Secret } from '../parts/secret'
import { Select } from '../parts/select'
import { TextField } from '../parts/text-field'

interface Created {
  readonly key: string
  readonly expires_at: string
}

const DAYS = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
] as const

interface FormProps {
  readonly onCreated: (key: Created) => void
  readonly onClose: () => void
}

function KeyForm({ onCreated, onClose }: FormProps) {
  const { act, isBusy, problem } = useAction()
  const [name, setName] = useState('')
  const [days, setDays] = useState('30')
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const answer = await post<Created>('/operator/keys', { name, days: Number(days) })
      if (!answer.ok) return answer.problem
      onCreated(answer.value)
      return undefined
    })
  }
  return (
    <form ref={form} class="stack" onSubmit={submit}>
      <TextField
        label="Name"
        name="name"
        value={name}
        onInput={setName}
        rule="The machine or job that uses it."
        isRequired
        problem={problem}
      />
      <Select label="Valid for" value={days} options={DAYS} onChange={setDays} />
      <ProblemLine problem={remainderOf(problem, ['name'])} />
      <div class="actions">
        <Button kind="primary" isBusy={isBusy}>
          Create the key
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

export function NewKey({ onCreated }: { readonly onCreated: () => void }) {
  const [state, setState] = useState<'closed' | 'open' | Created>('closed')
  const close = () => setState('closed')
  const create = (key: Created) => {
    setState(key)
    onCreated()
  }
  return (
    <>
      <Button isSmall onClick={() => setState('open')}>
        New key
      </Button>
      {state !== 'closed' && (
        <Dialog title="New key" onClose={close}>
          {state === 'open' ? (
            <KeyForm onCreated={create} onClose={close} />
          ) : (
            <div class="stack">
              <p>Copy the key now. It is not shown again.</p>
              <Secret label="Key" text={state.key} name="the key" />
              <Button kind="primary" onClick={close}>
                Done
              </Button>
            </div>
          )}
        </Dialog>
      )}
    </>
  )
}
