/** The user's sessions, with commands to end them. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Session as ApiSession } from '../../client/client'
import type { Api, Problem } from '../shared/api'
import { deviceName } from './device-name'
import { useAction } from '../shared/use-action'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { printMoment } from '../shared/print'

const endSession = async (api: Api, uuid: string): Promise<Problem | undefined> => {
  const params = { path: { uuid } }
  const ended = await api.call((client) => client.DELETE('/auth/sessions/{uuid}', { params }))
  return ended.ok || ended.problem.code === 'not_found' ? undefined : ended.problem
}

function useSessions(api: Api) {
  const [sessions, setSessions] = useState<readonly ApiSession[]>()
  const { act, isBusy, problem } = useAction()
  const read = useCallback(async () => {
    const answer = await api.call((client) => client.GET('/auth/sessions'))
    if (!answer.ok) return answer.problem
    setSessions(answer.value)
    return undefined
  }, [api])
  useEffect(() => act(read), [act, read])
  /** Ends sessions one after another, and stops at the first problem. */
  const end = (uuids: readonly string[]) =>
    act(async () => {
      for (const uuid of uuids) {
        // oxlint-disable-next-line no-await-in-loop -- the session list stays readable in between
        const failure = await endSession(api, uuid)
        if (failure) return failure
      }
      return read()
    })
  return { sessions, isBusy, problem, end }
}

export function Sessions({ api }: { readonly api: Api }) {
  const { sessions, isBusy, problem, end } = useSessions(api)
  const list = useRef<HTMLUListElement>(null)
  const others = sessions?.filter(({ current }) => !current).map(({ uuid }) => uuid) ?? []
  const endAndFocus = (uuids: readonly string[]) => {
    end(uuids)
    list.current?.focus()
  }
  return (
    <>
      <ul class="sessions" aria-label="Sessions" tabIndex={-1} ref={list}>
        {sessions?.map(({ uuid, device, place, last_used_at, current }) => (
          <li key={uuid}>
            <div>
              <strong>{deviceName(device)}</strong>
              <span class="note">
                {[current ? 'This session' : printMoment(last_used_at), place]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </div>
            {!current && (
              <Button
                isSmall
                isBusy={isBusy}
                label={`End the session on ${deviceName(device)}`}
                onClick={() => endAndFocus([uuid])}
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <Button isSmall kind="danger" isBusy={isBusy} onClick={() => endAndFocus(others)}>
          End all other sessions
        </Button>
      )}
      {sessions && others.length === 0 && <p class="note">No other session is active.</p>}
      <ProblemNote problem={problem} />
    </>
  )
}
