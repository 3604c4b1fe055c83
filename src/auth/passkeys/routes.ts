import { createRoute } from '@hono/zod-openapi'
import { type LiveSessionDeps, requireLiveSession } from '../../http/authentication'
import {
  BODY_PROBLEMS,
  bearer,
  declareProblems,
  jsonBody,
  jsonContent,
  publicAccess,
  UNREAD_BODY_PROBLEMS,
} from '../../http/declarations'
import { confirmationHeader, uuidParam } from '../../http/fields'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { limitByClientIp } from '../../limits/middleware'
import type { LimitDeps } from '../../limits/service'
import { presentUser } from '../../users/schemas'
import { clientInfoOf } from '../client-info'
import { presentTokens } from '../routes'
import { logInSchema } from '../schemas'
import {
  addOptionsSchema,
  codesSchema,
  newPasskeyBody,
  passkeyLogInBody,
  passkeySchema,
  passkeysSchema,
  presentPasskey,
  useOptionsSchema,
} from './schemas'
import {
  addOptions,
  addPasskey,
  issueCodes,
  listPasskeys,
  logInByPasskey,
  logInOptions,
  type PasskeyDeps,
  removePasskey,
} from './service'

const tags = ['Accounts']
const own = { tags, security: bearer }
const confirmed = { headers: confirmationHeader }

const logInStart = createRoute({
  method: 'post',
  path: '/auth/passkey/options',
  operationId: 'startPasskeyLogIn',
  tags,
  summary: 'Start a log-in by passkey',
  description:
    'Returns options for `navigator.credentials.get`. They name no account: the browser offers its passkeys for this service.',
  security: publicAccess,
  responses: {
    200: jsonContent(useOptionsSchema, 'Options of the log-in.'),
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'rate_limited', 'passkeys_not_configured'),
  },
})

const logIn = createRoute({
  method: 'post',
  path: '/auth/passkey',
  operationId: 'logInByPasskey',
  tags,
  summary: 'Log in by passkey',
  description: 'Begins a session with a passkey, like `POST /auth/login` with a password.',
  security: publicAccess,
  request: { body: jsonBody(passkeyLogInBody) },
  responses: {
    200: jsonContent(logInSchema, 'Tokens and account.'),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'invalid_passkey',
      'rate_limited',
      'passkeys_not_configured',
    ),
  },
})

const addStart = createRoute({
  ...own,
  method: 'post',
  path: '/users/me/passkey/options',
  operationId: 'startPasskey',
  summary: 'Start adding a passkey',
  description:
    'Returns options for `navigator.credentials.create`. Requires the header `Confirmation`.',
  request: confirmed,
  responses: {
    200: jsonContent(addOptionsSchema, 'Options of the new passkey.'),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'confirmation_required',
      'not_found',
      'too_many_passkeys',
      'passkeys_not_configured',
    ),
  },
})

const add = createRoute({
  ...own,
  method: 'post',
  path: '/users/me/passkeys',
  operationId: 'addPasskey',
  summary: 'Add a passkey',
  description:
    'Adds a passkey, with which you can log in and confirm your identity. From then on, your password alone no longer confirms it. Requires the header `Confirmation`.',
  request: { ...confirmed, body: jsonBody(newPasskeyBody) },
  responses: {
    201: jsonContent(passkeySchema, 'New passkey.'),
    ...declareProblems(
      ...BODY_PROBLEMS,
      'invalid_passkey',
      'unauthenticated',
      'confirmation_required',
      'passkey_taken',
      'too_many_passkeys',
      'passkeys_not_configured',
    ),
  },
})

const list = createRoute({
  ...own,
  method: 'get',
  path: '/users/me/passkeys',
  operationId: 'listPasskeys',
  summary: 'List your passkeys',
  description: 'Returns your passkeys, and the number of unused recovery codes.',
  responses: {
    200: jsonContent(passkeysSchema, 'Your passkeys.'),
    ...declareProblems('unauthenticated'),
  },
})

const remove = createRoute({
  ...own,
  method: 'delete',
  path: '/users/me/passkeys/{uuid}',
  operationId: 'removePasskey',
  summary: 'Remove a passkey',
  description:
    'Removes a passkey. With the last one, your recovery codes are removed too. Requires the header `Confirmation`.',
  request: { ...confirmed, params: uuidParam('UUID of the passkey.') },
  responses: {
    204: { description: 'The passkey was removed.' },
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'confirmation_required',
      'not_found',
    ),
  },
})

const codes = createRoute({
  ...own,
  method: 'post',
  path: '/users/me/recovery-codes',
  operationId: 'createRecoveryCodes',
  summary: 'Create recovery codes',
  description:
    'Creates ten codes, which replace earlier ones. Each confirms your identity once, together with your password, if you lose your passkeys. Requires the header `Confirmation`, and a passkey.',
  request: confirmed,
  responses: {
    201: jsonContent(codesSchema, 'New recovery codes.'),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'confirmation_required',
      'no_passkey',
    ),
  },
})

export function passkeyRoutes(deps: PasskeyDeps & LiveSessionDeps & LimitDeps) {
  const router = createRouter()
  /** The wildcards also match their parents. Do not list both: each match costs a read of D1. */
  router.use('/auth/passkey/*', limitByClientIp(deps, deps.policies.loginClientIp))
  for (const path of [addStart.path, '/users/me/passkeys/*', codes.path])
    router.use(path, requireLiveSession(deps))
  return router
    .openapi(logInStart, async (c) => {
      const started = await logInOptions(deps)
      return started.ok ? c.json(started.value, 200) : problemResponse(c, started.refusal)
    })
    .openapi(logIn, async (c) => {
      const client = clientInfoOf(c.req.header('User-Agent'), c.req.raw.cf)
      const session = await logInByPasskey(deps, c.req.valid('json').passkey, client)
      if (!session.ok) return problemResponse(c, session.refusal)
      return c.json({ ...presentTokens(session.value), user: presentUser(session.value.user) }, 200)
    })
    .openapi(addStart, async (c) => {
      const { confirmation } = c.req.valid('header')
      const started = await addOptions(deps, c.get('caller'), confirmation)
      return started.ok ? c.json(started.value, 200) : problemResponse(c, started.refusal)
    })
    .openapi(add, async (c) => {
      const { confirmation } = c.req.valid('header')
      const added = await addPasskey(deps, c.get('caller'), confirmation, c.req.valid('json'))
      return added.ok ? c.json(presentPasskey(added.value), 201) : problemResponse(c, added.refusal)
    })
    .openapi(list, async (c) => {
      const { passkeys, codesLeft } = await listPasskeys(deps, c.get('caller'))
      const body = { passkeys: passkeys.map(presentPasskey), recovery_codes_left: codesLeft }
      return c.json(body, 200)
    })
    .openapi(remove, async (c) => {
      const { confirmation } = c.req.valid('header')
      const { uuid } = c.req.valid('param')
      const removed = await removePasskey(deps, c.get('caller'), confirmation, uuid)
      return removed.ok ? c.body(null, 204) : problemResponse(c, removed.refusal)
    })
    .openapi(codes, async (c) => {
      const { confirmation } = c.req.valid('header')
      const issued = await issueCodes(deps, c.get('caller'), confirmation)
      return issued.ok ? c.json({ codes: issued.value }, 201) : problemResponse(c, issued.refusal)
    })
}
