/** Log-in by password and code, or by passkey. */
import type { SessionBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import icon from '../../shared/icon.svg'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../../shared/labelled-input'
import { ProblemLine } from '../parts/problem-line'
import { CodeField } from './code-field'
import { logInByPasskey, logInByPassword, useEnter } from './enter'

interface LogInProps {
  readonly isEnded: boolean
  readonly onEnter: (session: SessionBody) => void
}

export function LogIn({ isEnded, onEnter }: LogInProps) {
  const { enter, isBusy, problem } = useEnter(onEnter)
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    const [email, password, code] = ['email', 'password', 'code'].map((name) => textOf(given, name))
    enter(() => logInByPassword(email ?? '', password ?? '', code ?? ''))
  }
  return (
    <main class="door">
      <img src={icon} alt="" width="48" height="48" />
      <h1>AIleana back office</h1>
      {isEnded && (
        <p class="problem" role="alert">
          <strong>Your session has ended.</strong> Log in again to go on.
        </p>
      )}
      <form ref={form} class="stack" onSubmit={submit}>
        <LabelledInput
          label="E-mail"
          name="email"
          type="email"
          autocomplete="username"
          problem={problem}
        />
        <LabelledInput
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          problem={problem}
        />
        <CodeField label="Code of your authenticator app" problem={problem} />
        <ProblemLine problem={remainderOf(problem, ['email', 'password', 'code'])} />
        <Button kind="primary" isBusy={isBusy}>
          Log in
        </Button>
      </form>
      <Button isBusy={isBusy} onClick={() => enter(logInByPasskey)}>
        Use a passkey
      </Button>
      <p class="note">No access, or a lost device? An admin can invite you again.</p>
    </main>
  )
}
