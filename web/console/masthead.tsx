/** Header with the title, the user and links. */
import icon from '../shared/icon.svg'
import { Button } from '../shared/button'
import { FaultsBadge } from './faults-badge'
import type { Session } from './session'
import './masthead.css'

interface MastheadProps {
  readonly session: Session
  readonly onRefresh: () => Promise<void>
  readonly onLeave: () => Promise<void>
}

function Who({ session, onLeave }: Pick<MastheadProps, 'session' | 'onLeave'>) {
  const { name, email, password, accessToken } = session
  return (
    <details class="who">
      <summary>{name}</summary>
      <div class="who-card">
        <dl>
          <dt>E-mail</dt>
          <dd>{email}</dd>
          {password && (
            <>
              <dt>Password</dt>
              <dd>{password}</dd>
            </>
          )}
        </dl>
        <label class="field">
          Access token, for curl
          <input readOnly value={accessToken} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <Button isSmall onClick={() => void onLeave()}>
          Sign out
        </Button>
      </div>
    </details>
  )
}

export const Masthead = ({ session, onRefresh, onLeave }: MastheadProps) => (
  <header class="masthead">
    <h1>
      <img src={icon} alt="" width="28" height="28" />
      AIleana <span>console</span>
    </h1>
    <nav aria-label="Other pages">
      <a href="/api">API reference</a>
      <a href="/simulator">Simulator</a>
    </nav>
    <FaultsBadge email={session.email} />
    <Button isSmall onClick={() => void onRefresh()}>
      Refresh
    </Button>
    <Who session={session} onLeave={onLeave} />
  </header>
)
