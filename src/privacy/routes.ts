import { createRoute } from '@hono/zod-openapi'
import { type LiveSessionDeps, refuseFrozen, requireLiveSession } from '../http/authentication'
import { bearer, declareProblems, jsonContent, UNREAD_BODY_PROBLEMS } from '../http/declarations'
import { headerRefs } from '../http/documented-headers'
import { confirmationHeader } from '../http/fields'
import { problemResponse } from '../http/problems'
import { textStream } from '../http/text-stream'
import { createRouter } from '../http/router'
import { limitByUser } from '../limits/middleware'
import type { LimitDeps } from '../limits/service'
import { findActiveUser, type UserDeps } from '../users/service'
import { exportDocument } from './document'
import type { ExportDeps } from './export'
import { textOf } from './json-text'
import { deletionQuery, deletionSchema, exportSchema, presentDeletion } from './schemas'
import { cancelDeletion, type DeletionDeps, findDeletion, requestDeletion } from './service'

const shared = { tags: ['Accounts'], security: bearer }

const exported = createRoute({
  ...shared,
  method: 'get',
  path: '/users/me/export',
  operationId: 'exportAccount',
  summary: 'Export your data',
  description:
    'Returns your data as one JSON document. `GET /receipts` returns your receipts. A document that ends early is not valid JSON: request it again.',
  responses: {
    200: {
      description: 'Your data.',
      headers: headerRefs('Content-Disposition'),
      content: { 'application/json': { schema: exportSchema } },
    },
    ...declareProblems('unauthenticated', 'not_found', 'rate_limited'),
  },
})

const remove = createRoute({
  ...shared,
  method: 'delete',
  path: '/users/me',
  operationId: 'deleteAccount',
  summary: 'Delete your account',
  description:
    'Plans the deletion of your account. Spend the balance first, request refunds, or waive it. Until `erase_at` you can use the account and cancel the deletion. Then your name, e-mail address, password, passkeys, sessions and messages are erased. Amounts stay, and numbers that you called stay until their retention period ends. Requires the header `Confirmation`.',
  request: { query: deletionQuery, headers: confirmationHeader },
  responses: {
    202: jsonContent(deletionSchema, 'The deletion is planned.'),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'debt_open',
      'unauthenticated',
      'confirmation_required',
      'wallet_frozen',
      'balance_left',
      'rate_limited',
    ),
  },
})

const get = createRoute({
  ...shared,
  method: 'get',
  path: '/users/me/deletion',
  operationId: 'getDeletion',
  summary: 'Get the planned deletion of your account',
  description: 'Returns when your account will be erased.',
  responses: {
    200: jsonContent(deletionSchema, 'Planned deletion.'),
    ...declareProblems('unauthenticated', 'not_found'),
  },
})

const cancel = createRoute({
  ...shared,
  method: 'delete',
  path: '/users/me/deletion',
  operationId: 'cancelDeletion',
  summary: 'Keep your account',
  description: 'Cancels the planned deletion of your account. Does nothing if none is planned.',
  responses: {
    204: { description: 'No deletion is planned.' },
    ...declareProblems(...UNREAD_BODY_PROBLEMS, 'unauthenticated'),
  },
})

export function privacyRoutes(
  deps: DeletionDeps & ExportDeps & Pick<UserDeps, 'userStore'> & LiveSessionDeps & LimitDeps,
) {
  const router = createRouter()
  router.use(exported.path, requireLiveSession(deps), limitByUser(deps, deps.policies.exports))
  router.use(get.path, requireLiveSession(deps))
  router.delete(
    remove.path,
    requireLiveSession(deps),
    refuseFrozen,
    limitByUser(deps, deps.policies.mails),
  )
  return router
    .openapi(exported, async (c) => {
      const found = await findActiveUser(deps, c.get('caller').userUuid)
      if (!found.ok) return problemResponse(c, found.refusal)
      return c.body(textStream(textOf(exportDocument(deps, c.get('caller'), found.value))), 200, {
        'Content-Type': 'application/json',
        'Content-Disposition': 'attachment; filename="account.json"',
      }) as never
    })
    .openapi(remove, async (c) => {
      const { confirmation } = c.req.valid('header')
      const { waive_balance: waivesBalance } = c.req.valid('query')
      const request = { confirmation, waivesBalance }
      const requested = await requestDeletion(deps, c.get('caller'), request)
      return requested.ok
        ? c.json(presentDeletion(requested.value), 202)
        : problemResponse(c, requested.refusal)
    })
    .openapi(get, async (c) => {
      const found = await findDeletion(deps, c.get('caller'))
      return found.ok
        ? c.json(presentDeletion(found.value), 200)
        : problemResponse(c, found.refusal)
    })
    .openapi(cancel, async (c) => {
      await cancelDeletion(deps, c.get('caller'))
      return c.body(null, 204)
    })
}
