/** The service with an e-mail provider that a test controls. Messages leave only when the test says so. */
import { expect } from 'vitest'
import type { Deps } from '../../src/deps'
import { deliverMessages } from '../../src/mail/deliver'
import type { Delivery, Email, MailProvider } from '../../src/mail/provider'
import type { TestUser } from './client'
import { worldWith, type World } from './gateway'
import { canaries } from './secrets'

type Fault = 'none' | 'down' | 'response_lost' | 'rejects'

/** Keeps e-mails like the provider: each key once. */
export class FakeProvider implements MailProvider {
  readonly emails = new Map<string, Email>()
  /** Number of attempts, with those that failed. */
  attempts = 0
  fault: Fault = 'none'

  async send(email: Email): Promise<Delivery> {
    this.attempts += 1
    if (this.fault === 'down') throw new Error('the provider is down')
    if (this.fault === 'rejects') return { kind: 'rejected', reason: 'invalid_address' }
    this.emails.set(email.id, email)
    const token = tokenIn(email)
    if (token !== undefined) canaries.add(token)
    if (this.fault === 'response_lost') throw new Error('the response was lost')
    return { kind: 'sent', providerId: `provider-${email.id}` }
  }

  to(address: string): Email[] {
    return [...this.emails.values()].filter(({ to }) => to === address)
  }
}

/** More messages than any test leaves behind. */
const ALL = 10_000

const LINK = /https?:\/\/\S+#(\S+)/

export const tokenIn = ({ text }: Email): string | undefined => LINK.exec(text)?.[1]

export interface MailWorld extends World {
  readonly provider: FakeProvider
  /** Delivers the messages that are due. */
  readonly deliver: () => Promise<void>
  /** Delivers, and returns the token of the newest e-mail to the address with this subject. */
  readonly linkTo: (address: string, subject: RegExp) => Promise<string>
}

export function mailWorld(replaced: Partial<Deps> = {}): MailWorld {
  const provider = new FakeProvider()
  const world = worldWith({ mailProvider: provider, deliverMail: () => undefined, ...replaced })
  const deliver = () => deliverMessages(world.deps, ALL)
  return {
    ...world,
    provider,
    deliver,
    async linkTo(address, subject) {
      await deliver()
      const email = provider.to(address).findLast((sent) => subject.test(sent.subject))
      const token = email && tokenIn(email)
      expect(token).toBeDefined()
      return token ?? ''
    },
  }
}

export const forgot = ({ send }: Pick<World, 'send'>, email: string) =>
  send('POST', '/auth/forgot', { body: { email } })

export const reset = ({ send }: Pick<World, 'send'>, token: string, new_password: string) =>
  send('POST', '/auth/reset', { body: { token, new_password } })

export const confirm = ({ send }: Pick<World, 'send'>, token: string) =>
  send('POST', '/auth/verify', { body: { token } })

export const undo = ({ send }: Pick<World, 'send'>, token: string) =>
  send('POST', '/auth/undo', { body: { token } })

export const changeAddress = (user: TestUser, email: string, password: string) =>
  user.send('POST', '/users/me/email', { body: { email, password } })
