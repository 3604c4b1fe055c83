import { z } from '@hono/zod-openapi'
import { EMAIL, MAX_EMAIL_LENGTH, parseEmail } from '../common/text/email'
import {
  optionalLine,
  lineField,
  parsedField,
  textField,
  timeField,
  toTime,
  uuidField,
} from '../http/fields'
import type { User } from './store'

export const emailField = parsedField(parseEmail).openapi({
  type: 'string',
  format: 'email',
  maxLength: MAX_EMAIL_LENGTH,
  pattern: EMAIL.source,
  description: 'One account each, in whatever letter case',
  example: 'ada@example.com',
})

/** A password to be; one that is only checked may be any text. */
export const passwordField = textField(8, 256)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .openapi({
    format: 'password',
    description: 'From 8 characters on, of any kind',
    example: 'correct horse battery',
  })

const nameField = (description: string, example: string) =>
  lineField(100).openapi({ description, example })

const optionalName = (description: string, example: string) =>
  optionalLine(100).openapi({ description, example })

export const registerBody = z
  .strictObject({
    email: emailField,
    password: passwordField,
    first_name: nameField('How to greet you', 'Ada'),
    last_name: nameField('Your family name', 'Obi'),
  })
  .openapi('Registration', { description: 'Who makes an account' })

export const userSchema = z
  .strictObject({
    uuid: uuidField,
    email: z.string().max(254).openapi({
      description: 'As it was registered',
      format: 'email',
      example: 'ada@example.com',
    }),
    first_name: optionalName('Null if none was given', 'Ada'),
    last_name: optionalName('Null if none was given', 'Obi'),
    created_at: timeField,
  })
  .openapi('User', { description: 'An account' })

export const presentUser = (user: User): z.infer<typeof userSchema> => ({
  uuid: user.uuid,
  email: user.email,
  first_name: user.firstName,
  last_name: user.lastName,
  created_at: toTime(user.createdAtMs),
})
