import { createRoute } from '@hono/zod-openapi'
import { accepts } from 'hono/accepts'
import type { Locale } from '../common/text/locale'
import { CSV_TYPE } from '../http/csv-stream'
import { uuidParam } from '../http/fields'
import { headerRefs } from '../http/documented-headers'
import { guardByScope, requireScope, type ScopeDeps } from '../http/authentication'
import { linkNext, showRevision } from '../http/headers'
import { bearerOrKey, jsonContent, declareProblems } from '../http/declarations'
import { problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import {
  presentTransaction,
  presentWallet,
  statementSchema,
  transactionQuery,
  transactionsSchema,
  walletSchema,
  walletsSchema,
} from './schemas'
import { getWallet, listTransactions, listWallets, readStatement, type WalletDeps } from './service'
import { csvStream } from './statement'

const list = createRoute({
  method: 'get',
  path: '/wallets',
  operationId: 'listWallets',
  tags: ['Wallets'],
  summary: 'List your wallets',
  description: 'Returns your two wallets: `primary`, and `call_credits`, which pays for calls.',
  security: bearerOrKey('wallets:read'),
  responses: {
    200: jsonContent(walletsSchema, 'Your two wallets.'),
    ...declareProblems('unauthenticated', 'insufficient_scope'),
  },
})

const get = createRoute({
  method: 'get',
  path: '/wallets/{uuid}',
  operationId: 'getWallet',
  tags: ['Wallets'],
  summary: 'Get a wallet',
  description: 'Returns one of your wallets with its available and held amounts.',
  security: bearerOrKey('wallets:read'),
  request: { params: uuidParam('UUID of the wallet.') },
  responses: {
    200: jsonContent(walletSchema, 'Wallet.', { headers: ['Wallet-Position'] }),
    ...declareProblems('validation_failed', 'unauthenticated', 'insufficient_scope', 'not_found'),
  },
})

const transactions = createRoute({
  method: 'get',
  path: '/wallets/{uuid}/transactions',
  operationId: 'listTransactions',
  tags: ['Wallets'],
  summary: "List a wallet's transactions",
  description:
    'Returns the transactions of a wallet, newest first. The `Link` header has the URL of the next page. With `Accept: text/csv`, returns a statement instead: all transactions that match the filters, oldest first. Its column names are in your language, and its dates in your time zone. `limit` and `cursor` are ignored.',
  security: bearerOrKey('wallets:read'),
  request: { params: uuidParam('UUID of the wallet.'), query: transactionQuery },
  responses: {
    200: {
      description: 'Page of transactions, or a statement.',
      headers: headerRefs('Link', 'Vary', 'Wallet-Position', 'Content-Disposition'),
      content: {
        'application/json': { schema: transactionsSchema },
        'text/csv': { schema: statementSchema },
      },
    },
    ...declareProblems(
      'validation_failed',
      'invalid_cursor',
      'unauthenticated',
      'insufficient_scope',
      'not_found',
    ),
  },
})

/** Returns JSON unless the client prefers CSV, even if it accepts neither. */
const NEGOTIATION = {
  header: 'Accept' as const,
  supports: ['application/json', 'text/csv'],
  default: 'application/json',
} satisfies Parameters<typeof accepts>[1]

interface StatementDeps {
  /** Language and time zone of a user's statements. */
  readonly findLocale: (userUuid: string) => Promise<Locale>
}

export function walletRoutes(deps: WalletDeps & ScopeDeps & StatementDeps) {
  const router = createRouter()
  guardByScope(router, (scope) => requireScope(deps, scope), [list, get, transactions])
  return router
    .openapi(list, async (c) => {
      const wallets = await listWallets(deps, c.get('caller'))
      if (!wallets.ok) return problemResponse(c, wallets.refusal)
      return c.json(wallets.value.map(presentWallet), 200)
    })
    .openapi(get, async (c) => {
      const wallet = await getWallet(deps, c.get('caller'), c.req.valid('param').uuid)
      showRevision(c, wallet)
      return wallet.ok
        ? c.json(presentWallet(wallet.value), 200)
        : problemResponse(c, wallet.refusal)
    })
    .openapi(transactions, async (c) => {
      const { uuid } = c.req.valid('param')
      const query = c.req.valid('query')
      c.header('Vary', 'Accept')
      if (accepts(c, NEGOTIATION) === 'text/csv') {
        const pages = await readStatement(deps, c.get('caller'), uuid, query)
        if (!pages.ok) return problemResponse(c, pages.refusal)
        const headers = {
          'Content-Type': CSV_TYPE,
          'Content-Disposition': `attachment; filename="statement-${uuid}.csv"`,
        }
        const locale = await deps.findLocale(c.get('caller').userUuid)
        return c.body(csvStream(pages.value, locale), 200, headers)
      }
      const page = await listTransactions(deps, c.get('caller'), uuid, query)
      showRevision(c, page)
      if (!page.ok) return problemResponse(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json(page.value.items.map(presentTransaction), 200)
    })
}
