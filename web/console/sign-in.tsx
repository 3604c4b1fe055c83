/** The sign-in page: a demo user by one click, or an existing account. */
import icon from '../shared/icon.svg'
import type { Answer } from './api'
import { useAction } from './desk'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { becomeDemoUser, type Credentials, type Session, signIn } from './session'
import './sign-in.css'

interface SignInProps {
  readonly isEnded: boolean
  readonly onEnter: (session: Session) => void
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

function Credentials({ onGiven }: { readonly onGiven: (credentials: Credentials) => void }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    onGiven({ email: textOf(form, 'email'), password: textOf(form, 'password') })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <label class="field">
        E-mail
        <input name="email" type="email" autocomplete="username" required />
      </label>
      <label class="field">
        Password
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      <Button>Sign in</Button>
    </form>
  )
}

export function SignIn({ isEnded, onEnter }: SignInProps) {
  const { act, isBusy, problem } = useAction()
  const enter = (ask: () => Promise<Answer<Session>>) =>
    act(async () => {
      const answer = await ask()
      if (!answer.ok) return answer.problem
      onEnter(answer.value)
      return undefined
    })
  return (
    <main class="door">
      <img src={icon} alt="" width="48" height="48" />
      <h1>AIleana console</h1>
      <p class="lead">
        Top up a wallet, make a call, watch its meter, and follow every naira through the ledger.
        For development only: no real money moves.
      </p>
      {isEnded && (
        <p class="problem" role="alert">
          <strong>Your session has ended.</strong> Sign in again.
        </p>
      )}
      <Button kind="primary" isBusy={isBusy} onClick={() => enter(becomeDemoUser)}>
        Create a demo user
      </Button>
      <ProblemNote problem={problem} />
      <div class="or">or</div>
      <Credentials onGiven={(credentials) => enter(() => signIn(credentials))} />
    </main>
  )
}
