import { z } from '@hono/zod-openapi'
import { textField, timeField, uuidField } from '../http/fields'
import { emailField, passwordField, userSchema } from '../users/schemas'
import type { Session } from './store'
import { toTime } from '../common/text/time'

const TOKEN = { format: 'jwt', example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' }

const tokenField = (description: string) =>
  z
    .string()
    .max(2048)
    .openapi({ ...TOKEN, description })

const TOKENS = {
  access_token: tokenField('Access token, for the header `Authorization: Bearer`.'),
  refresh_token: tokenField('Refresh token, which works once, for `POST /auth/refresh`.'),
}

/** Existing password. No rule for new passwords applies: it is only compared. */
export const passwordInputField = textField(1, 256).openapi({
  format: 'password',
  description: 'Current password.',
  example: 'correct horse battery',
})

export const loginBody = z
  .strictObject({ email: emailField, password: passwordInputField })
  .openapi('Credentials', { description: 'E-mail address and password.' })

export const refreshBody = z
  .strictObject({
    refresh_token: z
      .string('must be a string')
      .min(1, 'must not be empty')
      .max(2048, 'is too long')
      .openapi({ ...TOKEN, description: 'Most recent refresh token of the session.' }),
  })
  .openapi('Refresh', { description: 'Refresh token of the session.' })

export const tokenPairSchema = z
  .strictObject(TOKENS)
  .openapi('TokenPair', { description: 'Access token and refresh token of a session.' })

export const logInSchema = z
  .strictObject({ ...TOKENS, user: userSchema })
  .openapi('LogInResult', { description: 'Tokens of the new session, and the account.' })

export const changePasswordBody = z
  .strictObject({ current_password: passwordInputField, new_password: passwordField })
  .openapi('PasswordChange', { description: 'Current and new password.' })

export const accessTokenSchema = z
  .strictObject({ access_token: TOKENS.access_token })
  .openapi('AccessToken', { description: 'New access token.' })

const originField = (description: string, example: string) =>
  z.string().max(200).nullable().openapi({ pattern: '^[^\\u0000-\\u001f]+$', description, example })

export const sessionSchema = z
  .strictObject({
    uuid: uuidField,
    device: originField(
      '`User-Agent` header of the client that logged in.',
      'Mozilla/5.0 (Linux; Android 14)',
    ),
    place: originField("Approximate location of the client's IP address at log-in.", 'Lagos, NG'),
    created_at: timeField.openapi({ description: 'Time of the log-in, in UTC.' }),
    last_used_at: timeField.openapi({ description: 'Time of the last refresh, in UTC.' }),
    expires_at: timeField.openapi({
      description: 'Time at which the session ends unless it is refreshed, in UTC.',
    }),
    current: z
      .boolean()
      .openapi({ description: 'True for the session that sent this request.', example: true }),
  })
  .openapi('Session', { description: 'Active session.' })

export const sessionsSchema = z
  .array(sessionSchema)
  .max(100)
  .openapi('Sessions', { description: 'Active sessions, most recently used first.' })

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
