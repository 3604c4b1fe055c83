/** Schema of a problem (RFC 9457). */
import { z } from '@hono/zod-openapi'

/** Matches any text that is not empty. */
const SOME_TEXT = '^[\\s\\S]+$'

const fieldErrorSchema = z
  .object({
    pointer: z.string().max(1000).openapi({
      description: 'JSON pointer to the field (RFC 6901).',
      format: 'json-pointer',
      example: '/amount',
    }),
    message: z.string().max(1000).openapi({
      description: 'Explanation for people.',
      pattern: SOME_TEXT,
      example: 'must have at most two decimal places',
    }),
  })
  .openapi('FieldError', { description: 'Invalid field of a request.' })

export const problemSchema = z
  .strictObject({
    type: z.string().max(200).openapi({
      description: 'URI reference of the problem type.',
      format: 'uri-reference',
      example: '/problems/validation_failed',
    }),
    title: z.string().max(200).openapi({
      description: 'Summary of the problem type.',
      pattern: SOME_TEXT,
      example: 'The request is invalid',
    }),
    status: z
      .int()
      .min(400)
      .max(599)
      .openapi({ description: 'HTTP status code of the response.', format: 'int32', example: 400 }),
    detail: z.string().max(1000).openapi({
      description: 'Explanation of this occurrence, for people.',
      pattern: SOME_TEXT,
      example: '/amount must have at most two decimal places',
    }),
    instance: z.string().max(2000).openapi({
      description: 'Path of the request.',
      pattern: '^/',
      example: '/payments',
    }),
    code: z.string().max(50).openapi({
      description: 'Machine-readable problem type. New codes may be added.',
      pattern: '^[a-z_]+$',
      example: 'validation_failed',
    }),
    request_id: z.string().max(255).openapi({
      description: 'Value of the `X-Request-Id` header. Quote it when you contact support.',
      pattern: '^[\\w=-]*$',
      example: '0d5c1f0e-8f5e-4f5d-9a0e-3c1a2b7d9e10',
    }),
    errors: z
      .array(fieldErrorSchema)
      .max(100)
      .optional()
      .openapi({ description: 'Invalid fields. Present with `validation_failed`.' }),
    'violated-policies': z
      .array(z.string().max(50).openapi({ pattern: '^[a-z_-]+$', example: 'register' }))
      .max(10)
      .optional()
      .openapi({ description: 'Limits that were exceeded. Present with `rate_limited`.' }),
    failing: z
      .array(z.string().max(50).openapi({ pattern: '^[a-z_]+$', example: 'database' }))
      .max(10)
      .optional()
      .openapi({ description: 'Parts that failed their check. Present with `not_ready`.' }),
  })
  .openapi('Problem', { description: 'Reason why a request failed (RFC 9457).' })

export type FieldError = z.infer<typeof fieldErrorSchema>
