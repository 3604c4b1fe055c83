import { z } from '@hono/zod-openapi'
import { lineField, textField, timeField, toTime, uuidField } from '../common/fields'
import type { User } from './store'

export const emailField = z
  .string('must be text')
  .trim()
  .max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an e-mail address'))
  .openapi({
    type: 'string',
    format: 'email',
    maxLength: 254,
    pattern: z.regexes.email.source,
    example: 'ada@example.com',
  })

/** A password to be; one that is only checked may be any text. */
export const passwordField = textField(8, 256)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .openapi({ format: 'password', example: 'correct horse battery' })

const nameField = lineField(100).openapi({ example: 'Ada' })

export const registerBody = z
  .strictObject({
    email: emailField,
    password: passwordField,
    first_name: nameField,
    last_name: nameField,
  })
  .openapi('Registration')

export const userSchema = z
  .strictObject({
    uuid: uuidField,
    email: z.string().max(254).openapi({ example: 'ada@example.com' }),
    first_name: z.string().max(100).nullable().openapi({ example: 'Ada' }),
    last_name: z.string().max(100).nullable().openapi({ example: 'Obi' }),
    created_at: timeField,
  })
  .openapi('User')

export const presentUser = (user: User): z.infer<typeof userSchema> => ({
  uuid: user.uuid,
  email: user.email,
  first_name: user.firstName,
  last_name: user.lastName,
  created_at: toTime(user.createdAtMs),
})
