import { z } from '@hono/zod-openapi'
import { toTime, toTimeOrNull } from '../common/text/time'
import { countField, lineField, optionalLine, timeField, uuidField } from '../http/fields'
import { MAX_ADDRESS_LENGTH } from './core/address'
import { EVENT_TYPES } from './core/catalogue'
import type { Endpoint, EndpointChange, NewEndpoint } from './core/stream'

const MAX_DESCRIPTION = 100
export const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER
const MAX_ENDPOINTS_LISTED = 100

const urlField = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(MAX_ADDRESS_LENGTH, `must have at most ${MAX_ADDRESS_LENGTH} characters`)
  .openapi({
    format: 'uri',
    description:
      'HTTPS address of the receiver: a public DNS name, port 443, no user name, no fragment. Redirects are not followed.',
    example: 'https://hooks.example.com/aileana',
  })

export const typeField = z.enum(EVENT_TYPES, 'must be an event type').openapi({
  description: 'Event type.',
  example: 'payment.completed',
})

const typesField = z
  .array(typeField, 'must be a list of event types')
  .min(1, 'must have at least one type')
  .max(EVENT_TYPES.length, `must have at most ${EVENT_TYPES.length} types`)
  .nullable()
  .openapi({
    description: 'Event types to receive; null for all, including types that are added later.',
    example: ['payment.completed', 'call.ended'],
  })

const includePhoneField = z.boolean('must be true or false').openapi({
  description:
    "Whether events of calls have `recipient_phone`, the recipient's phone number. Otherwise no event has a phone number.",
  example: false,
})

export const cursorField = z
  .int('must be a whole number')
  .min(0, 'must be at least 0')
  .max(MAX_SEQUENCE, `must be at most ${MAX_SEQUENCE}`)

const descriptionField = lineField(MAX_DESCRIPTION).openapi({
  description: 'Note for yourself.',
  example: 'Bookkeeping',
})

export const createEndpointBody = z
  .strictObject({
    url: urlField,
    description: descriptionField,
    types: typesField.default(null),
    include_phone: includePhoneField.default(false),
    after: cursorField.nullable().default(null).openapi({
      format: 'int64',
      description:
        'Number of the event after which deliveries begin; null, or any number above the newest, for the newest. 0 also delivers all events that the stream still has.',
      example: null,
    }),
  })
  .openapi('NewEndpoint', { description: 'Receiver of events.' })

export const changeEndpointBody = z
  .strictObject({
    url: urlField.optional(),
    description: descriptionField.optional(),
    types: typesField.optional(),
    include_phone: includePhoneField.optional(),
    status: z.enum(['enabled', 'paused'], 'must be enabled or paused').optional().openapi({
      description: '`paused` stops deliveries, `enabled` continues them where they stopped.',
      example: 'paused',
    }),
    after: cursorField.optional().openapi({
      format: 'int64',
      description:
        'New cursor: the next delivery is the event after this number, at most the newest. A change also ends open replays.',
      example: 41,
    }),
  })
  .openapi('EndpointChange', { description: 'Values to change. Omitted ones stay as they are.' })

const STATUSES = ['enabled', 'paused', 'disabled'] as const
const REASONS = ['gone', 'failing', 'key_revoked'] as const

const timeOrNull = (description: string) =>
  timeField.nullable().openapi({ description, example: null })

const endpointFields = {
  uuid: uuidField,
  url: urlField,
  description: optionalLine(MAX_DESCRIPTION).openapi({
    description: 'Note for yourself.',
    example: 'Bookkeeping',
  }),
  types: typesField,
  include_phone: includePhoneField,
  status: z.enum(STATUSES).openapi({
    description: 'A `paused` or `disabled` endpoint receives nothing.',
    example: 'enabled',
  }),
  disabled_reason: z.enum(REASONS).nullable().openapi({
    description:
      '`gone`: the receiver responded 410. `failing`: five days without a success. `key_revoked`: its API key was revoked, and it cannot be enabled again; it is deleted after 30 days. Null unless the status is `disabled`.',
    example: null,
  }),
  after: countField(0, MAX_SEQUENCE).openapi({
    description: 'Cursor: number of the last event that was delivered or left out.',
    example: 41,
  }),
  failures: countField(0).openapi({
    description: 'Failed attempts since the last success.',
    example: 0,
  }),
  failing_since: timeOrNull(
    'Time of the first failure since the last success, in UTC; null without one.',
  ),
  next_attempt_at: timeOrNull(
    'Time of the next attempt, in UTC; null if no event is due. During an attempt: the time of its repetition if the service stops.',
  ),
  previous_secret_until: timeOrNull(
    'Time until which the previous secret signs too, in UTC; null outside of a rotation.',
  ),
  created_at: timeField,
}

export const endpointSchema = z
  .strictObject(endpointFields)
  .openapi('Endpoint', { description: 'Receiver of events, and how far it has received them.' })

const secretField = z.string().max(100).openapi({
  description:
    'Secret of the signatures (Standard Webhooks 1.0.0). Store it: it is shown only once.',
  pattern: '^whsec_[A-Za-z0-9+/]+=*$',
  example: 'whsec_QUlMRUFOQS1FWEFNUExFLVdFQkhPT0stU0VDUkVULTE=',
})

export const createdEndpointSchema = z
  .strictObject({ ...endpointFields, secret: secretField })
  .openapi('CreatedEndpoint', { description: 'New endpoint, with its secret.' })

export const endpointsSchema = z
  .array(endpointSchema)
  .max(MAX_ENDPOINTS_LISTED)
  .openapi('Endpoints', { description: 'Endpoints, oldest first.' })

export const rotatedSecretSchema = z
  .strictObject({
    secret: secretField,
    previous_until: timeField.openapi({
      description: 'Time until which the previous secret signs too, in UTC.',
    }),
  })
  .openapi('RotatedSecret', { description: 'New secret of an endpoint.' })

export const newEndpointOf = (
  body: z.infer<typeof createEndpointBody>,
): Omit<NewEndpoint, 'uuid' | 'keyUuid'> => ({
  url: body.url,
  description: body.description,
  types: body.types && [...new Set(body.types)],
  includePhone: body.include_phone,
  after: body.after,
})

export const endpointChangeOf = (body: z.infer<typeof changeEndpointBody>): EndpointChange => ({
  ...(body.url !== undefined && { url: body.url }),
  ...(body.description !== undefined && { description: body.description }),
  ...(body.types !== undefined && { types: body.types && [...new Set(body.types)] }),
  ...(body.include_phone !== undefined && { includePhone: body.include_phone }),
  ...(body.status !== undefined && { status: body.status }),
  ...(body.after !== undefined && { after: body.after }),
})

export const presentEndpoint = (endpoint: Endpoint): z.infer<typeof endpointSchema> => ({
  uuid: endpoint.uuid,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types as z.infer<typeof typesField>,
  include_phone: endpoint.includePhone,
  status: endpoint.status,
  disabled_reason: endpoint.disabledReason,
  after: endpoint.cursor,
  failures: endpoint.failures,
  failing_since: toTimeOrNull(endpoint.failingSinceMs),
  next_attempt_at: toTimeOrNull(endpoint.nextAttemptAtMs),
  previous_secret_until: toTimeOrNull(endpoint.previousSecretUntilMs),
  created_at: toTime(endpoint.createdAtMs),
})
