import { createRoute } from '@hono/zod-openapi'
import {
  guardByScope,
  type LiveScopeDeps,
  requireLiveScope,
  requireLiveSession,
  requireScope,
} from '../http/authentication'
import {
  bearer,
  bearerOrKey,
  declareProblems,
  jsonContent,
  publicAccess,
  UNREAD_BODY_PROBLEMS,
} from '../http/declarations'
import { uuidParam } from '../http/fields'
import { linkNext } from '../http/headers'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { type FloodGuardDeps, limitFlood } from '../limits/middleware'
import { textStream } from '../http/text-stream'
import {
  keySetSchema,
  receiptQuery,
  receiptSchema,
  receiptsSchema,
  signedStatementSchema,
  statementQuery,
} from './schemas'
import { listReceipts, openCallReceipt, openPaymentReceipt, type ReceiptDeps } from './service'
import { signedStatement, type StatementDeps } from './statement'

const shared = { tags: ['Receipts'] }

const ofPayment = createRoute({
  ...shared,
  security: bearerOrKey('payments:read'),
  method: 'get',
  path: '/payments/{uuid}/receipt',
  operationId: 'getPaymentReceipt',
  summary: 'Get the receipt of a payment',
  description:
    'Returns the signed receipt of a completed top-up. A receipt is issued once and never changes.',
  request: { params: uuidParam('UUID of the payment.') },
  responses: {
    200: jsonContent(receiptSchema, 'Receipt.'),
    ...declareProblems(
      'validation_failed',
      'unauthenticated',
      'insufficient_scope',
      'not_found',
      'receipt_not_available',
      'receipts_not_configured',
    ),
  },
})

const ofCall = createRoute({
  ...shared,
  security: bearerOrKey('calls:read'),
  method: 'post',
  path: '/calls/{uuid}/receipt',
  operationId: 'createCallReceipt',
  summary: 'Issue the receipt of a call',
  description:
    'Issues the signed receipt of an ended call that was charged. A repeat returns the same receipt.',
  request: { params: uuidParam('UUID of the call.') },
  responses: {
    200: jsonContent(receiptSchema, 'Receipt.'),
    ...declareProblems(
      ...UNREAD_BODY_PROBLEMS,
      'unauthenticated',
      'insufficient_scope',
      'not_found',
      'receipt_not_available',
      'rate_limited',
      'receipts_not_configured',
    ),
  },
})

const list = createRoute({
  ...shared,
  security: bearer,
  method: 'get',
  path: '/receipts',
  operationId: 'listReceipts',
  summary: 'List your receipts',
  description:
    'Returns your issued receipts, newest first. The `Link` header has the URL of the next page.',
  request: { query: receiptQuery },
  responses: {
    200: jsonContent(receiptsSchema, 'Page of receipts.', { headers: ['Link'] }),
    ...declareProblems('validation_failed', 'invalid_cursor', 'unauthenticated', 'not_found'),
  },
})

const statement = createRoute({
  ...shared,
  security: bearerOrKey('wallets:read'),
  method: 'get',
  path: '/wallets/{uuid}/statement',
  operationId: 'getSignedStatement',
  summary: 'Get a signed statement',
  description:
    "Returns the entries of a wallet's ledger, oldest first, with a signed head. The seal of each entry covers the previous seal, so the head proves all entries.",
  request: { params: uuidParam('UUID of the wallet.'), query: statementQuery },
  responses: {
    200: jsonContent(signedStatementSchema, 'Statement.', { headers: ['Content-Disposition'] }),
    ...declareProblems(
      'validation_failed',
      'unauthenticated',
      'insufficient_scope',
      'not_found',
      'receipts_not_configured',
    ),
  },
})

const keySet = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  operationId: 'listPublicKeys',
  tags: ['Receipts'],
  summary: 'List the public keys',
  description: 'Returns the keys that verify receipts and statements, as a JWKS (RFC 7517).',
  security: publicAccess,
  responses: { 200: jsonContent(keySetSchema, 'Public keys.'), ...declareProblems() },
})

/** A new key reaches all caches within five minutes. */
const KEYS_CACHE = 'public, max-age=300'

export function receiptRoutes(deps: ReceiptDeps & StatementDeps & LiveScopeDeps & FloodGuardDeps) {
  const router = createRouter()
  router.use(list.path, requireLiveSession(deps))
  guardByScope(router, (scope) => requireLiveScope(deps, scope), [ofPayment])
  guardByScope(router, (scope) => requireScope(deps, scope), [ofCall, statement])
  router.use(keySet.path, limitFlood(deps))
  return router
    .openapi(ofPayment, async (c) => {
      const { userUuid } = c.get('caller')
      const opened = await openPaymentReceipt(deps, userUuid, c.req.valid('param').uuid)
      return opened.ok ? c.json(opened.value, 200) : problemResponse(c, opened.refusal)
    })
    .openapi(ofCall, async (c) => {
      const opened = await openCallReceipt(deps, c.get('caller'), c.req.valid('param').uuid)
      return opened.ok ? c.json(opened.value, 200) : problemResponse(c, opened.refusal)
    })
    .openapi(list, async (c) => {
      const page = await listReceipts(deps, c.get('caller').userUuid, c.req.valid('query'))
      if (!page.ok) return problemResponse(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json([...page.value.items], 200)
    })
    .openapi(statement, async (c) => {
      const { uuid } = c.req.valid('param')
      const { from: fromMs, to: toMs } = c.req.valid('query')
      const pieces = await signedStatement(deps, c.get('caller'), uuid, { fromMs, toMs })
      if (!pieces.ok) return problemResponse(c, pieces.refusal)
      return c.body(textStream(pieces.value), 200, {
        'Content-Type': 'application/json',
        'Content-Disposition': `attachment; filename="statement-${uuid}.json"`,
      }) as never
    })
    .openapi(keySet, async (c) => {
      c.header('Cache-Control', KEYS_CACHE)
      /** Anyone may verify a receipt, from any page. */
      c.header('Access-Control-Allow-Origin', '*')
      return c.json({ keys: await deps.signer.publicKeys() }, 200)
    })
}
