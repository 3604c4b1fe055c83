/** Users with passkeys. */
import { expect } from 'vitest'
import { type Deviation, SoftAuthenticator } from './authenticator'
import type { UserStore } from '../../src/users/store'
import type { Answer, Send, TestUser } from './client'
import { confirmed } from './confirmation'

export type Headers = Record<string, string>

/** Requests options for a new passkey, and sends the authenticator's response. */
export async function addPasskey(
  user: Pick<TestUser, 'send'>,
  authenticator: SoftAuthenticator,
  headers: Headers,
  deviation: Deviation = {},
): Promise<Answer> {
  const options = await user.send('POST', '/users/me/passkey/options', { headers })
  expect(options.status).toBe(200)
  const passkey = await authenticator.create(options.body, deviation)
  return user.send('POST', '/users/me/passkeys', { headers, body: { name: 'Phone', passkey } })
}

export interface KeyHolder {
  readonly user: TestUser
  readonly authenticator: SoftAuthenticator
  /** UUID of the passkey. */
  readonly passkey: string
}

/** Gives a user a first passkey. */
export async function withPasskey(
  user: TestUser,
  authenticator = new SoftAuthenticator(),
): Promise<KeyHolder> {
  const added = await addPasskey(user, authenticator, await confirmed(user))
  expect(added.status).toBe(201)
  return { user, authenticator, passkey: added.body.uuid }
}

/** Sends the authenticator's response to the options of a log-in. */
export async function logInByPasskey(
  via: Send,
  authenticator: SoftAuthenticator,
  deviation: Deviation = {},
): Promise<Answer> {
  const { body: options } = await via('POST', '/auth/passkey/options')
  const passkey = await authenticator.get(options, deviation)
  return via('POST', '/auth/passkey', { body: { passkey } })
}

/** Confirms by passkey. */
export async function confirmByPasskey(
  user: Pick<TestUser, 'send'>,
  authenticator: SoftAuthenticator,
  deviation: Deviation = {},
): Promise<Answer> {
  const { body } = await user.send('POST', '/users/me/confirmation/options')
  const passkey = await authenticator.get(body.options, deviation)
  return user.send('POST', '/users/me/confirmation', { body: { passkey } })
}

/** Header of a confirmation by passkey. */
export async function confirmedByPasskey({
  user,
  authenticator,
}: Pick<KeyHolder, 'user' | 'authenticator'>): Promise<Headers> {
  const answer = await confirmByPasskey(user, authenticator)
  expect(answer.status).toBe(200)
  return { Confirmation: answer.body.confirmation }
}

export async function newCodes(holder: KeyHolder): Promise<string[]> {
  const headers = await confirmedByPasskey(holder)
  const answer = await holder.user.send('POST', '/users/me/recovery-codes', { headers })
  expect(answer.status).toBe(201)
  return answer.body.codes
}

/** The account's token version, which a recovery raises. */
export async function tokenVersionOf(
  { userStore }: { readonly userStore: UserStore },
  { uuid }: Pick<TestUser, 'uuid'>,
): Promise<number> {
  const user = await userStore.byUuid(uuid)
  if (!user) throw new Error('the user is missing')
  return user.tokenVersion
}
