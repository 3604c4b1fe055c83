/** Operators of tests who log in: by password and code, or by passkey. */
import { expect } from 'vitest'
import { Secret, TOTP } from 'otpauth/slim'
import { type Deviation, SoftAuthenticator } from './authenticator'
import { type Answer, ORIGIN, type Send, send } from './client'
import { newOperator, type TestOperator } from './operators'
import { canaries } from './secrets'
import type { Role } from '../../src/operators/access/permissions'

export const DESK_PASSWORD = 'a long horse of an operator'
const STEP_MS = 30_000

/** Code of an authenticator app, at the test's clock or some steps from it. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: Date.now() + steps * STEP_MS,
  })

/** Token in the link of an invitation. */
export function tokenOf(link: string): string {
  const token = /^http:\/\/localhost:8787\/desk#invitation=(\S+)$/.exec(link)?.[1]
  if (token === undefined) throw new Error(`not a link of an invitation: ${link}`)
  canaries.add(token)
  return token
}

export interface Invitation {
  readonly uuid: string
  readonly email: string
  readonly token: string
}

/** Lets an admin invite an operator. */
export async function invited(
  role: Role,
  admin: TestOperator,
  email = `invited-${crypto.randomUUID()}@example.com`,
): Promise<Invitation> {
  const body = { email, name: `Invited ${role}`, role, reason: 'A test needs this operator' }
  const answer = await admin.send('POST', '/operator/operators', { body })
  expect(answer.status).toBe(201)
  return { uuid: answer.body.operator.uuid, email, token: tokenOf(answer.body.invitation) }
}

/** Reads the secret of an invitation. */
export async function secretOf(via: Send, token: string): Promise<string> {
  const { body } = await via('POST', '/operator/invitations/read', { body: { token } })
  canaries.add(body.totp.secret)
  return body.totp.secret
}

/** Accepts an invitation by password. The code is that of the present step. */
export async function acceptByPassword(via: Send, token: string, password = DESK_PASSWORD) {
  const secret = await secretOf(via, token)
  const body = { token, password, code: codeOf(secret), as: 'token' }
  const answer = await via('POST', '/operator/invitations/accept', { body })
  if (answer.status === 200) canaries.add(answer.body.token)
  return { answer, secret }
}

export interface DeskOperator {
  readonly uuid: string
  readonly email: string
  readonly secret: string
  /** Token of the session that began with the invitation. */
  readonly token: string
  readonly send: Send
}

/** An operator with a password and an authenticator app. */
export async function withPassword(role: Role = 'viewer', via: Send = send): Promise<DeskOperator> {
  const { uuid, email, token } = await invited(role, await newOperator('admin', via))
  const { answer, secret } = await acceptByPassword(via, token)
  expect(answer.status).toBe(200)
  const session: string = answer.body.token
  const asOperator: Send = (method, path, options) =>
    via(method, path, { token: session, ...options })
  return { uuid, email, secret, token: session, send: asOperator }
}

export const logIn = (via: Send, email: string, password: string, code: string): Promise<Answer> =>
  via('POST', '/operator/session', { body: { email, password, code, as: 'token' } })

/** Accepts an invitation by passkey. */
export async function acceptByPasskey(
  via: Send,
  token: string,
  authenticator: SoftAuthenticator,
  deviation: Deviation = {},
): Promise<Answer> {
  const { body } = await via('POST', '/operator/invitations/passkey-options', { body: { token } })
  const response = await authenticator.create(body.options, deviation)
  return via('POST', '/operator/invitations/accept', { body: { token, response, as: 'token' } })
}

export interface DeskKeyHolder {
  readonly uuid: string
  readonly authenticator: SoftAuthenticator
}

/** An operator with a passkey. */
export async function withDeskPasskey(
  role: Role = 'viewer',
  via: Send = send,
): Promise<DeskKeyHolder> {
  const authenticator = new SoftAuthenticator()
  const { uuid, token } = await invited(role, await newOperator('admin', via))
  expect((await acceptByPasskey(via, token, authenticator)).status).toBe(200)
  return { uuid, authenticator }
}

export async function logInByDeskPasskey(
  via: Send,
  authenticator: SoftAuthenticator,
  deviation: Deviation = {},
): Promise<Answer> {
  const { body } = await via('POST', '/operator/session/passkey/options', { body: {} })
  const response = await authenticator.get(body.options, deviation)
  return via('POST', '/operator/session/passkey', { body: { response, as: 'token' } })
}

/** Value of the session cookie of a response. */
export function cookieOf({ headers }: Answer): string {
  const value = /^__Host-operator=([^;]+)/.exec(headers.get('Set-Cookie') ?? '')?.[1] ?? ''
  canaries.add(value)
  return value
}

/** Headers of a request from the pages. */
export const fromPage = (cookie: string, origin: string = ORIGIN) => ({
  Cookie: `__Host-operator=${cookie}`,
  Origin: origin,
})
