/** Shows the console to a signed-in user, and the sign-in page otherwise. */
import { useCallback, useMemo, useState } from 'preact/hooks'
import { createApi } from '../shared/api'
import { Console } from './console'
import { keepSession, readSession, type Session } from './session'
import { SignIn } from './sign-in'

export function App() {
  const [session, setSession] = useState(readSession)
  const [isEnded, setEnded] = useState(false)

  const enter = useCallback((entered: Session) => {
    keepSession(entered)
    setSession(entered)
  }, [])
  const leave = useCallback((isByItself: boolean) => {
    keepSession(undefined)
    setSession(undefined)
    setEnded(isByItself)
  }, [])
  const token = session?.accessToken
  const api = useMemo(() => createApi(token, () => leave(true)), [token, leave])

  if (!session) return <SignIn isEnded={isEnded} onEnter={enter} />
  return <Console api={api} session={session} onSession={enter} onLeave={() => leave(false)} />
}
