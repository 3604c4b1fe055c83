/** Operators' log-in, sessions and keys. */
import { createRoute, z } from '@hono/zod-openapi'
import { deleteCookie } from 'hono/cookie'
import { clientInfoOf } from '../../../auth/client-info'
import { assertionField } from '../../../auth/passkeys/schemas'
import type { Refusal } from '../../../common/result'
import { emailKeyOf } from '../../../common/text/email'
import { jsonBody, jsonContent } from '../../../http/declarations'
import { requiredLine, textField, uuidParam } from '../../../http/fields'
import { createProblem, problemResponse } from '../../../http/problems'
import { type AppContext, createRouter } from '../../../http/router'
import { limitByClientIp, limitGuesses } from '../../../limits/middleware'
import type { LimitDeps } from '../../../limits/service'
import { emailField } from '../../../users/schemas'
import type { KeyBody, ListedSession, SessionsBody } from '../../desk-types'
import { allowAnyOperator, allowSession, operatorOf, SESSION_COOKIE } from '../guard'
import type { Operator } from '../operator'
import { asField, presentSession, sendSession } from '../schemas'
import { MAX_KEY_DAYS } from '../session'
import { createKey, endOwnSession, listOwnSessions, type OwnSessionDeps } from './own-sessions'
import { logInOperatorByPasskey, operatorLogInOptions, type PasskeyLogInDeps } from './passkeys'
import { logInByPassword, type PasswordLogInDeps } from './password'
import { codeField } from './schemas'
import { toTime, toTimeOrNull } from '../../../common/text/time'

export interface LogInDeps extends PasswordLogInDeps, PasskeyLogInDeps, OwnSessionDeps, LimitDeps {}

const shared = { hide: true } as const
const session = jsonContent(z.unknown(), 'New session.')

const logIn = createRoute({
  ...shared,
  method: 'post',
  path: '/operator/session',
  request: {
    body: jsonBody(
      z.strictObject({
        email: emailField,
        password: textField(1, 256),
        code: codeField,
        as: asField,
      }),
    ),
  },
  responses: { 200: session },
})

const passkeyOptions = createRoute({
  ...shared,
  method: 'post',
  path: '/operator/session/passkey/options',
  request: { body: jsonBody(z.strictObject({})) },
  responses: { 200: jsonContent(z.unknown(), 'Options of the log-in.') },
})

const passkeyLogIn = createRoute({
  ...shared,
  method: 'post',
  path: '/operator/session/passkey',
  request: { body: jsonBody(z.strictObject({ response: assertionField, as: asField })) },
  responses: { 200: session },
})

const present = createRoute({
  ...shared,
  method: 'get',
  path: '/operator/session',
  middleware: allowAnyOperator,
  responses: { 200: jsonContent(z.unknown(), 'Operator and session.') },
})

const logOut = createRoute({
  ...shared,
  method: 'delete',
  path: '/operator/session',
  middleware: allowAnyOperator,
  responses: { 204: { description: 'The session was ended.' } },
})

const list = createRoute({
  ...shared,
  method: 'get',
  path: '/operator/sessions',
  middleware: allowSession,
  responses: { 200: jsonContent(z.unknown(), 'Own sessions and keys.') },
})

const end = createRoute({
  ...shared,
  method: 'post',
  path: '/operator/sessions/{uuid}/end',
  middleware: allowSession,
  request: { params: uuidParam('UUID of the session or key.') },
  responses: { 200: jsonContent(z.unknown(), 'The session was ended.') },
})

const newKey = createRoute({
  ...shared,
  method: 'post',
  path: '/operator/keys',
  middleware: allowSession,
  request: {
    body: jsonBody(
      z.strictObject({
        name: requiredLine(1, 100),
        days: z.int('must be a whole number').min(1).max(MAX_KEY_DAYS),
      }),
    ),
  },
  responses: { 201: jsonContent(z.unknown(), 'New key.') },
})

const presentListed =
  ({ sessionUuid }: Operator) =>
  (row: Awaited<ReturnType<typeof listOwnSessions>>[number]): ListedSession => ({
    uuid: row.uuid,
    kind: row.kind,
    name: row.name,
    place: row.place,
    is_current: row.uuid === sessionUuid,
    created_at: toTime(row.createdAtMs),
    last_used_at: toTime(row.lastUsedAtMs),
    expires_at: toTime(row.expiresAtMs),
    ended_at: toTimeOrNull(row.endedAtMs),
  })

const refuseLogIn = (c: AppContext, refusal: Refusal) =>
  refusal.code === 'invalid_credentials'
    ? (createProblem(c, refusal.code, CREDENTIALS_DETAIL) as never)
    : problemResponse(c, refusal)

const CREDENTIALS_DETAIL =
  'The e-mail address, the password or the code is incorrect, or the code was already used.'

const clientOf = (c: AppContext) => clientInfoOf(c.req.header('User-Agent'), c.req.raw.cf)

export function logInRoutes(deps: LogInDeps) {
  const router = createRouter()
  const limit = limitByClientIp(deps, deps.policies.operatorClientIp)
  router.post(logIn.path, limit)
  router.post('/operator/session/passkey/*', limit)
  return router
    .openapi(logIn, async (c) => {
      const { as, ...proof } = c.req.valid('json')
      const begun = await limitGuesses(
        c,
        deps,
        'operator_log_in',
        emailKeyOf(proof.email),
        () => logInByPassword(deps, proof, clientOf(c)),
        deps.policies.operatorLogin,
      )
      return begun.ok ? sendSession(c, begun.value, as) : refuseLogIn(c, begun.refusal)
    })
    .openapi(passkeyOptions, async (c) => {
      const options = await operatorLogInOptions(deps)
      return options.ok
        ? c.json({ options: options.value }, 200)
        : problemResponse(c, options.refusal)
    })
    .openapi(passkeyLogIn, async (c) => {
      const { response, as } = c.req.valid('json')
      const begun = await logInOperatorByPasskey(deps, response, clientOf(c))
      return begun.ok ? sendSession(c, begun.value, as) : problemResponse(c, begun.refusal)
    })
    .openapi(present, (c) => {
      const operator = operatorOf(c)
      return c.json(presentSession(operator, operator.expiresAtMs), 200)
    })
    .openapi(logOut, async (c) => {
      const operator = operatorOf(c)
      if (operator.sessionUuid !== null) await endOwnSession(deps, operator, operator.sessionUuid)
      deleteCookie(c, SESSION_COOKIE, { path: '/', secure: true })
      return c.body(null, 204)
    })
    .openapi(list, async (c) => {
      const operator = operatorOf(c)
      const sessions = await listOwnSessions(deps, operator)
      const body: SessionsBody = { sessions: sessions.map(presentListed(operator)) }
      return c.json(body, 200)
    })
    .openapi(end, async (c) => {
      const { uuid } = c.req.valid('param')
      const ended = await endOwnSession(deps, operatorOf(c), uuid)
      return ended.ok ? c.json({}, 200) : problemResponse(c, ended.refusal)
    })
    .openapi(newKey, async (c) => {
      const created = await createKey(deps, operatorOf(c), c.req.valid('json'))
      if (!created.ok) return problemResponse(c, created.refusal)
      const { key, expiresAtMs } = created.value
      return c.json({ key, expires_at: toTime(expiresAtMs) } satisfies KeyBody, 201)
    })
}
