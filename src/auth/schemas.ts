import { z } from '@hono/zod-openapi'
import { emailField, userSchema } from '../users/schemas'

const tokenField = z
  .string()
  .max(2048)
  .openapi({ example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' })

export const loginBody = z
  .strictObject({
    email: emailField,
    password: z
      .string('must be text')
      .min(1, 'must not be empty')
      .max(256, 'must have at most 256 characters')
      .openapi({
        format: 'password',
        example: 'correct horse battery',
      }),
  })
  .openapi('Login')

export const refreshBody = z.strictObject({ refresh_token: tokenField.min(1) }).openapi('Refresh')

export const tokenPairSchema = z
  .strictObject({ access_token: tokenField, refresh_token: tokenField })
  .openapi('TokenPair')

export const sessionSchema = z
  .strictObject({ access_token: tokenField, refresh_token: tokenField, user: userSchema })
  .openapi('Session')
