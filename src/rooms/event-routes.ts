/** Live events of a call: event tickets, and the WebSockets that they open. */
import { createRoute } from '@hono/zod-openapi'
import type { AllowedOrigins } from '../http/cross-origin'
import { uuidParam } from '../http/fields'
import { guardByScope, requireScope, type ScopeDeps } from '../http/authentication'
import {
  bearerOrKey,
  jsonContent,
  publicAccess,
  declareProblems,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { refuseOrigin, requireUpgrade } from '../http/socket-request'
import {
  callEventSchema,
  eventsUrl,
  signalingUrl,
  ticketQuery,
  ticketSchema,
} from '../calls/schemas'
import { issueTicket, type RoomDeps, subscribeToCall } from './service'
import { toTime } from '../common/text/time'

export interface LiveDeps extends RoomDeps {
  /** Web origins that may open a socket, in addition to the service's own. */
  readonly allowedOrigins: AllowedOrigins
}

const ticket = createRoute({
  tags: ['Calls'],
  security: bearerOrKey('calls:write'),
  method: 'post',
  path: '/calls/{uuid}/ticket',
  operationId: 'issueTicket',
  summary: "Get a ticket for a call's events",
  description:
    'Returns a ticket that opens one connection within 30 s. The ticket keeps your access token out of URLs.',
  request: { params: uuidParam('UUID of the call.') },
  responses: {
    201: jsonContent(ticketSchema, 'New ticket.'),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'insufficient_scope',
      'wallet_frozen',
      'not_found',
    ),
  },
})

const events = createRoute({
  tags: ['Calls'],
  security: publicAccess,
  method: 'get',
  path: '/calls/{uuid}/events',
  operationId: 'watchCall',
  summary: 'Subscribe to a call',
  description:
    'Opens a WebSocket. The first message has the current state of the call; later messages report changes: ' +
    '`answered`, `horizon_moved` (after a top-up or because of another call), `low_credit` (60, 30 and 10 s ' +
    'before the credit ends) and `ended`, after which the socket closes. Each message is a `CallEvent` with ' +
    'the whole call. Send `ping` to receive `pong`. To reconnect, request a new ticket.',
  request: { params: uuidParam('UUID of the call.'), query: ticketQuery },
  responses: {
    101: jsonContent(callEventSchema, 'The socket is open. Each message is a `CallEvent`.'),
    ...declareProblems(
      'validation_failed',
      'invalid_ticket',
      'unauthenticated',
      'wallet_frozen',
      'origin_refused',
      'too_many_watchers',
      'upgrade_required',
    ),
  },
})

export function liveRoutes(deps: LiveDeps & ScopeDeps) {
  const router = createRouter()
  guardByScope(router, (scope) => requireScope(deps, scope), [ticket])
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
      const refused = requireUpgrade(c) ?? refuseOrigin(c, deps.allowedOrigins)
      if (refused) return refused as never
      const { ticket = '' } = c.req.valid('query')
      const { uuid } = c.req.valid('param')
      const opened = await subscribeToCall(deps, ticket, uuid, (token) =>
        signalingUrl(uuid, token, c.req.url),
      )
      if (!opened.ok) return problemResponse(c, opened.refusal)
      return new Response(null, { status: 101, webSocket: opened.value }) as never
    })
}
