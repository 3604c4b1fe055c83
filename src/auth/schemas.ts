import { z } from '@hono/zod-openapi'
import { textField, timeField, toTime, uuidField } from '../http/fields'
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
const passwordInputField = textField(1, 256).openapi({
  format: 'password',
  description: 'The password as it is now',
  example: 'correct horse battery',
})

export const loginBody = z
  .strictObject({ email: emailField, password: passwordInputField })
  .openapi('Login', { description: 'Who logs in' })

export const refreshBody = z
  .strictObject({
    refresh_token: z
      .string('must be text')
      .min(1, 'must not be empty')
      .max(2048, 'is too long')
      .openapi({ ...TOKEN, description: 'The newest that you were given' }),
  })
  .openapi('Refresh', { description: 'The session to go on with' })

export const tokenPairSchema = z
  .strictObject(TOKENS)
  .openapi('TokenPair', { description: 'The tokens of a session' })

export const logInSchema = z
  .strictObject({ ...TOKENS, user: userSchema })
  .openapi('Session', { description: 'The tokens of a new session, and whose they are' })

export const changePasswordBody = z
  .strictObject({ current_password: passwordInputField, new_password: passwordField })
  .openapi('PasswordChange', { description: 'The password of before and the one to be' })

export const accessTokenSchema = z
  .strictObject({ access_token: TOKENS.access_token })
  .openapi('AccessToken', { description: 'The token to go on with' })

const originField = (description: string, example: string) =>
  z.string().max(200).nullable().openapi({ pattern: '^[^\\u0000-\\u001f]+$', description, example })

export const sessionSchema = z
  .strictObject({
    uuid: uuidField,
    device: originField('What the client called itself', 'Mozilla/5.0 (Linux; Android 14)'),
    place: originField('Where its address is', 'Lagos, NG'),
    created_at: timeField.openapi({ description: 'When it was logged in' }),
    last_used_at: timeField.openapi({ description: 'When its tokens were last refreshed' }),
    expires_at: timeField.openapi({ description: 'When it ends if it is not refreshed' }),
    current: z.boolean().openapi({ description: 'Whether it is the one that asks', example: true }),
  })
  .openapi('ListedSession', { description: 'A log-in that has not ended' })

export const presentSession = (
  session: Session,
  currentUuid: string,
): z.infer<typeof sessionSchema> => ({
  uuid: session.uuid,
  device: session.device,
  place: session.place,
  created_at: toTime(session.createdAtMs),
  last_used_at: toTime(session.lastUsedAtMs),
  expires_at: toTime(session.expiresAtMs),
  current: session.uuid === currentUuid,
})
