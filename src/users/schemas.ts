import { z } from '@hono/zod-openapi'
import { LANGUAGES, localeOf, MAX_TIME_ZONE_LENGTH, parseTimeZone } from '../common/text/locale'
import { EMAIL, MAX_EMAIL_LENGTH, parseEmail } from '../common/text/email'
import {
  optionalLine,
  lineField,
  parsedField,
  textField,
  timeField,
  uuidField,
} from '../http/fields'
import { mutedOf, OPTIONAL_KINDS } from '../mail/message'
import type { User } from './store'
import { toTime } from '../common/text/time'

export const emailField = parsedField(parseEmail).openapi({
  type: 'string',
  format: 'email',
  maxLength: MAX_EMAIL_LENGTH,
  pattern: EMAIL.source,
  description: 'E-mail address. Letter case is ignored.',
  example: 'ada@example.com',
})

/** New password. */
export const passwordField = textField(8, 256)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .openapi({
    format: 'password',
    description: 'Password of at least 8 characters of any kind.',
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
    first_name: nameField('First name.', 'Ada'),
    last_name: nameField('Last name.', 'Obi'),
  })
  .openapi('Registration', { description: 'Data of a new account.' })

const mutedField = z
  .array(z.enum(OPTIONAL_KINDS))
  .max(OPTIONAL_KINDS.length)
  .openapi({
    description: 'Messages that are switched off. Security and payment messages cannot be.',
    example: ['low_credit'],
  })

const languageField = z
  .enum(LANGUAGES, `must be ${LANGUAGES.join(' or ')}`)
  .openapi({ description: 'Language of messages and statements.', example: 'en' })

const TIME_ZONE_PATTERN = '^[A-Za-z][\\w+/-]*$'

const timeZoneField = parsedField(parseTimeZone).openapi({
  type: 'string',
  maxLength: MAX_TIME_ZONE_LENGTH,
  pattern: TIME_ZONE_PATTERN,
  description: 'IANA time zone of the dates in messages and statements.',
  example: 'Africa/Lagos',
})

export const profileBody = z
  .strictObject({
    first_name: nameField('First name; null removes it.', 'Ada').optional(),
    last_name: nameField('Last name; null removes it.', 'Obi').optional(),
    muted_messages: mutedField.optional(),
    language: languageField.optional(),
    time_zone: timeZoneField.optional(),
  })
  .refine((profile) => Object.keys(profile).length > 0, 'must have at least one field')
  .openapi('Profile', {
    description: 'Changes of an account. Absent fields stay as they are.',
    minProperties: 1,
  })

export const userSchema = z
  .strictObject({
    uuid: uuidField,
    email: z.string().max(254).openapi({
      description: 'E-mail address, as registered.',
      format: 'email',
      example: 'ada@example.com',
    }),
    first_name: optionalName('First name; null if none was given.', 'Ada'),
    last_name: optionalName('Last name; null if none was given.', 'Obi'),
    created_at: timeField,
    email_verified: z
      .boolean()
      .openapi({ description: 'True once a link sent to the address was used.', example: true }),
    muted_messages: mutedField,
    language: languageField,
    time_zone: z.string().max(MAX_TIME_ZONE_LENGTH).openapi({
      pattern: TIME_ZONE_PATTERN,
      description: 'IANA time zone of the dates in messages and statements.',
      example: 'Africa/Lagos',
    }),
  })
  .openapi('User', { description: 'Account.' })

export const presentUser = (user: User): z.infer<typeof userSchema> => ({
  uuid: user.uuid,
  email: user.email,
  first_name: user.firstName,
  last_name: user.lastName,
  created_at: toTime(user.createdAtMs),
  email_verified: user.emailVerifiedAtMs !== null,
  muted_messages: mutedOf(user),
  language: localeOf(user).language,
  time_zone: localeOf(user).timeZone,
})
