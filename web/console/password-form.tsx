/** Form to change the password. The other sessions end; this one continues with a new access token. */
import { useState } from 'preact/hooks'
import type { Api, Problem } from '../shared/api'
import { useAction } from '../shared/use-action'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../shared/labelled-input'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'

interface PasswordFormProps {
  readonly api: Api
  readonly onChanged: (accessToken: string, password: string) => void
}

const NAMES = ['current_password', 'new_password']

/** The field of the current password shows that it is wrong. */
const withField = (problem: Problem): Problem =>
  problem.code === 'wrong_password'
    ? { ...problem, errors: [{ pointer: '/current_password', message: 'is incorrect' }] }
    : problem

export function PasswordForm({ api, onChanged }: PasswordFormProps) {
  const { act, isBusy, problem } = useAction()
  const fields = useFirstError(problem)
  const [isChanged, setChanged] = useState(false)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const [current = '', next = ''] = NAMES.map((name) => textOf(new FormData(form), name))
    const body = { current_password: current, new_password: next }
    act(async () => {
      setChanged(false)
      const changed = await api.call((client) => client.POST('/users/me/password', { body }))
      if (!changed.ok) return withField(changed.problem)
      form.reset()
      setChanged(true)
      onChanged(changed.value.access_token, next)
      return undefined
    })
  }
  return (
    <form ref={fields} class="stack" onSubmit={submit} noValidate>
      <LabelledInput
        label="Current password"
        name="current_password"
        type="password"
        autocomplete="current-password"
        problem={problem}
      />
      <LabelledInput
        label="New password"
        name="new_password"
        type="password"
        autocomplete="new-password"
        rule="At least 8 characters of any kind."
        problem={problem}
      />
      <Button isSmall isBusy={isBusy}>
        Change password
      </Button>
      <p role="status" class="note">
        {isChanged && 'The password is changed, and your other sessions have ended.'}
      </p>
      <ProblemNote problem={remainderOf(problem, NAMES)} />
    </form>
  )
}
