/** Fields that the bodies of operators' actions share. */
import { z } from '@hono/zod-openapi'
import { requiredLine } from '../http/fields'
import type { UserStore, User } from '../users/store'
import { emailKeyOf } from '../common/text/email'
import { readUser } from './customers/spelling'

export const reasonLine = requiredLine(3, 300)
export const subjectField = z.string('must be a string').trim().min(1, 'must not be empty').max(300)

/** Finds a user by e-mail address or UUID, in any spelling. */
export const findUserBy = async (
  userStore: UserStore,
  written: string,
): Promise<User | undefined> => {
  const named = readUser(written)
  return named.includes('@') ? userStore.byEmailKey(emailKeyOf(named)) : userStore.byUuid(named)
}
