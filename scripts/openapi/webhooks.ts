/** The document's `webhooks`: one for each type of event, as endpoints receive it. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { CATALOGUE, EVENT_TYPES, type EventType } from '../../src/events/core/catalogue'
import {
  deliveredSchema,
  EVENT_SCHEMAS,
  type EventPrefix,
  prefixOf,
} from '../../src/events/data-schemas'
import { publicAccess } from '../../src/http/declarations'
import type { AppEnv } from '../../src/http/router'

const header = (name: string, description: string, pattern: string, example: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', maxLength: 500, pattern, example },
})

/** Headers of Standard Webhooks 1.0.0. */
export const WEBHOOK_PARAMETERS = {
  'webhook-id': header(
    'webhook-id',
    'ID of the event. It is the same in each attempt.',
    '^evt_[0-9a-f]{32}$',
    'evt_3f0b8c1e6f645e0a9b1c2f4f8f3f7a55',
  ),
  'webhook-timestamp': header(
    'webhook-timestamp',
    'Time of the attempt, in Unix seconds.',
    String.raw`^\d{10,}$`,
    '1773483362',
  ),
  'webhook-signature': header(
    'webhook-signature',
    "Signatures by the endpoint's secrets, separated by spaces.",
    String.raw`^v1,[\w+/=]+( v1,[\w+/=]+)*$`,
    'v1,0zEzsTDGNVOYUSsIIeBY6F8a4ZuOykJmw5Xa0OL4ds8=',
  ),
}

const PREFIXES = Object.keys(EVENT_SCHEMAS) as EventPrefix[]

/** Adds the schemas of the events, which no route names, to the document's components. */
export function registerEventSchemas({ openAPIRegistry }: OpenAPIHono<AppEnv>): void {
  for (const prefix of PREFIXES)
    openAPIRegistry.register(EVENT_SCHEMAS[prefix].name, deliveredSchema(prefix))
}

/** Moves the schemas of the events behind those of the routes, where the generator does not put them. */
export function withEventSchemasLast<T>(schemas: Readonly<Record<string, T>>): Record<string, T> {
  const names = new Set(
    PREFIXES.flatMap((prefix) => [EVENT_SCHEMAS[prefix].name, `${EVENT_SCHEMAS[prefix].name}Data`]),
  )
  const entries = Object.entries(schemas)
  return Object.fromEntries([
    ...entries.filter(([name]) => !names.has(name)),
    ...entries.filter(([name]) => names.has(name)),
  ])
}

const operationId = (type: EventType): string =>
  `on${type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase())}`

const parameters = Object.keys(WEBHOOK_PARAMETERS).map((name) => ({
  $ref: `#/components/parameters/${name}`,
}))

export const WEBHOOK_RESPONSES = {
  webhook_received: {
    description: 'Received. Any status from 200 to 299 has the same meaning.',
  },
  webhook_gone: { description: 'The endpoint is disabled, and receives no more events.' },
}

const responses = {
  204: { $ref: '#/components/responses/webhook_received' },
  410: { $ref: '#/components/responses/webhook_gone' },
}

function exampleOf(type: EventType) {
  const { version, sample } = CATALOGUE[type]
  return {
    id: 'evt_3f0b8c1e6f645e0a9b1c2f4f8f3f7a55',
    type,
    version,
    sequence: type === 'endpoint.test' ? null : 42,
    timestamp: '2026-03-14T10:16:31.000Z',
    data: sample,
  }
}

const webhookOf = (type: EventType) => ({
  post: {
    operationId: operationId(type),
    tags: ['Events'],
    summary: CATALOGUE[type].summary.replace(/\.$/, ''),
    security: publicAccess,
    parameters,
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: `#/components/schemas/${EVENT_SCHEMAS[prefixOf(type)].name}` },
          example: exampleOf(type),
        },
      },
    },
    responses,
  },
})

export const describeWebhooks = () =>
  Object.fromEntries(EVENT_TYPES.map((type) => [type, webhookOf(type)]))
