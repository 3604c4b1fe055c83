/** One page for each purpose of a link. Nothing happens until a button is pressed, because mail scanners open links. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { createApi, type Problem } from '../shared/api'
import { Button } from '../shared/button'
import icon from '../shared/icon.svg'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../shared/labelled-input'
import { ProblemNote } from '../shared/notes'
import { useAction } from '../shared/use-action'

interface AppProps {
  readonly page: string
  readonly token: string
}

const api = createApi()

interface FrameProps {
  readonly title: string
  readonly children: ComponentChildren
}

const Frame = ({ title, children }: FrameProps) => (
  <main class="door">
    <img src={icon} alt="" width="48" height="48" />
    <h1>{title}</h1>
    {children}
  </main>
)

const Done = ({ children }: { readonly children: ComponentChildren }) => (
  <p role="status">{children}</p>
)

type Send = () => Promise<{ ok: true } | { ok: false; problem: Problem }>

interface FieldFormProps {
  readonly field: 'email' | 'new_password'
  readonly button: string
  readonly send: (value: string) => ReturnType<Send>
  readonly onDone: () => void
}

/** Form with one field. */
function FieldForm({ field, button, send, onDone }: FieldFormProps) {
  const { act, isBusy, problem } = useAction()
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const value = textOf(new FormData(event.currentTarget as HTMLFormElement), field)
    act(async () => {
      const answer = await send(value)
      if (!answer.ok) return answer.problem
      onDone()
      return undefined
    })
  }
  return (
    <form ref={form} class="stack" onSubmit={submit} noValidate>
      {field === 'email' ? (
        <LabelledInput
          label="E-mail"
          name="email"
          type="email"
          autocomplete="username"
          problem={problem}
        />
      ) : (
        <LabelledInput
          label="New password"
          name="new_password"
          type="password"
          autocomplete="new-password"
          rule="At least 8 characters of any kind."
          problem={problem}
        />
      )}
      <ProblemNote problem={remainderOf(problem, [field])} />
      <Button kind="primary" isBusy={isBusy}>
        {button}
      </Button>
    </form>
  )
}

function Forgot() {
  const [isDone, setDone] = useState(false)
  return (
    <Frame title="Forgot your password?">
      {isDone ? (
        <Done>
          If the address has an account, it receives a link within a minute. The link is valid for
          30 minutes.
        </Done>
      ) : (
        <FieldForm
          field="email"
          button="Send a link"
          send={(email) => api.call((client) => client.POST('/auth/forgot', { body: { email } }))}
          onDone={() => setDone(true)}
        />
      )}
    </Frame>
  )
}

function Reset({ token }: { readonly token: string }) {
  const [isDone, setDone] = useState(false)
  return (
    <Frame title="Set a new password">
      {isDone ? (
        <Done>Your new password is set, and all sessions have ended. You can log in now.</Done>
      ) : (
        <>
          <FieldForm
            field="new_password"
            button="Set the password"
            send={(password) =>
              api.call((client) =>
                client.POST('/auth/reset', { body: { token, new_password: password } }),
              )
            }
            onDone={() => setDone(true)}
          />
          <p class="note">
            The link does not work? <a href="/account/forgot">Request a new one.</a>
          </p>
        </>
      )}
    </Frame>
  )
}

interface ConfirmProps extends FrameProps {
  readonly button: string
  readonly send: Send
  readonly done: ComponentChildren
}

/** Page with one button. */
function Confirm({ title, children, button, send, done }: ConfirmProps) {
  const { act, isBusy, problem } = useAction()
  const [isDone, setDone] = useState(false)
  const confirm = () =>
    act(async () => {
      const answer = await send()
      if (!answer.ok) return answer.problem
      setDone(true)
      return undefined
    })
  return (
    <Frame title={title}>
      {isDone ? (
        <Done>{done}</Done>
      ) : (
        <>
          <p>{children}</p>
          <ProblemNote problem={problem} />
          <Button kind="primary" isBusy={isBusy} onClick={confirm}>
            {button}
          </Button>
        </>
      )}
    </Frame>
  )
}

export function App({ page, token }: AppProps) {
  const body = { token }
  switch (page) {
    case 'reset':
      return <Reset token={token} />
    case 'verify':
      return (
        <Confirm
          title="Confirm your e-mail address"
          button="Confirm this address"
          send={() => api.call((client) => client.POST('/auth/verify', { body }))}
          done="Your address is confirmed."
        >
          With a confirmed address, you can recover your account if you lose your password.
        </Confirm>
      )
    case 'change':
      return (
        <Confirm
          title="Change your e-mail address"
          button="Use this address"
          send={() => api.call((client) => client.POST('/auth/verify', { body }))}
          done="Your account uses this address now. Log in with it from now on."
        >
          Your account will use this address. The previous one receives a message.
        </Confirm>
      )
    case 'undo':
      return (
        <Confirm
          title="Undo the change of your address"
          button="Restore my address"
          send={() => api.call((client) => client.POST('/auth/undo', { body }))}
          done={
            <>
              Your address is restored, and all sessions have ended.{' '}
              <a href="/account/forgot">Set a new password</a> now.
            </>
          }
        >
          Your account returns to the address that received this link, and all sessions end.
        </Confirm>
      )
    default:
      return <Forgot />
  }
}
