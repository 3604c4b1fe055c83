import { z } from '@hono/zod-openapi'
import { type Parsed, parsed, unparsed } from '../common/text/parsed'
import { countField, parsedField, timeField, wholeNumberField } from '../http/fields'
import { EVENT_TYPES, isEventType } from './core/catalogue'
import { payloadOf } from './core/payload'
import type { StoredEvent } from './core/stream'

/** Greatest cursor that a client may send. */
const MAX_CURSOR = 999_999_999_999_999
const MAX_LIMIT = 500
export const MAX_WAIT_SECONDS = 25
const MAX_TYPES_LENGTH = 500

const MAX_TYPE_LENGTH = 100
const TYPE_PATTERN = String.raw`^[a-z_]+\.[a-z_]+$`

export const cursorField = z
  .string('must be a whole number')
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number)

/** Types in a query. */
function parseTypes(text: string): Parsed<readonly string[]> {
  const types = text.split(',')
  return types.every(isEventType)
    ? parsed(types)
    : unparsed('must be event types, separated by commas')
}

const ONE_TYPE = `(${EVENT_TYPES.join('|').replaceAll('.', String.raw`\.`)})`

export const eventQuery = z.object({
  after: cursorField.default(0).openapi({
    type: 'integer',
    format: 'int64',
    minimum: 0,
    maximum: MAX_CURSOR,
    default: 0,
    example: 41,
    description:
      'Return only events with a greater `sequence`. Use the value of the `Link` header for the next request.',
  }),
  limit: wholeNumberField(1, MAX_LIMIT, 100).openapi({
    description: 'Maximum number of events on a page.',
  }),
  wait: wholeNumberField(0, MAX_WAIT_SECONDS, 0).openapi({
    description: 'Number of seconds to wait for an event if there is none.',
  }),
  types: parsedField(
    parseTypes,
    z
      .string('must be a string')
      .max(MAX_TYPES_LENGTH, `must have at most ${MAX_TYPES_LENGTH} characters`),
  )
    .optional()
    .openapi({
      type: 'string',
      maxLength: MAX_TYPES_LENGTH,
      pattern: `^${ONE_TYPE}(,${ONE_TYPE})*$`,
      example: 'payment.completed,call.ended',
      description: 'Types to return, separated by commas; without it, all types.',
    }),
})

/** Fields of an event, except its type, number and data. */
export const eventFields = {
  id: z.string().length(36).openapi({
    pattern: '^evt_[0-9a-f]{32}$',
    example: 'evt_3f0b8c1e6f645e0a9b1c2f4f8f3f7a55',
    description: 'Unique identifier. It stays the same if the event is sent again.',
  }),
  version: countField(1).openapi({ description: 'Version of the form of `data`.', example: 1 }),
  timestamp: timeField.openapi({ description: 'Time of the event, in UTC.' }),
}

export const sequenceField = countField(1, Number.MAX_SAFE_INTEGER).openapi({
  description: 'Number of the event in its stream: 1, 2, 3 and so on, without a gap.',
  example: 42,
})

const factField = z.union([
  z.string().max(2000).openapi({ pattern: '^.*$' }),
  z.number(),
  z.boolean(),
  z.null(),
])

const dataSchema = z.record(z.string().max(MAX_TYPE_LENGTH), factField).openapi('EventData', {
  description:
    'Facts of the event. The `webhooks` of this document describe the data of each type. Ignore fields that you do not know.',
  example: { message: 'This is a test.' },
})

export const eventSchema = z
  .strictObject({
    id: eventFields.id,
    type: z
      .string()
      .max(MAX_TYPE_LENGTH)
      .openapi({
        pattern: TYPE_PATTERN,
        example: 'payment.completed',
        description: `Type of the event: ${EVENT_TYPES.map((type) => `\`${type}\``).join(', ')}. Ignore types that you do not know.`,
      }),
    version: eventFields.version,
    sequence: sequenceField,
    timestamp: eventFields.timestamp,
    data: dataSchema,
  })
  .openapi('Event', { description: 'Event of a stream. It never changes.' })

export const eventsSchema = z
  .array(eventSchema)
  .max(MAX_LIMIT)
  .openapi('Events', { description: 'Page of events, oldest first.' })

export const presentEvent = (event: StoredEvent): z.infer<typeof eventSchema> => ({
  ...payloadOf(event, event.sequence),
  sequence: event.sequence,
})
