/** What an export has of a user's stream: API keys, endpoints and events, without secrets. */
import { z } from '@hono/zod-openapi'
import { toTime, toTimeOrNull } from '../common/text/time'
import type { ApiKey, Endpoint, StoredEvent } from '../events/core/stream'
import { timeField, uuidField } from '../http/fields'

const ANY_TEXT = '^[\\s\\S]*$'
const WORD = '^\\w+$'
const TYPE = '^[\\w.]+$'
const MAX_LISTED = 100

const text = (max: number, description: string, pattern: string, example: string | null) =>
  z.string().max(max).openapi({ description, pattern, example })

export const keySchema = z
  .strictObject({
    uuid: uuidField,
    name: text(100, 'Name of the key.', ANY_TEXT, 'Accounting'),
    scopes: z
      .array(text(50, 'Scope.', '^[\\w:]+$', 'events:read'))
      .max(MAX_LISTED)
      .openapi({ description: 'What the key may do.', example: ['events:read'] }),
    created_at: timeField,
    last_used_at: timeField
      .nullable()
      .openapi({ description: 'Time of the last use, in UTC; null if it was never used.' }),
  })
  .openapi('ExportedKey', { description: 'API key, without the key itself.' })

export const endpointSchema = z
  .strictObject({
    uuid: uuidField,
    key_uuid: uuidField
      .nullable()
      .openapi({ description: 'UUID of the key that created it; null if a session did.' }),
    url: z.string().max(2000).openapi({
      description: 'Address that receives events.',
      format: 'uri',
      example: 'https://example.com/events',
    }),
    description: text(500, 'Description.', ANY_TEXT, null).nullable(),
    types: z
      .array(text(50, 'Type of event.', TYPE, 'payment.completed'))
      .max(MAX_LISTED)
      .nullable()
      .openapi({ description: 'Types of events that it receives; null for all.', example: null }),
    include_phone: z.boolean().openapi({
      description: 'Whether its events of calls contain the phone number of the recipient.',
      example: false,
    }),
    status: text(20, 'Status of the endpoint.', WORD, 'enabled'),
    disabled_reason: text(
      20,
      'Reason why it was disabled; null if it was not.',
      WORD,
      null,
    ).nullable(),
    created_at: timeField,
  })
  .openapi('ExportedEndpoint', { description: 'Endpoint of your stream, without its secrets.' })

const dataSchema = z
  .record(
    z.string().max(50),
    z.union([
      z.string().max(2000).openapi({ pattern: ANY_TEXT }),
      z.number(),
      z.boolean(),
      z.null(),
    ]),
  )
  .openapi('ExportedEventData', {
    description: 'What happened.',
    example: { status: 'completed' },
  })

export const streamEventSchema = z
  .strictObject({
    id: text(36, 'Unique identifier.', '^evt_[0-9a-f]{32}$', `evt_${'0'.repeat(32)}`),
    type: text(50, 'Type of the event.', TYPE, 'payment.completed'),
    version: z
      .int()
      .min(1)
      .max(1000)
      .openapi({ format: 'int32', description: 'Version of `data`.', example: 1 }),
    sequence: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .openapi({ format: 'int64', description: 'Number in your stream.', example: 1 }),
    timestamp: timeField.openapi({ description: 'Time at which it happened, in UTC.' }),
    data: dataSchema,
  })
  .openapi('ExportedStreamEvent', { description: 'Event of your stream.' })

export const presentKey = (key: ApiKey): z.infer<typeof keySchema> => ({
  uuid: key.uuid,
  name: key.name,
  scopes: [...key.scopes],
  created_at: toTime(key.createdAtMs),
  last_used_at: toTimeOrNull(key.lastUsedAtMs),
})

export const presentEndpoint = (endpoint: Endpoint): z.infer<typeof endpointSchema> => ({
  uuid: endpoint.uuid,
  key_uuid: endpoint.keyUuid,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types && [...endpoint.types],
  include_phone: endpoint.includePhone,
  status: endpoint.status,
  disabled_reason: endpoint.disabledReason,
  created_at: toTime(endpoint.createdAtMs),
})

export const presentStreamEvent = (event: StoredEvent): z.infer<typeof streamEventSchema> => ({
  id: event.id,
  type: event.type,
  version: event.version,
  sequence: event.sequence,
  timestamp: toTime(event.atMs),
  data: { ...event.data },
})
