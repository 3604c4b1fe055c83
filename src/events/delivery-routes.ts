/** Routes about the deliveries of an endpoint: its secret, tests, attempts and replays. */
import { createRoute } from '@hono/zod-openapi'
import { toTime } from '../common/text/time'
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
import { linkNext } from '../http/headers'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { limitByUser } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import {
  attemptQuery,
  attemptSchema,
  attemptsSchema,
  presentAttempt,
  replayBody,
  replayedSchema,
  testEndpointBody,
} from './attempt-schemas'
import { callerOf, FOUND, NOT_STORED, params, shared } from './shared-routes'
import { rotatedSecretSchema } from './endpoint-schemas'
import {
  type EndpointDeps,
  listAttempts,
  replayEvents,
  rotateSecret,
  testEndpoint,
} from './endpoint-service'

const rotate = createRoute({
  ...shared,
  method: 'post',
  path: '/endpoints/{uuid}/secret',
  operationId: 'rotateEndpointSecret',
  summary: 'Rotate the secret of an endpoint',
  description:
    'Returns a new secret. For 24 hours both sign, so that the receiver can change without a failure. A second rotation ends the older secret at once.',
  request: { params },
  responses: {
    200: jsonContent(rotatedSecretSchema, 'New secret.'),
    ...declareProblems(...UNREAD_BODY_PROBLEMS, ...FOUND, 'wallet_frozen', 'rate_limited'),
  },
})

const test = createRoute({
  ...shared,
  method: 'post',
  path: '/endpoints/{uuid}/test',
  operationId: 'testEndpoint',
  summary: 'Send a test event',
  description:
    'Sends a sample event once, and returns the attempt, whatever the receiver responds. A test changes neither the cursor nor the failures.',
  request: { params, body: jsonBody(testEndpointBody) },
  responses: {
    200: jsonContent(attemptSchema, 'Attempt.', {
      example: { cause: 'test', type: 'endpoint.test', sequence: null },
    }),
    ...declareProblems(
      ...BODY_PROBLEMS,
      ...FOUND,
      'wallet_frozen',
      'endpoint_state_conflict',
      'rate_limited',
    ),
  },
})

const attempts = createRoute({
  ...shared,
  method: 'get',
  path: '/endpoints/{uuid}/attempts',
  operationId: 'listAttempts',
  summary: 'List the attempts of an endpoint',
  description:
    'Returns the attempts to deliver events to the endpoint, newest first. The last 1,000 are kept, for 30 days.',
  request: { params, query: attemptQuery },
  responses: {
    200: jsonContent(attemptsSchema, 'Page of attempts.', { headers: ['Link'] }),
    ...declareProblems('validation_failed', 'invalid_cursor', ...FOUND),
  },
})

const replay = createRoute({
  ...shared,
  method: 'post',
  path: '/endpoints/{uuid}/replay',
  operationId: 'replayEvents',
  summary: 'Send events again',
  description:
    'Sends one event or a range again, in order and with the same IDs, in turn with new events. At most 10 replays of an endpoint can be open. An event that fails 10 times is left out. If the stream has none of the events, the response is 404.',
  request: { params, body: jsonBody(replayBody) },
  responses: {
    202: jsonContent(replayedSchema, 'The events will be sent.'),
    ...declareProblems(
      ...BODY_PROBLEMS,
      ...FOUND,
      'wallet_frozen',
      'endpoint_state_conflict',
      'rate_limited',
    ),
  },
})

const ALL = [rotate, test, attempts, replay]
/** They send to an address that the caller chose, or seal a secret. */
const LIMITED = [rotate, test, replay]

export function deliveryRoutes(deps: EndpointDeps & LiveScopeDeps & LimitDeps) {
  const router = createRouter()
  guardByScope(router, (scope) => requireLiveScope(deps, scope), ALL)
  for (const route of LIMITED)
    router.post(route.getRoutingPath(), refuseFrozen, limitByUser(deps, deps.policies.endpoints))
  return router
    .openapi(rotate, async (c) => {
      const rotated = await rotateSecret(deps, callerOf(c), c.req.valid('param').uuid)
      if (!rotated.ok) return problemResponse(c, rotated.refusal)
      const { endpoint, secret } = rotated.value
      const previous_until = toTime(endpoint.previousSecretUntilMs ?? deps.now())
      return c.json({ secret, previous_until }, 200, NOT_STORED)
    })
    .openapi(test, async (c) => {
      const { type } = c.req.valid('json')
      const tested = await testEndpoint(deps, callerOf(c), c.req.valid('param').uuid, type)
      return tested.ok
        ? c.json(presentAttempt(tested.value), 200)
        : problemResponse(c, tested.refusal)
    })
    .openapi(attempts, async (c) => {
      const { uuid } = c.req.valid('param')
      const page = await listAttempts(deps, callerOf(c), uuid, c.req.valid('query'))
      if (!page.ok) return problemResponse(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json(page.value.items.map(presentAttempt), 200)
    })
    .openapi(replay, async (c) => {
      const { uuid } = c.req.valid('param')
      const replayed = await replayEvents(deps, callerOf(c), uuid, c.req.valid('json'))
      return replayed.ok
        ? c.json({ events: replayed.value }, 202)
        : problemResponse(c, replayed.refusal)
    })
}
