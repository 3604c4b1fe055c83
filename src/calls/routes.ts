import { createRoute } from '@hono/zod-openapi'
import { idempotencyHeader, uuidParam } from '../http/fields'
import { guardByScope, requireScope, type ScopeDeps } from '../http/authentication'
import { IDEMPOTENT_REPLAYED, linkNext, showRevision } from '../http/headers'
import {
  BODY_PROBLEMS,
  bearerOrKey,
  jsonBody,
  jsonContent,
  declareProblems,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { problemResponse } from '../http/problems'
import { type AppContext, createRouter } from '../http/router'
import { idempotencyOf } from '../common/idempotency'
import { setLimitHeaders } from '../common/rate-limit'
import type { CountryCode } from 'libphonenumber-js/min'
import { presentQuote, quoteSchema, tariffQuery } from './price-schemas'
import {
  callQuery,
  callSchema,
  callsSchema,
  endCallQuery,
  presentCall,
  signalingUrl,
  startCallBody,
} from './schemas'
import type { CallView } from '../wallets/core/wallet'
import {
  answerCall,
  type CallDeps,
  endCall,
  getCall,
  listCalls,
  quoteCall,
  startCall,
} from './service'

const reads = { tags: ['Calls'], security: bearerOrKey('calls:read') }
const writes = { tags: ['Calls'], security: bearerOrKey('calls:write') }

/** Example values of an open call. */
const OPEN = {
  cost: 10,
  ended_at: null,
  duration_seconds: null,
  end_reason: null,
  must_end_by: '2026-03-14T10:20:30.999Z',
  charge: null,
}

const POSITION = { headers: ['Wallet-Position'] } as const

const start = (country: CountryCode) =>
  createRoute({
    ...writes,
    method: 'post',
    path: '/calls',
    operationId: 'startCall',
    summary: 'Start a call',
    description:
      'Holds the price of one minute in your `call_credits` wallet and opens a call, which rings for at most 60 s.',
    request: { body: jsonBody(startCallBody(country)), headers: idempotencyHeader },
    responses: {
      201: jsonContent(callSchema, 'New call.', {
        headers: ['Location', 'Idempotent-Replayed', 'Wallet-Position'],
        example: { ...OPEN, status: 'initiated', started_at: null },
      }),
      ...declareProblems(
        ...BODY_PROBLEMS,
        'destination_not_allowed',
        'insufficient_funds',
        'debt_open',
        'unauthenticated',
        'insufficient_scope',
        'wallet_frozen',
        'too_many_calls',
        'idempotency_key_reused',
        'rate_limited',
        'tariffs_unavailable',
      ),
    },
  })

const quote = (country: CountryCode) =>
  createRoute({
    ...reads,
    method: 'get',
    path: '/tariff',
    operationId: 'quoteCall',
    summary: 'Quote a call',
    description: 'Returns the price of a call to a number, and how long your credit would last.',
    request: { query: tariffQuery(country) },
    responses: {
      200: jsonContent(quoteSchema, 'Quote.', POSITION),
      ...declareProblems(
        'validation_failed',
        'destination_not_allowed',
        'unauthenticated',
        'insufficient_scope',
        'tariffs_unavailable',
      ),
    },
  })

const list = createRoute({
  ...reads,
  method: 'get',
  path: '/calls',
  operationId: 'listCalls',
  summary: 'List your calls',
  description: 'Returns your calls, newest first. The `Link` header has the URL of the next page.',
  request: { query: callQuery },
  responses: {
    200: jsonContent(callsSchema, 'Page of calls.', {
      headers: ['Link', 'Wallet-Position'],
    }),
    ...declareProblems(
      'validation_failed',
      'invalid_cursor',
      'unauthenticated',
      'insufficient_scope',
    ),
  },
})

const get = createRoute({
  ...reads,
  method: 'get',
  path: '/calls/{uuid}',
  operationId: 'getCall',
  summary: 'Get a call',
  description: 'Returns one of your calls with its cost so far and the time by which it must end.',
  request: { params: uuidParam('UUID of the call.') },
  responses: {
    200: jsonContent(callSchema, 'Call.', POSITION),
    ...declareProblems('validation_failed', 'unauthenticated', 'insufficient_scope', 'not_found'),
  },
})

const answer = createRoute({
  ...writes,
  method: 'patch',
  path: '/calls/{uuid}/answer',
  operationId: 'answerCall',
  summary: 'Answer a call',
  description: 'Starts the meter. If the call is already answered, returns it unchanged.',
  request: { params: uuidParam('UUID of the call.') },
  responses: {
    200: jsonContent(callSchema, 'Answered call.', {
      ...POSITION,
      example: { ...OPEN, status: 'answered' },
    }),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'insufficient_scope',
      'wallet_frozen',
      'not_found',
      'call_state_conflict',
    ),
  },
})

