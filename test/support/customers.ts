/** A customer with personal data, which responses to operators must not contain unless it is revealed. */
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { PASSWORD, type Send, type TestUser } from './client'

export interface Canary extends TestUser {
  readonly firstName: string
  readonly lastName: string
  /** Recipient of the customer's calls. */
  readonly phone: string
  readonly recipientName: string
}

const letters = (length: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) =>
    String.fromCharCode(97 + (byte % 26)),
  ).join('')

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

export async function newCanary(via: Send): Promise<Canary> {
  const [firstName, lastName] = [capitalised(letters(12)), capitalised(letters(12))]
  const email = `${letters(16)}@${letters(12)}.example.com`
  const details = { email, password: PASSWORD, first_name: firstName, last_name: lastName }
  expect((await via('POST', '/users/register', { body: details })).status).toBe(201)
  const credentials = { email, password: PASSWORD }
  const { body } = await via('POST', '/auth/login', { body: credentials })
  const { access_token: token, refresh_token: refreshToken, user } = body
  const asUser: Send = (method, path, options) => via(method, path, { token, ...options })
  const digits = String(crypto.getRandomValues(new Uint32Array(1))[0])
    .padStart(10, '0')
    .slice(-7)
  return {
    uuid: user.uuid,
    email,
    token,
    refreshToken,
    send: asUser,
    firstName,
    lastName,
    phone: `+234803${digits}`,
    recipientName: capitalised(letters(12)),
  }
}

export const dialAs = async (customer: Canary): Promise<string> => {
  const body = { recipient_phone: customer.phone, recipient_name: customer.recipientName }
  const dialled = await customer.send('POST', '/calls', { body })
  expect(dialled.status).toBe(201)
  return dialled.body.uuid
}

/** Parts of the personal data that a text contains. */
export const foundIn = (text: string, customer: Canary): string[] =>
  [
    customer.email,
    customer.email.slice(0, customer.email.indexOf('@')),
    customer.firstName,
    customer.lastName,
    customer.phone,
    customer.phone.slice(-7),
    customer.recipientName,
  ].filter((part) => text.toLowerCase().includes(part.toLowerCase()))

export interface LoggedAction {
  readonly seq: number
  readonly action: string
  readonly outcome: string
  readonly operator_uuid: string
  readonly started_seq: number | null
  readonly subject: string | null
  readonly reason: string | null
  readonly before: string | null
  readonly after: string | null
}

/** Entries of the log of actions by an operator, oldest first. */
export async function actionsOf(operatorUuid: string): Promise<LoggedAction[]> {
  const { results } = await env.DB.prepare(
    'SELECT * FROM operator_actions WHERE operator_uuid = ? ORDER BY seq',
  )
    .bind(operatorUuid)
    .all<LoggedAction>()
  return results
}
