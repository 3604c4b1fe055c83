/** Menu of the signed-in user: sessions, password, passkeys, language, data, access token, and sign-out. */
import { useRef } from 'preact/hooks'
import type { Api } from '../shared/api'
import { CopyButton } from '../shared/copy-button'
import { Fold } from './fold'
import { Leaving } from './leaving'
import { Passkeys } from './passkeys'
import { PasswordForm } from './password-form'
import { Preferences } from './preferences'
import { Button } from '../shared/button'
import type { Session } from './session'
import { Sessions } from './sessions'
import { useMenu } from './use-menu'
import './account-menu.css'

interface AccountMenuProps {
  readonly api: Api
  readonly session: Session
  readonly onSession: (session: Session) => void
  readonly onLeave: () => Promise<void>
}

function Secret({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div class="secret">
      <label class="field">
        {label}
        <input readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <CopyButton text={text} name={label.toLowerCase()} />
    </div>
  )
}

export function AccountMenu({ api, session, onSession, onLeave }: AccountMenuProps) {
  const details = useRef<HTMLDetailsElement>(null)
  useMenu(details)
  const { name, email, password, accessToken } = session
  const keepToken = (token: string, changedTo: string) =>
    onSession({ ...session, accessToken: token, password: password && changedTo })
  return (
    <details class="who" ref={details}>
      <summary>{name}</summary>
      <div class="who-card">
        <div>
          <strong>{name}</strong>
          <p class="note">{email}</p>
        </div>
        <div class="folds">
          <Fold title="Sessions">
            <Sessions api={api} />
          </Fold>
          <Fold title="Password">
            {password && <Secret label="Password of this demo user" text={password} />}
            <PasswordForm api={api} onChanged={keepToken} />
          </Fold>
          <Fold title="Passkeys">
            <Passkeys api={api} />
          </Fold>
          <Fold title="Language and time zone">
            <Preferences api={api} />
          </Fold>
          <Fold title="Your data">
            <Leaving api={api} />
          </Fold>
          <Fold title="Access token for curl">
            <Secret label="Access token" text={accessToken} />
          </Fold>
        </div>
        <Button isSmall onClick={() => void onLeave()}>
          Sign out
        </Button>
      </div>
    </details>
  )
}
