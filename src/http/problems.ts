/**
 * All problems (RFC 9457) that the service returns. Each refusal code maps to one problem; a new code
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

export const PROBLEMS = {
  validation_failed: { status: 400, title: 'The request is invalid' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is invalid; copy it unchanged from the Link header',
  },
  insufficient_funds: { status: 400, title: 'The wallet has insufficient funds' },
  debt_open: { status: 400, title: 'A debt must be paid first' },
  amount_exceeds_debt: { status: 400, title: 'The amount exceeds the debt' },
  refund_exceeds_payment: { status: 400, title: 'The amount exceeds the remainder of the payment' },
  destination_not_allowed: { status: 400, title: 'Calls to this destination are not allowed' },
  gateway_refused: { status: 400, title: 'The payment gateway rejected the payment' },
  endpoint_address_refused: { status: 400, title: 'The address of the endpoint is not allowed' },
  wrong_password: { status: 400, title: 'The current password is incorrect' },
  invalid_passkey: { status: 400, title: 'The passkey was not accepted; request new options' },
  invalid_recovery_code: { status: 400, title: 'The recovery code is invalid or already used' },
  invalid_code: { status: 400, title: 'The code of the authenticator app is incorrect' },
  invalid_link: { status: 400, title: 'The link is invalid, expired or already used' },
  unauthenticated: { status: 401, title: 'A valid access token is required' },
  operator_unknown: { status: 401, title: 'An operator must log in' },
  invalid_credentials: { status: 401, title: 'The e-mail address or password is incorrect' },
  invalid_token: { status: 401, title: 'The refresh token is invalid' },
  invalid_ticket: {
    status: 401,
    title: 'The ticket is invalid or was already used; request a new one',
  },
  invalid_signature: { status: 401, title: 'The signature does not match the body' },
  address_refused: { status: 403, title: 'Requests from this IP address are not accepted' },
  origin_refused: { status: 403, title: 'Requests from this origin are not accepted' },
  email_unverified: {
    status: 403,
    title: 'The e-mail address must be verified first',
  },
  not_permitted: { status: 403, title: 'Your role does not have this permission' },
  second_operator_required: { status: 403, title: 'Another operator must decide' },
  own_account: { status: 403, title: 'Operators cannot act on their own account' },
  insufficient_scope: { status: 403, title: 'The API key does not have the required scope' },
  wallet_frozen: { status: 403, title: 'The wallet is frozen; contact support' },
  confirmation_required: {
    status: 403,
    title: 'A recent confirmation of your identity is required',
  },
  passkey_required: {
    status: 403,
    title: 'The password alone is not enough; use a passkey or a recovery code',
  },
  not_found: { status: 404, title: 'The resource does not exist' },
  method_not_allowed: { status: 405, title: 'The resource does not support this method' },
  email_taken: { status: 409, title: 'An account with this e-mail address already exists' },
  passkey_taken: { status: 409, title: 'The passkey was already added to an account' },
  too_many_passkeys: { status: 409, title: 'The account has too many passkeys; remove one first' },
  no_passkey: { status: 409, title: 'The account has no passkey; add one first' },
  call_state_conflict: { status: 409, title: "The call's status does not allow this action" },
  too_many_watchers: {
    status: 409,
    title: 'Too many connections are open to this call; close one first',
  },
  exception_state_conflict: {
    status: 409,
    title: "The exception's state does not allow this action",
  },
  event_not_replayable: { status: 409, title: 'The event cannot be processed again' },
  proposal_state_conflict: {
    status: 409,
    title: "The proposal's state does not allow this decision",
  },
  last_admin: { status: 409, title: 'The last admin cannot be demoted or disabled' },
  bootstrap_used: { status: 409, title: 'The bootstrap secret was already used; set another one' },
  balance_left: { status: 409, title: 'The wallets must be empty first' },
  user_disabled: { status: 409, title: 'The user is disabled; enable the user first' },
  refund_not_allowed: { status: 409, title: 'The payment cannot be refunded' },
  refund_limit_exceeded: {
    status: 409,
    title: 'The daily limit would be exceeded; retry tomorrow',
  },
  too_many_keys: { status: 409, title: 'There are too many API keys; revoke one first' },
  no_stream: { status: 409, title: 'The account has no stream of events yet' },
  deployment_events_off: {
    status: 409,
    title: 'The deployment has no stream of events; set DEPLOYMENT_EVENTS=on',
  },
  too_many_endpoints: { status: 409, title: 'There are too many endpoints; delete one first' },
  endpoint_state_conflict: {
    status: 409,
    title: "The endpoint's state does not allow this action",
  },
  too_many_calls: { status: 409, title: 'Too many calls are open' },
  call_without_media: { status: 409, title: 'The call was answered without media' },
  too_many_lost_calls: { status: 409, title: 'Too many calls were lost or did not connect' },
  reference_reused: {
    status: 409,
    title: 'The payment reference was used with a different amount',
  },
  receipt_not_available: { status: 409, title: 'No receipt is available' },
  tariff_not_allowed: { status: 409, title: 'The tariff version does not allow this action' },
  request_in_progress: {
    status: 409,
    title: 'An earlier request is still in progress; retry in a moment',
  },
  call_ended: { status: 410, title: 'The call has ended' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  upgrade_required: { status: 426, title: 'The resource requires a WebSocket connection' },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used with a different body',
  },
  rate_limited: { status: 429, title: 'Too many requests' },
  too_many_polls: { status: 429, title: 'Too many requests wait for events' },
  internal_error: { status: 500, title: 'The server encountered an unexpected error' },
  gateway_unavailable: { status: 502, title: 'The payment gateway is unavailable; retry later' },
  relay_unavailable: { status: 502, title: 'The media relay is unavailable; retry later' },
  relay_not_configured: {
    status: 503,
    title:
      'No media relay is configured; the operator must set RELAY_KEY_ID and RELAY_TOKEN, or RELAY=direct',
  },
  passkeys_not_configured: {
    status: 503,
    title: 'Passkeys are not configured; the operator must set PASSKEY_ORIGINS',
  },
  receipts_not_configured: {
    status: 503,
    title: 'Receipts cannot be signed yet; the operator must set RECEIPT_KEY',
  },
  tariffs_unavailable: { status: 503, title: 'Prices are unavailable; retry in a moment' },
  not_ready: { status: 503, title: 'The service is not ready' },
} as const satisfies Record<ProblemCode, { status: ContentfulStatusCode; title: string }>

/** Sentences for the `detail` of a problem: what happened and what the client can do. */
function detailOf(refusal: Refusal): string {
  switch (refusal.code) {
    case 'insufficient_funds': {
      const { requiredKobo, availableKobo } = refusal
      return `The request needs ${formatNaira(requiredKobo)} NGN, but only ${formatNaira(availableKobo)} NGN is available.`
    }
    case 'debt_open':
      return `You owe ${formatNaira(refusal.debtKobo)} NGN, because a payment was reversed or refunded after it was spent. Top up to pay the debt.`
    case 'refund_exceeds_payment':
      return `At most ${formatNaira(refusal.leftKobo)} NGN of the payment can be refunded.`
    case 'amount_exceeds_debt':
      return `The debt is ${formatNaira(refusal.debtKobo)} NGN.`
    case 'balance_left':
      return `${formatNaira(refusal.leftKobo)} NGN is left. Spend it, request refunds, or repeat the request with waive_balance=true.`
    case 'too_many_calls':
      return `A wallet can have at most ${refusal.limit} open calls. End one first.`
    case 'exception_state_conflict':
      return `The exception is ${refusal.state}.`
    case 'not_permitted':
      return `The role ${refusal.role} does not have the permission ${refusal.permission}.`
    case 'operator_unknown':
      return 'Log in at /desk, or send the header Authorization: Bearer <token> of a session or key of an operator.'
    case 'proposal_state_conflict':
      return `The proposal is ${refusal.state}.`
    case 'call_state_conflict':
      return `The call's status is ${refusal.status}.`
    case 'insufficient_scope':
      return `The route requires the scope ${refusal.scope}.`
    case 'too_many_keys':
      return `There can be at most ${refusal.limit} API keys.`
    case 'too_many_endpoints':
      return `There can be at most ${refusal.limit} endpoints.`
    case 'too_many_polls':
      return `At most ${refusal.limit} requests can wait for events of a stream. Retry in a moment.`
    case 'no_stream':
      return 'Create an API key with the scope events:read, or an endpoint. The stream has the events from then on.'
    case 'unauthenticated':
      if (refusal.key === 'not_accepted')
        return 'API keys are not accepted here. Send an access token from POST /auth/login.'
      if (refusal.key === 'invalid')
        return 'The API key is not valid: it is mistyped, or it was revoked.'
      return 'Send the header Authorization: Bearer <access_token>, with a token from POST /auth/login.'
    case 'passkey_required':
      return refusal.methods.length > 0
        ? `Confirm by one of these methods: ${refusal.methods.join(', ')}. POST /users/me/confirmation/options returns the options for a passkey.`
        : 'No method of confirmation is available. Contact support.'
    case 'confirmation_required':
      return 'Confirm your identity with POST /users/me/confirmation. Send its token in the header Confirmation within five minutes.'
    case 'refund_limit_exceeded':
      return `The limit is ${formatNaira(refusal.limitKobo)} NGN${refusal.limitCount === undefined ? '' : `, and ${refusal.limitCount} refunds,`} in 24 hours.`
    case 'event_not_replayable':
    case 'endpoint_address_refused':
    case 'endpoint_state_conflict':
    case 'refund_not_allowed':
    case 'receipt_not_available':
    case 'tariff_not_allowed':
    case 'gateway_refused':
      return refusal.reason
    case 'rate_limited':
    case 'too_many_lost_calls':
      return `Retry in ${refusal.limitState.resetSeconds} s.`
    default:
      return `${PROBLEMS[refusal.code].title}.`
  }
}

