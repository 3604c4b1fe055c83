import { vi } from 'vitest'
import type { TokenRevocation } from '../../src/common/tokens/access-token'
import { type Answer, PASSWORD, type Send, type TestUser } from './client'

export const logIn = (
  via: Send,
  email: string,
  password = PASSWORD,
  headers: Record<string, string> = {},
): Promise<Answer> => via('POST', '/auth/login', { body: { email, password }, headers })

export const refresh = (via: Send, refresh_token: string): Promise<Answer> =>
  via('POST', '/auth/refresh', { body: { refresh_token } })

export const me = (via: Send, token: string): Promise<Answer> => via('GET', '/users/me', { token })

/** Logs in again as the same user. */
export async function onAnotherDevice(via: Send, user: TestUser): Promise<TestUser> {
  const { body } = await logIn(via, user.email)
  const { access_token: token, refresh_token: refreshToken } = body
  const asUser: Send = (method, path, options) => via(method, path, { token, ...options })
  return { ...user, token, refreshToken, send: asUser }
}

/** Fake of `revokeTokens` that records its calls; `state.fails` makes it throw. */
export function listener() {
  const told: [userUuid: string, refusal: TokenRevocation][] = []
  const state = { fails: false }
  const revokeTokens = async (userUuid: string, refusal: TokenRevocation): Promise<void> => {
    if (state.fails) throw new Error('the wallets cannot be notified')
    told.push([userUuid, refusal])
  }
  return { told, state, revokeTokens }
}

/** @returns a function that lists the log lines of an event since this call */
export function linesOf(event: string): () => object[] {
  const spy = vi.spyOn(console, 'log')
  return () =>
    spy.mock.calls
      .map(([line]): { event?: string } => JSON.parse(String(line)))
      .filter((line) => line.event === event)
}
