/** The fields that several features' schemas share, each with its rule, its text and its example. */
import { z } from '@hono/zod-openapi'
import { firstOutside, isVisible, nameCharacter, withoutDeceptive } from '../common/text/characters'
import { IDEMPOTENCY_KEY, MAX_KEY_LENGTH } from '../common/idempotency'
import { type Kobo, parseNaira } from '../common/money'
import type { Parsed } from '../common/text/parsed'
import { parseTime } from '../common/text/time'
import { parseUuid } from '../common/text/uuid'

const MAX_AMOUNT_NAIRA = 99_999_999.99

const TEXT = z.string('must be text')

/** Text that a parser turns into a value, or rejects with a message of its own. */
export const parsedField = <T>(parse: (text: string) => Parsed<T>, text = TEXT) =>
  text.transform((written, context): T => {
    const result = parse(written)
    if (result.ok) return result.value
    context.addIssue({ code: 'custom', message: result.message })
    return z.NEVER
  })

const UUID = { maxLength: 36, example: '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55' }

export const uuidField = z.uuid().openapi({ ...UUID, description: 'Names it, in paths as well' })

/** The id in a path, of what the description says. */
export const uuidParam = (description: string) =>
  z.object({
    uuid: parsedField(parseUuid).openapi({ ...UUID, type: 'string', format: 'uuid', description }),
  })

/** A moment as it leaves: RFC 3339, UTC, milliseconds. */
export const timeField = z.iso.datetime().openapi({
  maxLength: 24,
  description: 'A moment, in UTC',
  example: '2026-03-14T10:15:30.000Z',
})

export const toTime = (ms: number): string => new Date(ms).toISOString()

export const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))

/**
 * How naira stand in JSON: `decimal` of the OpenAPI format registry says that they are exact, which
 * `multipleOf: 0.01` would ask of binary floats, where 0.29 is not a multiple of 0.01.
 */
const NAIRA = { format: 'decimal', example: 999.5 }

/** Naira as it leaves. */
export const nairaField = z
  .number()
  .openapi({ ...NAIRA, description: 'In NGN, with at most two decimals' })

/** A positive amount of naira with at most two decimals as it comes in, given on as kobo. */
export const amountField = z
  .number('must be a number')
  .positive('must be more than 0')
  .max(MAX_AMOUNT_NAIRA, `must be at most ${MAX_AMOUNT_NAIRA}`)
  .transform((amount, context): Kobo => {
    const parsed = parseNaira(amount)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: 'must have at most two decimals' })
    return z.NEVER
  })
  .openapi({
    ...NAIRA,
    type: 'number',
    example: 500,
    minimum: 0.01,
    maximum: MAX_AMOUNT_NAIRA,
    description: 'In NGN, with at most two decimals',
  })

/** Code points, which JSON Schema counts as well: a letter beyond 16 bits is one character. */
const lengthOf = (text: string): number => Array.from(text).length

const atLeast = (min: number) => (text: string) => lengthOf(text) >= min
const atMost = (max: number) => (text: string) => lengthOf(text) <= max

/** Text of so many characters, taken as it is. */
export const textField = (min: number, max: number) =>
  z
    .string('must be text')
    .refine(atLeast(min), min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
    .refine(atMost(max), `must have at most ${max} characters`)
    .openapi({ minLength: min, maxLength: max })

// oxlint-disable-next-line no-control-regex -- what is refused here
const IN_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/

/** Also no embeddings and isolates, which turn the direction of writing. */
// oxlint-disable-next-line no-control-regex -- what never leaves
const WITHOUT_CONTROL = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/

/**
 * An optional line of text for people: trimmed, without control characters, line ends or broken
 * surrogates. Invisible characters and direction marks are removed, as they come with pasted names
 * and deceive readers. Text of which nothing is visible is none.
 */
export const lineField = (max: number) =>
  z
    .string('must be text')
    .transform((text) => withoutDeceptive(text).trim())
    .refine(atMost(max), `must have at most ${max} characters`)
    .refine((text) => IN_LINE.test(text), {
      error: ({ input }) =>
        `must not have ${nameCharacter(firstOutside(String(input), IN_LINE) ?? '')}`,
    })
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
    .nullish()
    .transform((text) => (text && isVisible(text) ? text : null))
    .openapi({ type: ['string', 'null'], maxLength: max, pattern: IN_LINE.source })

/** A number as it leaves (ITU-T E.164), as a pattern of the document. */
export const E164 = '^\\+\\d{1,15}$'

/** Such a line as it leaves. */
export const optionalLine = (max: number) =>
  z.string().max(max).nullable().openapi({ pattern: WITHOUT_CONTROL.source })

/** A moment in a query, given on in milliseconds. */
export const timeParameter = parsedField(parseTime, TEXT.max(64, 'must have at most 64 characters'))

/** A moment to filter by. */
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

/** A whole number as it leaves. */
export const countField = (min: number, max: number = INT32_MAX) =>
  z
    .int()
    .min(min)
    .max(max)
    .openapi({ format: formatOf(max) })

/** A whole number in a query, in digits and nothing else. */
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

/** The query of every list; a feature adds its own filters. */
export const pageQuery = z.object({
  limit: wholeNumberField(1, 100, 50).openapi({ description: 'At most so many on a page' }),
  cursor: z.string().max(200).optional().openapi({
    description: 'Where the page begins: from the `Link` header of the page before, as it is',
    format: 'base64url',
  }),
  from: timeFilter('Created at or after'),
  to: timeFilter('Created before'),
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
        'A key of yours for this request, such as a UUID: a repeat with it gets the first answer again. Kept at least 24 h. One header, in printable ASCII without a comma.',
      example: '7c0d9a52-1f7e-4d5b-8a3e-2b9f6c4d1e80',
    }),
})
