/** Operators' routes of finance: daily books, settlements and service levels. They move no money. */
import { createRoute, z } from '@hono/zod-openapi'
import { setLimitHeaders } from '../../common/rate-limit'
import { parseDate } from '../../common/text/time'
import { CSV_TYPE } from '../../http/csv-stream'
import { jsonBody } from '../../http/declarations'
import { parsedField } from '../../http/fields'
import { createProblem, problemResponse } from '../../http/problems'
import { type AppContext, createRouter } from '../../http/router'
import { consumeOne, type LimitDeps } from '../../limits/service'
import { allow, operatorOf } from '../access/guard'
import { operatorRoute } from '../access/operator-route'
import { type LogDeps, perform, recordRead } from '../log/record'
import { reasonLine } from '../schemas'
import { SETTLEMENT_STATES } from './core/match'
import { booksCsv, linesCsv } from './csv'
import { type LevelDeps, readLevels } from './levels'
import { presentBook, presentDetail, presentLevels, presentSettlement } from './present'
import {
  type Days,
  exportBooks,
  exportLines,
  type FinanceDeps,
  listBooks,
  listSettlements,
  readSettlement,
} from './service'
import { importSettlement } from './settlements/service'
import type { SettlementDeps } from './settlements/step'
import type { BooksBody, LevelsBody, SettlementDetailBody, SettlementsBody } from './types'

export interface FinanceRouteDeps
  extends FinanceDeps, LevelDeps, SettlementDeps, LogDeps, LimitDeps {}

/** Days of a list or an export, both included. */
const MAX_DAYS = 366
const DAY_MS = 86_400_000

const dayField = parsedField(parseDate)
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const days = z
  .object({ from: dayField, to: dayField })
  .refine(({ from, to }) => from <= to && to - from < MAX_DAYS * DAY_MS, {
    path: ['to'],
    message: `must not be before from, and at most ${MAX_DAYS} days later`,
  })
  .transform(({ from, to }): Days => ({ from: dayOf(from), to: dayOf(to) }))

const reference = z.object({ reference: z.string().trim().min(1).max(255) })

const books = createRoute({
  ...operatorRoute('get', '/operator/finance/books', 'finance.read', 'Daily books.'),
  request: { query: days },
})

const booksFile = createRoute({
  hide: true,
  method: 'get',
  path: '/operator/finance/books.csv',
  middleware: allow('finance.export'),
  request: { query: days },
  responses: { 200: { description: 'Daily books as CSV.' } },
})

const settlements = createRoute({
  ...operatorRoute('get', '/operator/finance/settlements', 'finance.read', 'Page of settlements.'),
  request: {
    query: z.object({
      state: z.enum(SETTLEMENT_STATES, `must be ${SETTLEMENT_STATES.join(', ')}`).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z.string().max(1000).optional(),
    }),
  },
})

const linesFile = createRoute({
  hide: true,
  method: 'get',
  path: '/operator/finance/settlements.csv',
  middleware: allow('finance.export'),
  request: { query: days },
  responses: { 200: { description: 'Lines of settlements as CSV.' } },
})

const settlement = createRoute({
  ...operatorRoute(
    'get',
    '/operator/finance/settlements/{reference}',
    'finance.read',
    'Settlement with a page of lines.',
  ),
  request: {
    params: reference,
    query: z.object({ line: z.coerce.number().int().min(1).max(100_000).default(1) }),
  },
})

const imported = createRoute({
  ...operatorRoute(
    'post',
    '/operator/finance/settlements/{reference}/import',
    'finance.act',
    'Imported settlement.',
  ),
  request: { params: reference, body: jsonBody(z.strictObject({ reason: reasonLine })) },
})

const levels = createRoute({
  ...operatorRoute('get', '/operator/finance/levels', 'finance.read', 'Service levels.'),
  request: { query: z.object({ days: z.coerce.number().int().min(1).max(92).default(7) }) },
})

const NO_SETTLEMENT = 'No settlement has this reference.'

export function financeRoutes(deps: FinanceRouteDeps) {
  /** Counts an export, and records it before the file is read. @returns a problem if there were too many */
  async function countExport(c: AppContext, action: string, { from, to }: Days) {
    const operator = operatorOf(c)
    const counted = await consumeOne(deps, deps.policies.operatorExports, operator.uuid)
    setLimitHeaders(c, counted.limitState)
    if (!counted.allowed)
      return problemResponse(c, { code: 'rate_limited', limitState: counted.limitState })
    await recordRead(deps, operator, { action, subject: `${from}/${to}` })
    return undefined
  }

  const fileOf = (name: string, { from, to }: Days) => ({
    'Content-Type': CSV_TYPE,
    'Content-Disposition': `attachment; filename="${name}-${from}-${to}.csv"`,
  })

  return createRouter()
    .openapi(books, async (c) => {
      const found = await listBooks(deps, c.req.valid('query'))
      return c.json({ books: found.map(presentBook) } satisfies BooksBody, 200)
    })
    .openapi(booksFile, async (c) => {
      const period = c.req.valid('query')
      const problem = await countExport(c, 'books_exported', period)
      return problem ?? c.body(booksCsv(exportBooks(deps, period)), 200, fileOf('books', period))
    })
    .openapi(linesFile, async (c) => {
      const period = c.req.valid('query')
      const problem = await countExport(c, 'settlements_exported', period)
      const headers = fileOf('settlements', period)
      return problem ?? c.body(linesCsv(exportLines(deps, period)), 200, headers)
    })
    .openapi(settlements, async (c) => {
      const page = await listSettlements(deps, c.req.valid('query'))
      if (!page.ok) return problemResponse(c, page.refusal)
      const { items, nextCursor } = page.value
      const body = { settlements: items.map(presentSettlement), next: nextCursor ?? null }
      return c.json(body satisfies SettlementsBody, 200)
    })
    .openapi(settlement, async (c) => {
      const { reference: name } = c.req.valid('param')
      const read = await readSettlement(deps, name, c.req.valid('query').line)
      if (!read.ok) return createProblem(c, 'not_found', NO_SETTLEMENT) as never
      await recordRead(deps, operatorOf(c), { action: 'settlement_read', subject: name })
      return c.json(presentDetail(read.value) satisfies SettlementDetailBody, 200)
    })
    .openapi(imported, async (c) => {
      const { reference: name } = c.req.valid('param')
      const { reason } = c.req.valid('json')
      const action = { action: 'settlement_imported', subject: name, reason }
      const done = await perform(
        deps,
        operatorOf(c),
        action,
        () => importSettlement(deps, name),
        ({ state, lines }) => ({ state, lines }),
      )
      if (done.ok) return c.json(presentSettlement(done.value), 200)
      return done.refusal.code === 'not_found'
        ? (createProblem(c, 'not_found', NO_SETTLEMENT) as never)
        : problemResponse(c, done.refusal)
    })
    .openapi(levels, async (c) => {
      const read = await readLevels(deps, c.req.valid('query').days)
      return c.json(presentLevels(read) satisfies LevelsBody, 200)
    })
}
