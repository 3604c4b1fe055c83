/** Schema fields that several features share, each with its rule, description and example. */
import { z } from '@hono/zod-openapi'
import { firstOutside, isVisible, nameCharacter, withoutDeceptive } from '../common/text/characters'
import { IDEMPOTENCY_KEY, MAX_KEY_LENGTH } from '../common/idempotency'
import { type Kobo, parseNaira } from '../common/money'
import type { Parsed } from '../common/text/parsed'
import { parseTime } from '../common/text/time'
import { parseUuid } from '../common/text/uuid'

const MAX_AMOUNT_NAIRA = 99_999_999.99

const TEXT = z.string('must be a string')

/** String field that `parse` converts to a value, or rejects with its own message. */
export const parsedField = <T>(parse: (text: string) => Parsed<T>, text = TEXT) =>
  text.transform((written, context): T => {
    const result = parse(written)
    if (result.ok) return result.value
    context.addIssue({ code: 'custom', message: result.message })
    return z.NEVER
  })

const UUID = { maxLength: 36, example: '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55' }

export const uuidField = z.uuid().openapi({ ...UUID, description: 'Unique identifier.' })

/** UUID in a path. */
export const uuidParam = (description: string) =>
  z.object({
    uuid: parsedField(parseUuid).openapi({ ...UUID, type: 'string', format: 'uuid', description }),
  })

/** Time in a response: RFC 3339, UTC, milliseconds. */
export const timeField = z.iso.datetime().openapi({
  maxLength: 24,
  description: 'Time of creation, in UTC.',
  example: '2026-03-14T10:15:30.000Z',
})

/**
 * `decimal` of the OpenAPI format registry declares an exact number. `multipleOf: 0.01` would reject
 * valid amounts: as a binary float, 0.29 is not a multiple of 0.01.
 */
const NAIRA = { format: 'decimal', example: 999.5 }

/** Amount of naira in a response. */
export const nairaField = z
  .number()
  .openapi({ ...NAIRA, description: 'Amount in NGN, with at most two decimal places.' })

/** Positive amount of naira in a request. The handler receives kobo. */
export const amountField = z
  .number('must be a number')
  .positive('must be more than 0')
  .max(MAX_AMOUNT_NAIRA, `must be at most ${MAX_AMOUNT_NAIRA}`)
  .transform((amount, context): Kobo => {
    const parsed = parseNaira(amount)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: 'must have at most two decimal places' })
    return z.NEVER
  })
  .openapi({
    ...NAIRA,
    type: 'number',
    example: 500,
    minimum: 0.01,
    maximum: MAX_AMOUNT_NAIRA,
    description: 'Amount in NGN, with at most two decimal places.',
  })

/** Number of code points, which is what JSON Schema counts too. */
const lengthOf = (text: string): number => Array.from(text).length

const atLeast = (min: number) => (text: string) => lengthOf(text) >= min
const atMost = (max: number) => (text: string) => lengthOf(text) <= max

/** String of `min` to `max` characters, accepted unchanged. */
export const textField = (min: number, max: number) =>
  z
    .string('must be a string')
    .refine(atLeast(min), min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
    .refine(atMost(max), `must have at most ${max} characters`)
    .openapi({ minLength: min, maxLength: max })

// oxlint-disable-next-line no-control-regex -- the pattern rejects control characters
const IN_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/

/** Also excludes characters that change the direction of the text. */
// oxlint-disable-next-line no-control-regex -- the pattern excludes control characters
const WITHOUT_CONTROL = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/

/**
 * Line of text for people, trimmed. Rejects control characters, line breaks and lone surrogates. Removes invisible
 * characters and direction marks: pasted text contains them, and they can deceive a reader.
 */
const line = (max: number) =>
  z
    .string('must be a string')
    .transform((text) => withoutDeceptive(text).trim())
    .refine(atMost(max), `must have at most ${max} characters`)
    .refine((text) => IN_LINE.test(text), {
      error: ({ input }) =>
        `must not have ${nameCharacter(firstOutside(String(input), IN_LINE) ?? '')}`,
    })
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')

/** Line of at least `min` characters, without the spaces around it. */
export const requiredLine = (min: number, max: number) =>
  line(max)
    .refine(atLeast(min), `must have at least ${min} characters`)
    .openapi({ type: 'string', minLength: min, maxLength: max, pattern: IN_LINE.source })

/** Optional line. One without a visible character becomes null. */
export const lineField = (max: number) =>
  line(max)
    .nullish()
    .transform((text) => (text && isVisible(text) ? text : null))
    .openapi({ type: ['string', 'null'], maxLength: max, pattern: IN_LINE.source })

/** Pattern of a phone number in a response (ITU-T E.164). */
export const E164 = '^\\+\\d{1,15}$'

/** Line of text in a response. */
export const shownLine = (max: number) =>
  z.string().max(max).openapi({ pattern: WITHOUT_CONTROL.source })

/** Optional line of text in a response. */
export const optionalLine = (max: number) =>
  z.string().max(max).nullable().openapi({ pattern: WITHOUT_CONTROL.source })

/** Time in a query. The handler receives UTC milliseconds. */
export const timeParameter = parsedField(parseTime, TEXT.max(64, 'must have at most 64 characters'))

const timeFilter = (description: string) =>
  timeParameter.optional().openapi({
    type: 'string',
    format: 'date-time',
    maxLength: 64,
    description,
    example: '2026-03-14T10:15:30Z',
  })

const INT32_MAX = 2 ** 31 - 1

const formatOf = (max: number) => (max > INT32_MAX ? 'int64' : 'int32')

/** Whole number in a response. */
export const countField = (min: number, max: number = INT32_MAX) =>
  z
    .int()
    .min(min)
    .max(max)
    .openapi({ format: formatOf(max) })

/** Whole number in a query, written in digits only. */
export const wholeNumberField = (min: number, max: number, byDefault: number) =>
  z
    .string('must be a whole number')
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .default(byDefault)
    .openapi({
      type: 'integer',
      format: formatOf(max),
      minimum: min,
      maximum: max,
      default: byDefault,
      example: byDefault,
    })

/** Query of every list. Features add their own filters. */
export const pageQuery = z.object({
  limit: wholeNumberField(1, 100, 50).openapi({
    description: 'Maximum number of items on a page.',
  }),
  cursor: z.string().max(200).optional().openapi({
    description:
      'Start of the page. Copy it unchanged from the `Link` header of the previous page.',
    format: 'base64url',
  }),
  from: timeFilter('Return only items created at or after this time.'),
  to: timeFilter('Return only items created before this time.'),
})

/** Token of `POST /users/me/confirmation`. It is optional, so that older clients receive `confirmation_required`. */
export const confirmationHeader = z.object({
  confirmation: z.string().max(2048, 'is too long').optional().openapi({
    format: 'jwt',
    description:
      'Token from `POST /users/me/confirmation`. Without a valid one, the request is refused as `confirmation_required`.',
    example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl',
  }),
})

export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .min(1, 'must not be empty')
    .max(MAX_KEY_LENGTH, `must have at most ${MAX_KEY_LENGTH} characters`)
    .regex(IDEMPOTENCY_KEY, 'must be sent once, in printable ASCII characters without a comma')
    .optional()
    .openapi({
      description:
        'Your unique key for this request, such as a UUID, in printable ASCII without a comma. If you repeat the request with the same key, you get the first response again. Keys are stored for at least 24 h.',
      example: '7c0d9a52-1f7e-4d5b-8a3e-2b9f6c4d1e80',
    }),
})
