/** The session of the page, its state, and the clock. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { CallSession, SessionState } from './session/session'

export interface UsedSession {
  readonly session: CallSession
  readonly state: SessionState
  /** Replaces the session with a new one for the same link. */
  readonly restart: () => void
}

export function useSession(connect: () => CallSession): UsedSession {
  const [round, setRound] = useState(0)
  // oxlint-disable-next-line react/exhaustive-deps -- a new round needs a new session
  const session = useMemo(connect, [connect, round])
  const [state, setState] = useState(session.getState())

  useEffect(() => {
    const update = () => setState(session.getState())
    const unsubscribe = session.subscribe(update)
    session.start()
    update()
    return () => {
      unsubscribe()
      session.close()
    }
  }, [session])

  const restart = useCallback(() => setRound((round) => round + 1), [])
  return { session, state, restart }
}

/** Local time, updated each second. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now())
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), 1000)
    return () => window.clearInterval(timer)
  }, [])
  return nowMs
}
