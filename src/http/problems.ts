/**
 * The problems (RFC 9457) that the service answers. Each refusal has its one problem here; a new one
 * without an entry does not compile.
 */
import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { formatNaira } from '../common/money'
import type { Refusal } from '../common/result'
import type { problemSchema } from './problem-schema'

type TransportCode =
  | 'validation_failed'
  | 'malformed_json'
  | 'address_refused'
  | 'origin_refused'
  | 'upgrade_required'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'internal_error'
  | 'not_ready'

export type ProblemCode = Refusal['code'] | TransportCode

/** Every problem that the service answers: its status, and what went wrong in general. */
export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_cursor: { status: 400, title: 'The cursor is not one that this list gave' },
  insufficient_funds: { status: 400, title: 'The wallet does not hold enough' },
  destination_not_allowed: { status: 400, title: 'Calls to this destination are not allowed' },
  gateway_refused: { status: 400, title: 'The payment gateway refused the payment' },
  wrong_password: { status: 400, title: 'The current password is wrong' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  invalid_credentials: { status: 401, title: 'The e-mail or the password is wrong' },
  invalid_token: { status: 401, title: 'The refresh token is not valid' },
  invalid_ticket: { status: 401, title: 'The ticket is not valid, or has been used' },
  invalid_signature: { status: 401, title: 'The signature does not match the body' },
  address_refused: { status: 403, title: 'Requests from this address are not taken' },
  origin_refused: { status: 403, title: 'Pages of this origin are not let in' },
  not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'The resource does not have this method' },
  email_taken: { status: 409, title: 'The e-mail address has an account' },
  call_state_conflict: { status: 409, title: 'The state of the call forbids this step' },
  too_many_watchers: { status: 409, title: 'Too many connections watch; close some first' },
  too_many_calls: { status: 409, title: 'Too many calls are open' },
  reference_reused: { status: 409, title: 'The reference belongs to another amount' },
  request_in_progress: {
    status: 409,
    title: 'A request with this key is under way; repeat it in a moment',
  },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  upgrade_required: { status: 426, title: 'The resource is a WebSocket' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used with another body' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  gateway_unavailable: { status: 502, title: 'The payment gateway cannot be reached' },
  not_ready: { status: 503, title: 'The service is not ready' },
} as const satisfies Record<ProblemCode, { status: ContentfulStatusCode; title: string }>

/** The facts of a refusal, in words. */
function detailOf(refusal: Refusal): string {
  switch (refusal.code) {
    case 'insufficient_funds': {
      const { requiredKobo, availableKobo } = refusal
      return `${formatNaira(requiredKobo)} NGN are needed, ${formatNaira(availableKobo)} NGN can be spent.`
    }
    case 'too_many_calls':
      return `At most ${refusal.limit} calls of a wallet may be open at once; end one first.`
    case 'call_state_conflict':
      return `The call is ${refusal.status}.`
    case 'unauthenticated':
      return 'Send Authorization: Bearer <access_token>, from POST /auth/login.'
    case 'gateway_refused':
      return refusal.reason
    case 'rate_limited':
      return `Try again in ${refusal.limitState.resetSeconds} s.`
    default:
      return `${PROBLEMS[refusal.code].title}.`
  }
}

interface ProblemExtras {
  /** Members of the problem beside those that all have. */
  readonly members?: Pick<z.infer<typeof problemSchema>, 'errors' | 'violated-policies' | 'failing'>
  readonly headers?: Record<string, string>
}

export function createProblem(
  c: Context,
  code: ProblemCode,
  detail: string,
  { members, headers = {} }: ProblemExtras = {},
): Response {
  c.set('problem', code)
  const { status, title } = PROBLEMS[code]
  const instance = new URL(c.req.url).pathname.slice(0, 2000)
  const requestId: string = c.get('requestId') ?? ''
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance,
    code,
    request_id: requestId,
  }
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Bearer realm="aileana"' } : {}
  return c.body(JSON.stringify({ ...body, ...members }), status, {
    'Content-Type': 'application/problem+json',
    ...challenge,
    ...headers,
  })
}

/** A limit's refusal says which, and when to come again; `setLimitHeaders` shows where it stands. */
function extrasOf(refusal: Refusal): ProblemExtras {
  if (refusal.code !== 'rate_limited') return {}
  const { policy, resetSeconds } = refusal.limitState
  return {
    members: { 'violated-policies': [policy] },
    headers: { 'Retry-After': String(resetSeconds) },
  }
}

/** Answers a refusal. Typed as never returning a success, so that a route's types stay exact. */
export const problemResponse = (c: Context, refusal: Refusal): never =>
  createProblem(c, refusal.code, detailOf(refusal), extrasOf(refusal)) as never
