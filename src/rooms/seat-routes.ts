/** Seats of a call's room: the invitation of the callee, the WebSockets of both, and their page. */
import { createRoute } from '@hono/zod-openapi'
import { guardByScope, requireScope, type ScopeDeps } from '../http/authentication'
import {
  bearerOrKey,
  BODY_PROBLEMS,
  declareProblems,
  jsonBody,
  jsonContent,
  publicAccess,
} from '../http/declarations'
import { uuidParam } from '../http/fields'
import { showRevision } from '../http/headers'
import { FILE_NAME, serveFile, servePage } from '../http/pages'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { refuseOrigin, requireUpgrade } from '../http/socket-request'
import type { LiveDeps } from './event-routes'
import {
  invitationBody,
  invitationSchema,
  presentInvitation,
  roomStateSchema,
  signalingQuery,
} from './schemas'
import { admitToSeat, inviteToCall } from './service'

const invite = createRoute({
  tags: ['Calls'],
  security: bearerOrKey('calls:write'),
  method: 'post',
  path: '/calls/{uuid}/invitation',
  operationId: 'inviteToCall',
  summary: 'Invite the callee',
  description:
    "Returns the callee's link. The first invitation moves the deadline of the unanswered call to ten minutes " +
    'after its start, by default. When the callee opens the link, the call rings for 60 s.',
  request: { params: uuidParam('UUID of the call.'), body: jsonBody(invitationBody) },
  responses: {
    201: jsonContent(invitationSchema, 'Invitation.', { headers: ['Wallet-Position'] }),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'unauthenticated',
      'insufficient_scope',
      'wallet_frozen',
      'not_found',
      'call_state_conflict',
      'relay_not_configured',
    ),
  },
})

/** Example values of a call that rings. */
const UNANSWERED = { cost: null, started_at: null, must_end_reason: 'no_answer' } as const

const seat = createRoute({
  tags: ['Calls'],
  security: publicAccess,
  method: 'get',
  path: '/signaling/{uuid}',
  operationId: 'takeSeat',
  summary: "Take a seat in a call's room",
  description:
    'Opens a WebSocket for the seat that the token names. The first message is the state of the call. A second ' +
    'connection to a seat replaces the first. A request without `Upgrade` checks the token: 426 means that it ' +
    'is accepted.',
  request: { params: uuidParam('UUID of the call.'), query: signalingQuery },
  responses: {
    101: jsonContent(roomStateSchema, 'The socket is open. The first message is a `RoomState`.', {
      example: { seat: 'callee', phase: 'ringing', status: 'ringing', rate: null, ...UNANSWERED },
    }),
    ...declareProblems(
      'validation_failed',
      'invalid_ticket',
      'unauthenticated',
      'wallet_frozen',
      'origin_refused',
      'call_ended',
      'call_without_media',
      'too_many_watchers',
      'upgrade_required',
      'relay_not_configured',
    ),
  },
})

/** The page needs its own script and style, its own origin, and the microphone. The console embeds it. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "media-src 'self' blob:; form-action 'none'; frame-ancestors 'self'; base-uri 'none'",
  'Permissions-Policy':
    'microphone=(self), speaker-selection=(self), screen-wake-lock=(self), autoplay=(self), camera=(), ' +
    'geolocation=(), payment=(), usb=(), display-capture=()',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

export interface SeatDeps extends LiveDeps {
  readonly assets: Fetcher
}

export function seatRoutes(deps: SeatDeps & ScopeDeps) {
  const router = createRouter()
  guardByScope(router, (scope) => requireScope(deps, scope), [invite])
  router.get('/call', (c) => servePage(c, deps.assets, 'call', PAGE_HEADERS))
  router.get(`/call/assets/${FILE_NAME}`, (c) => serveFile(c, deps.assets, 'call'))
  return router
    .openapi(invite, async (c) => {
      const { uuid } = c.req.valid('param')
      const invited = await inviteToCall(deps, c.get('caller'), uuid)
      showRevision(c, invited)
      return invited.ok
        ? c.json(presentInvitation(invited.value, uuid, c.req.url), 201)
        : problemResponse(c, invited.refusal)
    })
    .openapi(seat, async (c) => {
      const refused = refuseOrigin(c, deps.allowedOrigins)
      if (refused) return refused as never
      const { ticket = '' } = c.req.valid('query')
      const admitted = await admitToSeat(deps, ticket, c.req.valid('param').uuid)
      if (!admitted.ok) return problemResponse(c, admitted.refusal)
      const unupgraded = requireUpgrade(c)
      if (unupgraded) return unupgraded as never
      const opened = await deps.connectToRoom(admitted.value)
      if (!opened.ok) return problemResponse(c, opened.refusal)
      return new Response(null, { status: 101, webSocket: opened.value }) as never
    })
}
