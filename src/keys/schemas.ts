import { z } from '@hono/zod-openapi'
import { isVisible } from '../common/text/characters'
import { toTime, toTimeOrNull } from '../common/text/time'
import type { ApiKey } from '../events/core/stream'
import { requiredLine, shownLine, timeField, uuidField } from '../http/fields'
import { MAX_KEYS } from './object/key-table'
import { DEPLOYMENT_SCOPES, type Scope, USER_SCOPES } from './scopes'
import type { CreatedKey } from './service'

const MAX_NAME_LENGTH = 100

const nameField = requiredLine(1, MAX_NAME_LENGTH)
  .refine(isVisible, 'must have a visible character')
  .openapi({ description: 'Your name for the key.', example: 'Accounting' })

const scopesField = <T extends Scope>(scopes: readonly [T, ...T[]]) =>
  z
    .array(z.enum(scopes, `must be one of: ${scopes.join(', ')}`), 'must be an array of scopes')
    .min(1, 'must have at least one scope')
    .max(20, 'must have at most 20 scopes')

const SCOPES_EXAMPLE = ['calls:read', 'calls:write']

export const createKeyBody = z
  .strictObject({
    name: nameField,
    scopes: scopesField(USER_SCOPES).openapi({
      description: 'Scopes of the key. Each route names the scope that it requires.',
      example: SCOPES_EXAMPLE,
    }),
  })
  .openapi('CreateKey', { description: 'New API key.' })

export const deploymentKeyBody = createKeyBody.extend({ scopes: scopesField(DEPLOYMENT_SCOPES) })

const KEY_FIELDS = {
  uuid: uuidField,
  name: shownLine(MAX_NAME_LENGTH).openapi({
    description: 'Your name for the key.',
    example: 'Accounting',
  }),
  scopes: z
    .array(z.string().max(50).openapi({ pattern: '^[a-z]+:[a-z]+$' }))
    .max(20)
    .openapi({
      description: 'Scopes of the key. New ones may be added.',
      example: SCOPES_EXAMPLE,
    }),
  created_at: timeField,
  last_used_at: timeField.nullable().openapi({
    description: 'Time of the last use, to the minute, in UTC; null if the key was not used.',
    example: '2026-03-14T10:16:00.000Z',
  }),
}

export const keySchema = z.strictObject(KEY_FIELDS).openapi('Key', { description: 'API key.' })

export const keysSchema = z
  .array(keySchema)
  .max(MAX_KEYS)
  .openapi('Keys', { description: 'Your API keys.' })

export const createdKeySchema = z
  .strictObject({
    ...KEY_FIELDS,
    key: z
      .string()
      .max(74)
      .openapi({
        description:
          'The key, for the header `Authorization: Bearer`. It is shown only once; the service stores its hash.',
        pattern: '^aik_[\\w-]{70}$',
        example: `aik_${'x'.repeat(70)}`,
      }),
  })
  .openapi('NewKey', { description: 'New API key, with the key itself.' })

export const presentKey = ({ uuid, name, scopes, createdAtMs, lastUsedAtMs }: ApiKey) => ({
  uuid,
  name,
  scopes: [...scopes],
  created_at: toTime(createdAtMs),
  last_used_at: toTimeOrNull(lastUsedAtMs),
})

export const presentCreatedKey = ({ key, ...created }: CreatedKey) => ({
  ...presentKey(created),
  key,
})
