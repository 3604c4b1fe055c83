/** Schemas of attempts, tests and replays. */
import { z } from '@hono/zod-openapi'
import { toTime } from '../common/text/time'
import { countField, pageQuery, timeField } from '../http/fields'
import type { Attempt } from './core/stream'
import { cursorField, MAX_SEQUENCE, typeField } from './endpoint-schemas'
import type { ReplayRange } from './endpoint-service'

/** A stored response has at most as many characters as bytes. */
const MAX_RESPONSE = 1024
const FAULTS = ['timeout', 'unreachable', 'redirect', 'address_refused', 'internal'] as const
const CAUSES = ['delivery', 'replay', 'test'] as const

export const testEndpointBody = z
  .strictObject({
    type: typeField.default('endpoint.test').openapi({
      description: 'Type of the sample event.',
      example: 'endpoint.test',
    }),
  })
  .openapi('EndpointTest', { description: 'Sample event to send.' })

export const attemptQuery = pageQuery.pick({ limit: true, cursor: true })

export const attemptSchema = z
  .strictObject({
    cause: z.enum(CAUSES).openapi({ description: 'Reason for the attempt.', example: 'delivery' }),
    event: z.string().length(36).openapi({
      description: 'Identifier of the event.',
      pattern: '^evt_[0-9a-f]{32}$',
      example: 'evt_3f0b8c1e6f645e0a9b1c2f4f8f3f7a55',
    }),
    type: z
      .string()
      .max(100)
      .openapi({
        description: 'Type of the event.',
        pattern: String.raw`^[a-z_]+\.[a-z_]+$`,
        example: 'payment.completed',
      }),
    sequence: countField(1, MAX_SEQUENCE).nullable().openapi({
      description: 'Number of the event in the stream; null for a test.',
      example: 42,
    }),
    at: timeField.openapi({ description: 'Time of the attempt, in UTC.' }),
    duration_ms: countField(0).openapi({ description: 'Duration, in milliseconds.', example: 85 }),
    status: countField(0, 999).nullable().openapi({
      description: 'HTTP status of the response; null without one.',
      example: 204,
    }),
    fault: z.enum(FAULTS).nullable().openapi({
      description:
        '`timeout`: no response in 15 s. `unreachable`: no connection. `redirect`: the response was one, and was not followed. `address_refused`: the address is not allowed. `internal`: the service could not prepare the event, which does not count against the receiver. Null without a fault.',
      example: null,
    }),
    response: z.string().max(MAX_RESPONSE).openapi({
      description: 'Start of the response, at most 1 kB.',
      pattern: '^.*$',
      example: '',
    }),
  })
  .openapi('Attempt', {
    description: 'Attempt to deliver an event. A status from 200 to 299 is a success.',
  })

export const attemptsSchema = z
  .array(attemptSchema)
  .max(100)
  .openapi('Attempts', { description: 'Page of attempts, newest first.' })

const sequenceField = cursorField.min(1, 'must be at least 1')

/** The linter of the document requires that such a part also names the properties. */
const required = (...names: readonly string[]) => ({
  required: [...names],
  properties: Object.fromEntries(names.map((name) => [name, {}])),
})

export const replayBody = z
  .strictObject({
    event: z
      .string('must be a string')
      .regex(/^evt_[0-9a-f]{32}$/, 'must be the ID of an event')
      .optional()
      .openapi({
        description: 'Identifier of one event.',
        example: 'evt_3f0b8c1e6f645e0a9b1c2f4f8f3f7a55',
      }),
    from: sequenceField.optional().openapi({
      format: 'int64',
      description: 'Number of the first event.',
      example: 12,
    }),
    to: sequenceField.optional().openapi({
      format: 'int64',
      description: 'Number of the last event.',
      example: 42,
    }),
  })
  .transform(({ event, from, to }, context): ReplayRange => {
    if (event !== undefined && from === undefined && to === undefined) return { event }
    if (event === undefined && from !== undefined && to !== undefined) return { from, to }
    context.addIssue({ code: 'custom', message: 'must have either event, or from and to' })
    return z.NEVER
  })
  .openapi('Replay', {
    type: 'object',
    description: 'Events to send again: one by its ID, or a range by numbers.',
    oneOf: [
      { ...required('event'), not: { anyOf: [required('from'), required('to')] } },
      { ...required('from', 'to'), not: required('event') },
    ],
    example: { from: 12, to: 42 },
  })

export const replayedSchema = z
  .strictObject({
    events: countField(1, MAX_SEQUENCE).openapi({
      description:
        'Number of events in the range that the stream still has. Types that the endpoint does not receive are left out.',
      example: 31,
    }),
  })
  .openapi('Replayed', { description: 'Accepted replay.' })

export const presentAttempt = (attempt: Attempt): z.infer<typeof attemptSchema> => ({
  cause: attempt.cause,
  event: attempt.eventId,
  type: attempt.eventType,
  sequence: attempt.sequence,
  at: toTime(attempt.atMs),
  duration_ms: attempt.durationMs,
  status: attempt.status,
  fault: attempt.fault,
  response: attempt.response,
})