const end = createRoute({
  ...writes,
  method: 'patch',
  path: '/calls/{uuid}/end',
  operationId: 'endCall',
  summary: 'End a call',
  description:
    'Ends the call, charges its duration and releases the rest of the hold. If the call has already ended, returns it unchanged.',
  request: { params: uuidParam('UUID of the call.'), query: endCallQuery },
  responses: {
    200: jsonContent(callSchema, 'Ended call.', POSITION),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'insufficient_scope',
      'wallet_frozen',
      'not_found',
      'call_state_conflict',
    ),
  },
})

export function callRoutes(deps: CallDeps & ScopeDeps) {
  /** The call for its caller, with the token of the caller's seat. A key that only reads may not take the seat. */
  const shown = async (c: AppContext, call: CallView) => {
    const claims = { callUuid: call.uuid, seat: 'caller', caller: c.get('caller') } as const
    const isWriter = c.get('key')?.scopes.includes('calls:write') ?? true
    const token = isWriter ? await deps.tokens.signSignaling(claims, call.createdAtMs) : ''
    return presentCall(call, signalingUrl(call.uuid, token, c.req.url))
  }
  const router = createRouter()
  const routes = [quote(deps.defaultCountry), start(deps.defaultCountry), list, get, answer, end]
  guardByScope(router, (scope) => requireScope(deps, scope), routes)
  return router
    .openapi(quote(deps.defaultCountry), async (c) => {
      const { phone, type, seconds } = c.req.valid('query')
      const quoted = await quoteCall(deps, c.get('caller'), { recipientPhone: phone, type })
      showRevision(c, quoted)
      return quoted.ok
        ? c.json(presentQuote({ phone, type, seconds }, quoted.value), 200)
        : problemResponse(c, quoted.refusal)
    })
    .openapi(start(deps.defaultCountry), async (c) => {
      const body = c.req.valid('json')
      const { recipient_phone: recipientPhone, recipient_name, type } = body
      const callee = { recipientPhone, recipientName: recipient_name, type }
      const idempotency = idempotencyOf(c.req.valid('header')['idempotency-key'], body)
      const { result, limitState } = await startCall(deps, c.get('caller'), callee, idempotency)
      if (limitState) setLimitHeaders(c, limitState)
      showRevision(c, result)
      if (!result.ok) return problemResponse(c, result.refusal)
      const { answer: call, replayed } = result.value
      if (replayed) c.header(IDEMPOTENT_REPLAYED, 'true')
      return c.json(await shown(c, call), 201, { Location: `/calls/${call.uuid}` })
    })
    .openapi(list, async (c) => {
      const page = await listCalls(deps, c.get('caller'), c.req.valid('query'))
      showRevision(c, page)
      if (!page.ok) return problemResponse(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json(await Promise.all(page.value.items.map((call) => shown(c, call))), 200)
    })
    .openapi(get, async (c) => {
      const call = await getCall(deps, c.get('caller'), c.req.valid('param').uuid)
      showRevision(c, call)
      return call.ok ? c.json(await shown(c, call.value), 200) : problemResponse(c, call.refusal)
    })
    .openapi(answer, async (c) => {
      const call = await answerCall(deps, c.get('caller'), c.req.valid('param').uuid)
      showRevision(c, call)
      return call.ok ? c.json(await shown(c, call.value), 200) : problemResponse(c, call.refusal)
    })
    .openapi(end, async (c) => {
      const { reason } = c.req.valid('query')
      const call = await endCall(deps, c.get('caller'), c.req.valid('param').uuid, reason)
      showRevision(c, call)
      return call.ok ? c.json(await shown(c, call.value), 200) : problemResponse(c, call.refusal)
    })
}
