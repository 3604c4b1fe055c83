/** A problem (RFC 9457) as the document describes it. */
import { z } from '@hono/zod-openapi'

/** Whatever is said, something is. */
const SOME_TEXT = '^[\\s\\S]+$'

const fieldErrorSchema = z.object({
  pointer: z.string().max(1000).openapi({
    description: 'Which field, as a JSON pointer (RFC 6901)',
    format: 'json-pointer',
    example: '/amount',
  }),
  message: z.string().max(1000).openapi({
    description: 'What is wrong with it, for people',
    pattern: SOME_TEXT,
    example: 'must have at most two decimals',
  }),
})

export const problemSchema = z
  .strictObject({
    type: z.string().max(200).openapi({
      description: 'Where the kind of problem is explained',
      format: 'uri-reference',
      example: '/problems/validation_failed',
    }),
    title: z.string().max(200).openapi({
      description: 'What went wrong in general',
      pattern: SOME_TEXT,
      example: 'The request is not valid',
    }),
    status: z
      .int()
      .min(400)
      .max(599)
      .openapi({ description: 'As of the answer', format: 'int32', example: 400 }),
    detail: z.string().max(1000).openapi({
      description: 'What went wrong this time, for people',
      pattern: SOME_TEXT,
      example: '/amount must have at most two decimals',
    }),
    instance: z.string().max(2000).openapi({
      description: 'The path that was asked',
      pattern: '^/',
      example: '/payments',
    }),
    code: z.string().max(50).openapi({
      description: 'The kind of problem, for programs; more may come',
      pattern: '^[a-z_]+$',
      example: 'validation_failed',
    }),
    request_id: z.string().max(255).openapi({
      description: 'As in `X-Request-Id`; name it when you ask about the problem',
      pattern: '^[\\w=-]*$',
      example: '0d5c1f0e-8f5e-4f5d-9a0e-3c1a2b7d9e10',
    }),
    errors: z
      .array(fieldErrorSchema)
      .max(100)
      .optional()
      .openapi({ description: 'With `validation_failed`: what is wrong with which field' }),
    'violated-policies': z
      .array(z.string().max(50).openapi({ pattern: '^[a-z_-]+$', example: 'register' }))
      .max(10)
      .optional()
      .openapi({ description: 'With `rate_limited`: the limits that were reached' }),
    failing: z
      .array(z.string().max(50).openapi({ pattern: '^[a-z_]+$', example: 'database' }))
      .max(10)
      .optional()
      .openapi({ description: 'With `not_ready`: the parts that fail' }),
  })
  .openapi('Problem', { description: 'Why a request was refused (RFC 9457)' })

export type FieldError = z.infer<typeof fieldErrorSchema>
