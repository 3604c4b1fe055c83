/** Shows the back office to an operator with a session; otherwise the log-in, or an invitation. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { SessionBody } from '../../src/operators/desk-types'
import { Button } from '../shared/button'
import type { Problem } from '../shared/api'
import { Invitation } from './access/invitation'
import { LogIn } from './access/log-in'
import { memory } from './base/memory'
import { get, onSignedOut } from './base/request'
import { Frame } from './frame'
import { ProblemLine } from './parts/problem-line'

interface AppProps {
  readonly invitation: string | undefined
}

type State =
  | { readonly kind: 'loading' | 'ended' | 'out' | 'invited' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'in'; readonly session: SessionBody }

export function App({ invitation }: AppProps) {
  const [state, setState] = useState<State>({ kind: invitation ? 'invited' : 'loading' })
  const enter = useCallback((session: SessionBody) => setState({ kind: 'in', session }), [])
  const leave = useCallback(() => {
    memory.clear()
    setState({ kind: 'out' })
  }, [])
  const read = useCallback(async () => {
    const answer = await get<SessionBody>('/operator/session')
    if (answer.ok) return enter(answer.value)
    if (answer.problem.status === 401) return setState({ kind: 'out' })
    setState({ kind: 'failed', problem: answer.problem })
  }, [enter])
  useEffect(() => {
    if (!invitation) void read()
  }, [invitation, read])
  useEffect(
    () =>
      onSignedOut(() => {
        memory.clear()
        setState((current) => (current.kind === 'in' ? { kind: 'ended' } : current))
      }),
    [],
  )

  switch (state.kind) {
    case 'in':
      return <Frame session={state.session} onLeave={leave} />
    case 'invited':
      return <Invitation token={invitation ?? ''} onEnter={enter} onLeave={leave} />
    case 'out':
    case 'ended':
      return <LogIn isEnded={state.kind === 'ended'} onEnter={enter} />
    case 'failed':
      return (
        <main class="door">
          <h1>AIleana back office</h1>
          <ProblemLine problem={state.problem} />
          <Button kind="primary" onClick={() => void read()}>
            Retry
          </Button>
        </main>
      )
    default:
      return (
        <main class="door">
          <h1>AIleana back office</h1>
          <p class="loading" role="status">
            Loading…
          </p>
        </main>
      )
  }
}
