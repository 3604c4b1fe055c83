/** Row of a user without any history, and the message that a registration inserts. */
import type { NewMessage } from '../../src/mail/message'
import type { User } from '../../src/users/store'

export const userRow = (uuid: string, email: string): User => ({
  uuid,
  email,
  emailKey: email,
  passwordHash: '',
  tokenVersion: 0,
  firstName: null,
  lastName: null,
  createdAtMs: Date.now(),
  disabledAtMs: null,
  frozenAtMs: null,
  emailVerifiedAtMs: null,
  emailComplaint: null,
  mutedMessages: null,
  language: null,
  timeZone: null,
  refundsFromMs: null,
  revokeDueAtMs: null,
})

export const welcomeOf = (userUuid: string): NewMessage => ({
  id: `verify_email/${userUuid}`,
  kind: 'verify_email',
  userUuid,
  recipient: null,
  facts: {},
  createdAtMs: Date.now(),
})
