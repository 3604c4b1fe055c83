/** The page before sign-in: a demo user by one click, an existing account, or a new one. */
import { useState } from 'preact/hooks'
import icon from '../shared/icon.svg'
import type { Answer, Problem } from '../shared/api'
import { useAction } from '../shared/use-action'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../shared/labelled-input'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { becomeDemoUser, type Session, signIn, signInByPasskey, signUp } from './session'
import '../shared/door.css'
import './sign-in.css'

interface SignInProps {
  readonly isEnded: boolean
  readonly onEnter: (session: Session) => void
}

type Mode = 'sign-in' | 'sign-up'

interface CredentialsFormProps {
  readonly mode: Mode
  readonly isBusy: boolean
  readonly problem: Problem | undefined
  readonly onGiven: (form: FormData) => void
}

function CredentialsForm({ mode, isBusy, problem, onGiven }: CredentialsFormProps) {
  const isNew = mode === 'sign-up'
  const fields = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onGiven(new FormData(event.currentTarget as HTMLFormElement))
  }
  return (
    <form ref={fields} class="stack" onSubmit={submit} noValidate={isNew}>
      {isNew && (
        <LabelledInput
          label="First name (optional)"
          name="first_name"
          autocomplete="given-name"
          isRequired={false}
          problem={problem}
        />
      )}
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
        autocomplete={isNew ? 'new-password' : 'current-password'}
        {...(isNew && { rule: 'At least 8 characters of any kind.' })}
        problem={problem}
      />
      <Button kind={isNew ? 'primary' : 'plain'} isBusy={isBusy}>
        {isNew ? 'Create account' : 'Sign in'}
      </Button>
    </form>
  )
}

/** The e-mail field shows that its address has an account already. */
const withField = (problem: Problem): Problem =>
  problem.code === 'email_taken'
    ? { ...problem, errors: [{ pointer: '/email', message: 'already has an account; sign in' }] }
    : problem

type Enter = (answer: Answer<Session>) => Promise<Problem | undefined>

function DemoUser({ enter }: { readonly enter: Enter }) {
  const { act, isBusy, problem } = useAction()
  return (
    <>
      <Button
        kind="primary"
        isBusy={isBusy}
        onClick={() => act(async () => enter(await becomeDemoUser()))}
      >
        Create a demo user
      </Button>
      <ProblemNote problem={problem} />
      <div class="or">or</div>
    </>
  )
}

export function SignIn({ isEnded, onEnter }: SignInProps) {
  const { act, isBusy, problem, clear } = useAction()
  const [mode, setMode] = useState<Mode>('sign-in')
  const isNew = mode === 'sign-up'
  const enter: Enter = async (answer) => {
    if (!answer.ok) return withField(answer.problem)
    onEnter(answer.value)
    return undefined
  }
  const give = (form: FormData) => {
    const credentials = { email: textOf(form, 'email'), password: textOf(form, 'password') }
    act(async () =>
      enter(await (isNew ? signUp(credentials, textOf(form, 'first_name')) : signIn(credentials))),
    )
  }
  const change = () => {
    clear()
    setMode(isNew ? 'sign-in' : 'sign-up')
  }
  return (
    <main class="door">
      <img src={icon} alt="" width="48" height="48" />
      <h1>{isNew ? 'Create an account' : 'AIleana console'}</h1>
      <p class="lead">
        {isNew
          ? 'Your account has two wallets: one pays for calls, and one keeps money for later.'
          : 'Top up a wallet, make a call, watch its meter, and follow every naira through the ledger. For development only: no real money moves.'}
      </p>
      {isEnded && (
        <p class="problem" role="alert">
          <strong>Your session has ended.</strong> Sign in again.
        </p>
      )}
      {!isNew && <DemoUser enter={enter} />}
      <ProblemNote problem={remainderOf(problem, ['first_name', 'email', 'password'])} />
      <CredentialsForm key={mode} mode={mode} isBusy={isBusy} problem={problem} onGiven={give} />
      {!isNew && (
        <Button isBusy={isBusy} onClick={() => act(async () => enter(await signInByPasskey()))}>
          Use a passkey
        </Button>
      )}
      {!isNew && (
        <p class="other-mode">
          <a href="/account/forgot">Forgot your password?</a>
        </p>
      )}
      <p class="other-mode">
        {isNew ? 'You have an account?' : 'New here?'}{' '}
        <button type="button" class="text-button" onClick={change}>
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </main>
  )
}
