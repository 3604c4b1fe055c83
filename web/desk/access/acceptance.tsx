/** Two ways to accept: a passkey, or a password with an authenticator app. */
import type { InvitationBody, SessionBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../../shared/labelled-input'
import { ProblemLine } from '../parts/problem-line'
import { Secret } from '../parts/secret'
import { CodeField } from './code-field'
import { acceptByPasskey, acceptByPassword, useEnter } from './enter'
import { QrCode } from './qr-code'

interface AcceptanceProps {
  readonly token: string
  readonly invitation: InvitationBody
  readonly onEnter: (session: SessionBody) => void
}

export function Acceptance({ token, invitation, onEnter }: AcceptanceProps) {
  const { email, role, totp, has_passkeys: acceptsPasskeys } = invitation
  const { enter, isBusy, problem } = useEnter(onEnter)
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    enter(() => acceptByPassword(token, textOf(given, 'new_password'), textOf(given, 'code')))
  }
  return (
    <>
      <p>
        Your account is <strong>{email}</strong>, with the role <strong>{role}</strong>.
      </p>
      {acceptsPasskeys && (
        <>
          <h2>With a passkey</h2>
          <Button
            kind="primary"
            isBusy={isBusy}
            onClick={() => enter(() => acceptByPasskey(token))}
          >
            Create a passkey
          </Button>
        </>
      )}
      <h2>{acceptsPasskeys ? 'Or with' : 'With'} a password and an authenticator app</h2>
      <div class="totp">
        <QrCode text={totp.uri} label="QR code for the authenticator app" />
        <div class="stack">
          <p>
            Scan the code, <a href={totp.uri}>open it in an app on this device</a>, or type the
            secret.
          </p>
          <Secret label="Secret" text={totp.secret} name="the secret" />
        </div>
      </div>
      <form ref={form} class="stack" onSubmit={submit}>
        <input type="hidden" name="username" autocomplete="username" value={email} />
        <LabelledInput
          label="New password"
          name="new_password"
          type="password"
          autocomplete="new-password"
          rule="At least 12 characters of any kind."
          problem={withNewPassword(problem)}
        />
        <CodeField label="Code of the authenticator app" problem={problem} />
        <ProblemLine problem={remainderOf(problem, ['password', 'code'])} />
        <Button isBusy={isBusy}>Set the password and log in</Button>
      </form>
    </>
  )
}

/** The form's field is `new_password`, so that password managers know it; the route's is `password`. */
const withNewPassword = <T extends Parameters<typeof remainderOf>[0]>(problem: T): T =>
  problem?.errors
    ? {
        ...problem,
        errors: problem.errors.map((error) =>
          error.pointer === '/password' ? { ...error, pointer: '/new_password' } : error,
        ),
      }
    : problem
