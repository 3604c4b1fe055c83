import { createRoute } from '@hono/zod-openapi'
import {
  guardByScope,
  type LiveScopeDeps,
  refuseFrozen,
  requireLiveScope,
} from '../http/authentication'
import {
  BODY_PROBLEMS,
  declareProblems,
  jsonBody,
  jsonContent,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByUser } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { callerOf, FOUND, GUARDED, NOT_STORED, params, shared } from './shared-routes'
import {
  changeEndpointBody,
  createdEndpointSchema,
  createEndpointBody,
  endpointChangeOf,
  endpointSchema,
  endpointsSchema,
  newEndpointOf,
  presentEndpoint,
} from './endpoint-schemas'
import {
  changeEndpoint,
  createEndpoint,
  type EndpointDeps,
  getEndpoint,
  listEndpoints,
  removeEndpoint,
} from './endpoint-service'

const create = createRoute({
  ...shared,
  method: 'post',
  path: '/endpoints',
  operationId: 'createEndpoint',
  summary: 'Create an endpoint',
  description:
    'Registers a receiver of events, and begins your stream if you have none. A key can have 10 endpoints, and so can all your sessions together. Store the secret: it is shown only once.',
  request: { body: jsonBody(createEndpointBody) },
  responses: {
    201: jsonContent(createdEndpointSchema, 'New endpoint.', { headers: ['Location'] }),
    ...declareProblems(
      ...BODY_PROBLEMS,
      ...GUARDED,
      'endpoint_address_refused',
      'wallet_frozen',
      'no_stream',
      'too_many_endpoints',
      'rate_limited',
    ),
  },
})

const list = createRoute({
  ...shared,
  method: 'get',
  path: '/endpoints',
  operationId: 'listEndpoints',
  summary: 'List your endpoints',
  description: 'Returns your endpoints, oldest first.',
  responses: {
    200: jsonContent(endpointsSchema, 'Your endpoints.'),
    ...declareProblems(...GUARDED),
  },
})

const get = createRoute({
  ...shared,
  method: 'get',
  path: '/endpoints/{uuid}',
  operationId: 'getEndpoint',
  summary: 'Get an endpoint',
  description: 'Returns one of your endpoints.',
  request: { params },
  responses: {
    200: jsonContent(endpointSchema, 'Endpoint.'),
    ...declareProblems('validation_failed', ...FOUND),
  },
})

const change = createRoute({
  ...shared,
  method: 'patch',
  path: '/endpoints/{uuid}',
  operationId: 'changeEndpoint',
  summary: 'Change an endpoint',
  description:
    'Changes, pauses or enables an endpoint, or moves its cursor. After a change of `url` or `after`, the next attempt is due at once.',
  request: { params, body: jsonBody(changeEndpointBody) },
  responses: {
    200: jsonContent(endpointSchema, 'Changed endpoint.'),
    ...declareProblems(
      ...BODY_PROBLEMS,
      ...FOUND,
      'wallet_frozen',
      'endpoint_address_refused',
      'endpoint_state_conflict',
    ),
  },
})

const remove = createRoute({
  ...shared,
  method: 'delete',
  path: '/endpoints/{uuid}',
  operationId: 'deleteEndpoint',
  summary: 'Delete an endpoint',
  description: 'Deletes an endpoint and its attempts. The stream keeps its events.',
  request: { params },
  responses: {
    204: { description: 'The endpoint was deleted.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, ...FOUND),
  },
})

const ALL = [create, list, get, change, remove]

export function endpointRoutes(deps: EndpointDeps & LiveScopeDeps & LimitDeps) {
  const router = createRouter()
  guardByScope(router, (scope) => requireLiveScope(deps, scope), ALL)
  router.post(create.path, refuseFrozen, limitByUser(deps, deps.policies.endpoints))
  router.patch(change.getRoutingPath(), refuseFrozen)
  return router
    .openapi(create, async (c) => {
      const values = newEndpointOf(c.req.valid('json'))
      const created = await createEndpoint(deps, callerOf(c), values)
      if (!created.ok) return problemResponse(c, created.refusal)
      const { endpoint, secret } = created.value
      const headers = { Location: `/endpoints/${endpoint.uuid}`, ...NOT_STORED }
      return c.json({ ...presentEndpoint(endpoint), secret }, 201, headers)
    })
    .openapi(list, async (c) => {
      const endpoints = await listEndpoints(deps, callerOf(c))
      return c.json(endpoints.map(presentEndpoint), 200)
    })
    .openapi(get, async (c) => {
      const found = await getEndpoint(deps, callerOf(c), c.req.valid('param').uuid)
      return found.ok
        ? c.json(presentEndpoint(found.value), 200)
        : problemResponse(c, found.refusal)
    })
    .openapi(change, async (c) => {
      const changes = endpointChangeOf(c.req.valid('json'))
      const changed = await changeEndpoint(deps, callerOf(c), c.req.valid('param').uuid, changes)
      return changed.ok
        ? c.json(presentEndpoint(changed.value), 200)
        : problemResponse(c, changed.refusal)
    })
    .openapi(remove, async (c) => {
      const removed = await removeEndpoint(deps, callerOf(c), c.req.valid('param').uuid)
      return removed.ok ? c.body(null, 204) : problemResponse(c, removed.refusal)
    })
}
