import { createRoute, z } from '@hono/zod-openapi'
import { accepts } from 'hono/accepts'
import { uuidParam } from '../http/fields'
import { headerRefs } from '../http/documented-headers'
import { guard, type GuardDeps } from '../http/authentication'
import { linkNext, showPosition } from '../http/headers'
import { bearer, createRouter, jsonContent, problemResponses, refused } from '../http/problems'
import {
  presentTransaction,
  presentWallet,
  statementSchema,
  transactionQuery,
  transactionSchema,
  walletSchema,
} from './schemas'
import { getWallet, listTransactions, listWallets, readStatement, type WalletDeps } from './service'
import { CSV_TYPE, csvStream } from './statement'

const list = createRoute({
  method: 'get',
  path: '/wallets',
  operationId: 'listWallets',
  tags: ['Wallets'],
  summary: 'List your wallets',
  description: 'Your two wallets: `primary`, and `call_credits`, which pays for calls.',
  security: bearer,
  responses: {
    200: jsonContent(z.array(walletSchema).max(2), 'Your wallets'),
    ...problemResponses('unauthenticated'),
  },
})

const get = createRoute({
  method: 'get',
  path: '/wallets/{uuid}',
  operationId: 'getWallet',
  tags: ['Wallets'],
  summary: 'Show a wallet',
  description: 'One of your wallets, with what can be spent and what is held at this moment.',
  security: bearer,
  request: { params: uuidParam('The wallet') },
  responses: {
    200: jsonContent(walletSchema, 'The wallet', { headers: ['Wallet-Position'] }),
    ...problemResponses('validation_failed', 'unauthenticated', 'not_found'),
  },
})

const transactions = createRoute({
  method: 'get',
  path: '/wallets/{uuid}/transactions',
  operationId: 'listTransactions',
  tags: ['Wallets'],
  summary: "List a wallet's ledger",
  description:
    'Every movement of money, newest first; the next page is in the `Link` header. With `Accept: text/csv`, a statement: every movement that the filters select, oldest first, whatever `limit` and `cursor` say.',
  security: bearer,
  request: { params: uuidParam('The wallet'), query: transactionQuery },
  responses: {
    200: {
      description: 'A page of the ledger, or a statement',
      headers: headerRefs('Link', 'Vary', 'Wallet-Position', 'Content-Disposition'),
      content: {
        'application/json': { schema: z.array(transactionSchema).max(100) },
        'text/csv': { schema: statementSchema },
      },
    },
    ...problemResponses('validation_failed', 'invalid_cursor', 'unauthenticated', 'not_found'),
  },
})

/** JSON unless CSV is preferred; also for a client that accepts neither. */
const NEGOTIATION = {
  header: 'Accept' as const,
  supports: ['application/json', 'text/csv'],
  default: 'application/json',
} satisfies Parameters<typeof accepts>[1]

export function walletRoutes(deps: WalletDeps & GuardDeps) {
  const router = createRouter()
  router.use('/wallets/*', guard(deps))
  return router
    .openapi(list, async (c) => {
      const wallets = await listWallets(deps, c.get('caller'))
      if (!wallets.ok) return refused(c, wallets.refusal)
      return c.json(wallets.value.map(presentWallet), 200)
    })
    .openapi(get, async (c) => {
      const wallet = await getWallet(deps, c.get('caller'), c.req.valid('param').uuid)
      showPosition(c, wallet)
      return wallet.ok ? c.json(presentWallet(wallet.value), 200) : refused(c, wallet.refusal)
    })
    .openapi(transactions, async (c) => {
      const { uuid } = c.req.valid('param')
      const query = c.req.valid('query')
      c.header('Vary', 'Accept')
      if (accepts(c, NEGOTIATION) === 'text/csv') {
        const pages = await readStatement(deps, c.get('caller'), uuid, query)
        if (!pages.ok) return refused(c, pages.refusal)
        const headers = {
          'Content-Type': CSV_TYPE,
          'Content-Disposition': `attachment; filename="statement-${uuid}.csv"`,
        }
        return c.body(csvStream(pages.value), 200, headers)
      }
      const page = await listTransactions(deps, c.get('caller'), uuid, query)
      showPosition(c, page)
      if (!page.ok) return refused(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json(page.value.items.map(presentTransaction), 200)
    })
}
