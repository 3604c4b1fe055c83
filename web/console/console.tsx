/** The console of a signed-in user. */
import { useCallback, useMemo, useRef } from 'preact/hooks'
import type { Api } from '../shared/api'
import { Calls } from './calls'
import { type Desk, DeskContext } from './desk'
import { Faults } from './faults'
import { Ledger } from './ledger'
import { LiveCalls } from './live-calls'
import { Masthead } from './masthead'
import { ProblemNote } from '../shared/notes'
import { Payments } from './payments'
import { Returned } from './returned'
import type { Session } from './session'
import { Toast, useToast } from './toast'
import { useAccount } from './use-account'
import { Wallets } from './wallets'
import { Webhooks } from './webhooks/webhooks'
import './console.css'

interface ConsoleProps {
  readonly api: Api
  readonly session: Session
  readonly onSession: (session: Session) => void
  readonly onLeave: () => void
}

export function Console({ api, session, onSession, onLeave }: ConsoleProps) {
  const { holdings, problem, refresh, putCall } = useAccount(api)
  const { text, announce } = useToast()
  const callsHeading = useRef<HTMLHeadingElement>(null)
  const clock = useRef({ aheadMs: 0 }).current
  const leave = useCallback(async () => {
    await api.call((client) => client.POST('/auth/logout'))
    onLeave()
  }, [api, onLeave])
  const desk = useMemo<Desk | undefined>(
    () => holdings && { api, holdings, refresh, putCall, announce, clock },
    [api, holdings, refresh, putCall, announce, clock],
  )
  return (
    <>
      <Masthead
        api={api}
        session={session}
        problem={problem}
        onSession={onSession}
        onLeave={leave}
      />
      <Toast text={text} />
      <main class="desk" aria-busy={!holdings}>
        <ProblemNote problem={problem} />
        {desk && (
          <DeskContext.Provider value={desk}>
            <Returned />
            <LiveCalls onEnded={() => callsHeading.current?.focus()} />
            <div class="columns">
              <div class="column">
                <Wallets />
                <Calls headingRef={callsHeading} />
                <Ledger />
              </div>
              <div class="column">
                <Payments />
                <Faults email={session.email} />
                <Webhooks />
              </div>
            </div>
          </DeskContext.Provider>
        )}
      </main>
    </>
  )
}
