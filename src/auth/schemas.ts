import { z } from '@hono/zod-openapi'
import { textField, timeField, toTime, uuidField } from '../common/fields'
import { emailField, passwordField, userSchema } from '../users/schemas'
import type { Session } from './store'

const TOKEN = { format: 'jwt', example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' }

const tokenField = (description: string) =>
  z
    .string()
    .max(2048)
    .openapi({ ...TOKEN, description })

const TOKENS = {
  access_token: tokenField('For `Authorization: Bearer`'),
  refresh_token: tokenField('Good once, for the next pair'),
}

/** A password that is only checked: whatever it is, it is right or wrong. */
const givenPasswordField = textField(1, 256).openapi({
  format: 'password',
  description: 'The password as it is now',
  example: 'correct horse battery',
})

export const loginBody = z
  .strictObject({ email: emailField, password: givenPasswordField })
  .openapi('Login')

export const refreshBody = z
  .strictObject({
    refresh_token: z
      .string('must be text')
      .min(1, 'must not be empty')
      .max(2048, 'is too long')
      .openapi({ ...TOKEN, description: 'The newest that you were given' }),
  })
  .openapi('Refresh')

export const tokenPairSchema = z.strictObject(TOKENS).openapi('TokenPair')

export const sessionSchema = z
  .strictObject({ ...TOKENS, user: userSchema.openapi({ description: 'Whose they are' }) })
  .openapi('Session')

export const changePasswordBody = z
  .strictObject({ current_password: givenPasswordField, new_password: passwordField })
  .openapi('PasswordChange')

export const accessTokenSchema = z
  .strictObject({ access_token: TOKENS.access_token })
  .openapi('AccessToken')

const originField = (description: string, example: string) =>
  z.string().max(200).nullable().openapi({ pattern: '^[^\\u0000-\\u001f]+$', description, example })

export const listedSessionSchema = z
  .strictObject({
    uuid: uuidField,
    device: originField('What the client called itself', 'Mozilla/5.0 (Linux; Android 14)'),
    place: originField('Where its address is', 'Lagos, NG'),
    created_at: timeField.openapi({ description: 'When it was logged in' }),
    last_used_at: timeField.openapi({ description: 'When its tokens were last refreshed' }),
    expires_at: timeField.openapi({ description: 'When it ends if it is not refreshed' }),
    current: z.boolean().openapi({ description: 'Whether it is the one that asks', example: true }),
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
