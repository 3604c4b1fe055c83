import { createRoute, z } from '@hono/zod-openapi'
import { uuidParam } from '../common/fields'
import { guard, type GuardDeps } from '../common/guard'
import {
  bearer,
  createRouter,
  jsonContent,
  linkNext,
  problemResponses,
  refused,
} from '../common/http'
import {
  presentTransaction,
  presentWallet,
  transactionQuery,
  transactionSchema,
  walletSchema,
} from './schemas'
import { getWallet, listTransactions, listWallets, type WalletDeps } from './service'

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
  request: { params: uuidParam },
  responses: {
    200: jsonContent(walletSchema, 'The wallet'),
    ...problemResponses('validation_failed', 'unauthenticated', 'not_found'),
  },
})

const transactions = createRoute({
  method: 'get',
  path: '/wallets/{uuid}/transactions',
  operationId: 'listTransactions',
  tags: ['Wallets'],
  summary: "List a wallet's ledger",
  description: 'Every movement of money, newest first; the next page is in the `Link` header.',
  security: bearer,
  request: { params: uuidParam, query: transactionQuery },
  responses: {
    200: jsonContent(z.array(transactionSchema).max(100), 'A page of the ledger'),
    ...problemResponses('validation_failed', 'invalid_cursor', 'unauthenticated', 'not_found'),
  },
})

export function walletRoutes(deps: WalletDeps & GuardDeps) {
  const router = createRouter()
  router.use('/wallets', guard(deps)).use('/wallets/*', guard(deps))
  return router
    .openapi(list, async (c) => {
      const wallets = await listWallets(deps, c.get('caller').userUuid)
      return c.json(wallets.map(presentWallet), 200)
    })
    .openapi(get, async (c) => {
      const wallet = await getWallet(deps, c.get('caller').userUuid, c.req.valid('param').uuid)
      return wallet.ok ? c.json(presentWallet(wallet.value), 200) : refused(c, wallet.refusal)
    })
    .openapi(transactions, async (c) => {
      const { uuid } = c.req.valid('param')
      const page = await listTransactions(
        deps,
        c.get('caller').userUuid,
        uuid,
        c.req.valid('query'),
      )
      if (!page.ok) return refused(c, page.refusal)
      linkNext(c, page.value.nextCursor)
      return c.json(page.value.items.map(presentTransaction), 200)
    })
}
