/** A call's events over a WebSocket: a ticket for it, and the socket that the ticket opens. */
import { createRoute } from '@hono/zod-openapi'
import { toTime, uuidParam } from '../http/fields'
import { requireAccessToken, type AuthenticationDeps } from '../http/authentication'
import {
  bearer,
  jsonContent,
  publicAccess,
  declareProblems,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { createProblem, problemResponse } from '../http/problems'
import { type AppContext, createRouter } from '../http/router'
import { callEventSchema, eventsUrl, ticketQuery, ticketSchema } from './schemas'
import { type CallDeps, issueTicket, subscribeToCall } from './service'

export interface LiveDeps extends CallDeps {
  /** Whose pages may open a socket, beside those of the host that is asked. */
  readonly allowedOrigins: readonly string[]
}

const ticket = createRoute({
  tags: ['Calls'],
  security: bearer,
  method: 'post',
  path: '/calls/{uuid}/ticket',
  operationId: 'issueTicket',
  summary: "Get a ticket to a call's events",
  description: 'Good for one connection within 30 s, so that no token ever stands in an address.',
  request: { params: uuidParam('The call to watch') },
  responses: {
    201: jsonContent(ticketSchema, 'The ticket'),
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated', 'not_found'),
  },
})

const events = createRoute({
  tags: ['Calls'],
  security: publicAccess,
  method: 'get',
  path: '/calls/{uuid}/events',
  operationId: 'watchCall',
  summary: 'Watch a call live',
  description:
    'A WebSocket. It sends the call as it is, then each change: `answered`, `horizon_moved` (a ' +
    'top-up, another call), `low_credit` (60, 30 and 10 s before the horizon), `ended`, and closes. ' +
    'Each message is a `CallEvent` with the whole call, enough to draw a running meter. Send ' +
    '`ping` for a `pong`; connect again with a new ticket after a break.',
  request: { params: uuidParam('The call that the ticket is for'), query: ticketQuery },
  responses: {
    101: jsonContent(callEventSchema, 'The socket; each of its messages is a CallEvent'),
    ...declareProblems(
      'validation_failed',
      'invalid_ticket',
      'unauthenticated',
      'origin_refused',
      'too_many_watchers',
      'upgrade_required',
    ),
  },
})

/** A browser names the page's origin; whatever else connects names none. */
const isAllowedOrigin = (c: AppContext, allowed: readonly string[]): boolean => {
  const origin = c.req.header('Origin')
  return origin === undefined || origin === new URL(c.req.url).origin || allowed.includes(origin)
}

export function liveRoutes(deps: LiveDeps & AuthenticationDeps) {
  const router = createRouter()
  router.use('/calls/:uuid/ticket', requireAccessToken(deps))
  return router
    .openapi(ticket, async (c) => {
      const { uuid } = c.req.valid('param')
      const issued = await issueTicket(deps, c.get('caller'), uuid)
      if (!issued.ok) return problemResponse(c, issued.refusal)
      const { ticket, expiresAtMs } = issued.value
      const url = eventsUrl(uuid, ticket, c.req.url)
      return c.json({ ticket, expires_at: toTime(expiresAtMs), url }, 201)
    })
    .openapi(events, async (c) => {
      if (c.req.header('Upgrade')?.toLowerCase() !== 'websocket')
        return createProblem(c, 'upgrade_required', 'Open this address as a WebSocket.', {
          headers: { Upgrade: 'websocket' },
        }) as never
      if (!isAllowedOrigin(c, deps.allowedOrigins))
        return createProblem(c, 'origin_refused', 'Add the origin to ALLOWED_ORIGINS.') as never
      const { ticket = '' } = c.req.valid('query')
      const opened = await subscribeToCall(
        deps,
        ticket,
        c.req.valid('param').uuid,
        new URL(c.req.url).origin,
      )
      if (!opened.ok) return problemResponse(c, opened.refusal)
      return new Response(null, { status: 101, webSocket: opened.value }) as never
    })
}
