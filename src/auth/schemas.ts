import { z } from '@hono/zod-openapi'
import { textField, timeField, toTime, uuidField } from '../common/fields'
import { emailField, passwordField, userSchema } from '../users/schemas'
import type { Session } from './store'

const tokenField = z
  .string()
  .max(2048)
  .openapi({ example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' })

/** A password that is only checked: whatever it is, it is right or wrong. */
const givenPasswordField = textField(1, 256).openapi({
  format: 'password',
  example: 'correct horse battery',
})

export const loginBody = z
  .strictObject({ email: emailField, password: givenPasswordField })
  .openapi('Login')

export const refreshBody = z
  .strictObject({
    refresh_token: z.string('must be text').min(1, 'must not be empty').max(2048, 'is too long'),
  })
  .openapi('Refresh')

export const tokenPairSchema = z
  .strictObject({ access_token: tokenField, refresh_token: tokenField })
  .openapi('TokenPair')

export const sessionSchema = z
  .strictObject({ access_token: tokenField, refresh_token: tokenField, user: userSchema })
  .openapi('Session')

export const changePasswordBody = z
  .strictObject({ current_password: givenPasswordField, new_password: passwordField })
  .openapi('PasswordChange')

export const accessTokenSchema = z.strictObject({ access_token: tokenField }).openapi('AccessToken')

const originField = (example: string) => z.string().max(200).nullable().openapi({ example })

export const listedSessionSchema = z
  .strictObject({
    uuid: uuidField,
    device: originField('Mozilla/5.0 (Linux; Android 14)'),
    place: originField('Lagos, NG'),
    created_at: timeField,
    last_used_at: timeField,
    expires_at: timeField,
    current: z.boolean().openapi({ example: true }),
  })
  .openapi('ListedSession')

export const presentSession = (
  session: Session,
  currentUuid: string,
): z.infer<typeof listedSessionSchema> => ({
  uuid: session.uuid,
  device: session.device,
  place: session.place,
  created_at: toTime(session.createdAtMs),
  last_used_at: toTime(session.lastUsedAtMs),
  expires_at: toTime(session.expiresAtMs),
  current: session.uuid === currentUuid,
})