interface ProblemExtras {
  /** Members that only some problems have. */
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

const TARIFFS_RETRY_SECONDS = '5'
const POLLS_RETRY_SECONDS = '5'

/** RFC 6750 section 3.1. */
const insufficientScope = (scope: string): string =>
  `Bearer realm="aileana", error="insufficient_scope", scope="${scope}"`

/** Names the exceeded limit, and sets `Retry-After` or the missing scope. `setLimitHeaders` sends the limit's state. */
function extrasOf(refusal: Refusal): ProblemExtras {
  if (refusal.code === 'tariffs_unavailable')
    return { headers: { 'Retry-After': TARIFFS_RETRY_SECONDS } }
  if (refusal.code === 'too_many_polls') return { headers: { 'Retry-After': POLLS_RETRY_SECONDS } }
  if (refusal.code === 'insufficient_scope')
    return { headers: { 'WWW-Authenticate': insufficientScope(refusal.scope) } }
  if (refusal.code !== 'rate_limited') return {}
  const { policy, resetSeconds } = refusal.limitState
  return {
    members: { 'violated-policies': [policy] },
    headers: { 'Retry-After': String(resetSeconds) },
  }
}

/** Turns a refusal into its response. Its type is `never`, so that it does not widen a route's success type. */
export const problemResponse = (c: Context, refusal: Refusal): never =>
  createProblem(c, refusal.code, detailOf(refusal), extrasOf(refusal)) as never
