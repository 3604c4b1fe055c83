/** Fields that the bodies of operators' actions share. */
import { z } from '@hono/zod-openapi'
import type { UserStore, User } from '../users/store'
import { emailKeyOf } from '../common/text/email'
import { readUser } from './spelling'

const line = (max: number) =>
  z
    .string('must be a string')
    .trim()
    .min(3, 'must have at least 3 characters')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line')

/** Name of the operator, as text until operators have accounts. */
export const operatorField = line(100)
export const reasonLine = line(300)
export const subjectField = z.string('must be a string').trim().min(1, 'must not be empty').max(300)

/** Finds a user by e-mail address or UUID, in any spelling. */
export const findUserBy = async (
  userStore: UserStore,
  written: string,
): Promise<User | undefined> => {
  const named = readUser(written)
  return named.includes('@') ? userStore.byEmailKey(emailKeyOf(named)) : userStore.byUuid(named)
}
