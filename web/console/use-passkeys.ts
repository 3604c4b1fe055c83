/** The user's passkeys, loaded when they are shown. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { components } from '../../client/client'
import type { Api, Problem } from '../shared/api'

export type Passkeys = components['schemas']['Passkeys']

export function usePasskeys(api: Api) {
  const [found, setFound] = useState<Passkeys>()
  const [problem, setProblem] = useState<Problem>()
  const read = useCallback(async () => {
    const answer = await api.call((client) => client.GET('/users/me/passkeys'))
    if (answer.ok) setFound(answer.value)
    setProblem(answer.ok ? undefined : answer.problem)
  }, [api])
  useEffect(() => void read(), [read])
  return { found, problem, read }
}
