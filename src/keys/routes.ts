/** Routes by which users manage their API keys. They need a session: no key can create or revoke keys. */
import { createRoute } from '@hono/zod-openapi'
import { type LiveSessionDeps, refuseFrozen, requireLiveSession } from '../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  declareProblems,
  jsonBody,
  jsonContent,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { uuidParam } from '../http/fields'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByUser } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import {
  createdKeySchema,
  createKeyBody,
  keysSchema,
  presentCreatedKey,
  presentKey,
} from './schemas'
import { createKey, type KeyDeps, listKeys, revokeKey } from './service'

const shared = { tags: ['Keys'], security: bearer }

const create = createRoute({
  ...shared,
  method: 'post',
  path: '/keys',
  operationId: 'createKey',
  summary: 'Create an API key',
  description:
    'Creates a key with which your own programs use this API. Store the key: it is shown only once. The first key with the scope `events:read` or `endpoints:write` begins your stream of events.',
  request: { body: jsonBody(createKeyBody) },
  responses: {
    201: jsonContent(createdKeySchema, 'New key.', { headers: ['Location'] }),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'unauthenticated',
      'wallet_frozen',
      'too_many_keys',
      'no_stream',
      'rate_limited',
    ),
  },
})

const list = createRoute({
  ...shared,
  method: 'get',
  path: '/keys',
  operationId: 'listKeys',
  summary: 'List your API keys',
  description:
    'Returns your keys, oldest first, at most 20. The end of all your sessions ends them too.',
  responses: {
    200: jsonContent(keysSchema, 'Your keys.'),
    ...declareProblems('unauthenticated'),
  },
})

const revoke = createRoute({
  ...shared,
  method: 'delete',
  path: '/keys/{uuid}',
  operationId: 'revokeKey',
  summary: 'Revoke an API key',
  description:
    'Ends a key at once, with its connections to calls. Endpoints that the key created, or whose address it changed, are disabled. After a 500, repeat the request.',
  request: { params: uuidParam('UUID of the key.') },
  responses: {
    204: { description: 'The key was revoked.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated', 'not_found'),
  },
})

export function keyRoutes(deps: KeyDeps & LiveSessionDeps & LimitDeps) {
  const router = createRouter()
  /** The wildcard also matches `/keys`. Do not list both: each match costs a read of D1. */
  router.use('/keys/*', requireLiveSession(deps))
  router.post(create.path, refuseFrozen, limitByUser(deps, deps.policies.apiKeys))
  return router
    .openapi(create, async (c) => {
      const created = await createKey(deps, c.get('caller'), c.req.valid('json'))
      if (!created.ok) return problemResponse(c, created.refusal)
      const headers = { Location: `/keys/${created.value.uuid}`, 'Cache-Control': 'no-store' }
      return c.json(presentCreatedKey(created.value), 201, headers)
    })
    .openapi(list, async (c) => {
      const keys = await listKeys(deps, c.get('caller'))
      return c.json(keys.map(presentKey), 200)
    })
    .openapi(revoke, async (c) => {
      const revoked = await revokeKey(deps, c.get('caller'), c.req.valid('param').uuid)
      return revoked.ok ? c.body(null, 204) : problemResponse(c, revoked.refusal)
    })
}
