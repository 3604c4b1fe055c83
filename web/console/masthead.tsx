/** Header with the title, links, the state of the connection, and the user. */
import icon from '../shared/icon.svg'
import { AccountMenu } from './account-menu'
import type { Api, Problem } from '../shared/api'
import { Connection } from './connection'
import { FaultsBadge } from './faults-badge'
import type { Session } from './session'
import './masthead.css'

interface MastheadProps {
  readonly api: Api
  readonly session: Session
  readonly problem: Problem | undefined
  readonly onSession: (session: Session) => void
  readonly onLeave: () => Promise<void>
}

export const Masthead = ({ api, session, problem, onSession, onLeave }: MastheadProps) => (
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
    <Connection problem={problem} />
    <AccountMenu api={api} session={session} onSession={onSession} onLeave={onLeave} />
  </header>
)
