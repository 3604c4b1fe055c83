/** Values that the routes of endpoints share. */
import { bearerOrKey } from '../http/declarations'
import { uuidParam } from '../http/fields'
import type { AppContext } from '../http/router'
import type { EndpointCaller } from './endpoint-service'

export const shared = { tags: ['Endpoints'], security: bearerOrKey('endpoints:write') }
export const params = uuidParam('UUID of the endpoint.')

export const GUARDED = ['unauthenticated', 'insufficient_scope'] as const
export const FOUND = [...GUARDED, 'not_found'] as const

/** Responses with a secret must not be stored. */
export const NOT_STORED = { 'Cache-Control': 'no-store' }

export const callerOf = (c: AppContext): EndpointCaller => ({
  owner: c.get('caller').userUuid,
  keyUuid: c.get('key')?.uuid ?? null,
})
