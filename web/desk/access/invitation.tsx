/** Acceptance of an invitation. Reading it changes nothing, because mail scanners open links. */
import { useEffect, useState } from 'preact/hooks'
import type { InvitationBody, SessionBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import icon from '../../shared/icon.svg'
import { type Answer, post } from '../base/request'
import { Loading } from '../parts/loaded'
import { ProblemLine } from '../parts/problem-line'
import { Acceptance } from './acceptance'

interface InvitationProps {
  readonly token: string
  readonly onEnter: (session: SessionBody) => void
  readonly onLeave: () => void
}

export function Invitation({ token, onEnter, onLeave }: InvitationProps) {
  const [read, setRead] = useState<Answer<InvitationBody>>()
  useEffect(() => {
    void post<InvitationBody>('/operator/invitations/read', { token }).then(setRead)
  }, [token])
  return (
    <main class="door wide">
      <img src={icon} alt="" width="48" height="48" />
      <h1>{read?.ok ? `Welcome, ${read.value.name}` : 'Invitation to the back office'}</h1>
      {!read && <Loading />}
      {read && !read.ok && (
        <>
          <ProblemLine problem={read.problem} />
          <p>An invitation works once and for a limited time. Ask an admin for a new one.</p>
          <Button onClick={onLeave}>Go to the log-in</Button>
        </>
      )}
      {read?.ok && <Acceptance token={token} invitation={read.value} onEnter={onEnter} />}
    </main>
  )
}
