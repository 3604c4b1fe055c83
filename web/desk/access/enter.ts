/** Ways to begin a session: by password and code, by passkey, and by an invitation. */
import type { SessionBody } from '../../../src/operators/desk-types'
import { useAction } from '../../shared/use-action'
import { type Answer, post } from '../base/request'
import { createPasskey, getPasskey } from './passkey'

interface Options {
  readonly options: object
}

export const logInByPassword = (email: string, password: string, code: string) =>
  post<SessionBody>('/operator/session', { email, password, code, as: 'cookie' })

export async function logInByPasskey(): Promise<Answer<SessionBody>> {
  const path = '/operator/session/passkey'
  const given = await post<Options>(`${path}/options`)
  if (!given.ok) return given
  const used = await getPasskey(given.value.options)
  return used.ok ? post<SessionBody>(path, { response: used.value, as: 'cookie' }) : used
}

export const acceptByPassword = (token: string, password: string, code: string) =>
  post<SessionBody>('/operator/invitations/accept', { token, password, code })

export async function acceptByPasskey(token: string): Promise<Answer<SessionBody>> {
  const given = await post<Options>('/operator/invitations/passkey-options', { token })
  if (!given.ok) return given
  const used = await createPasskey(given.value.options)
  if (!used.ok) return used
  return post<SessionBody>('/operator/invitations/accept', { token, response: used.value })
}

/** Begins a session, one way at a time. */
export function useEnter(onEnter: (session: SessionBody) => void) {
  const { act, isBusy, problem } = useAction()
  const enter = (send: () => Promise<Answer<SessionBody>>) =>
    act(async () => {
      const answer = await send()
      if (!answer.ok) return answer.problem
      onEnter(answer.value)
      return undefined
    })
  return { enter, isBusy, problem }
}
