/** Public routes of prices. They need no account, and read neither D1 nor a wallet. */
import { createRoute } from '@hono/zod-openapi'
import type { CountryCode } from 'libphonenumber-js/min'
import { ok } from '../../common/result'
import { declareProblems, jsonContent, publicAccess } from '../../http/declarations'
import { linkNext } from '../../http/headers'
import { problemResponse } from '../../http/problems'
import { createRouter } from '../../http/router'
import { type FloodGuardDeps, limitFlood } from '../../limits/middleware'
import { cacheControl, type EdgeCacheDeps, throughCache } from './edge-cache'
import {
  type Minutes,
  minutesQuery,
  minutesSchema,
  presentMinutes,
  presentRates,
  type Rates,
  ratesQuery,
  ratesSchema,
} from './schemas'
import { listRates, minutesFor, type RatesDeps } from './service'

export interface RateRouteDeps extends RatesDeps, EdgeCacheDeps, FloodGuardDeps {
  readonly defaultCountry: CountryCode
}

const shared = { tags: ['Rates'], security: publicAccess }

const list = createRoute({
  ...shared,
  method: 'get',
  path: '/rates',
  operationId: 'listRates',
  summary: 'List the prices of calls',
  description:
    'Returns the lowest price per minute to each country. With `country`, returns its prefixes too; the `Link` header has the URL of the next page.',
  request: { query: ratesQuery },
  responses: {
    200: jsonContent(ratesSchema, 'Prices.', { headers: ['Link'] }),
    ...declareProblems(
      'validation_failed',
      'invalid_cursor',
      'rate_limited',
      'tariffs_unavailable',
    ),
  },
})

const minutes = (country: CountryCode) =>
  createRoute({
    ...shared,
    method: 'get',
    path: '/rates/minutes',
    operationId: 'getMinutes',
    summary: 'Calculate how long an amount lasts',
    description:
      'Returns the duration of a call to a number that an amount pays for at the present price.',
    request: { query: minutesQuery(country) },
    responses: {
      200: jsonContent(minutesSchema, 'Duration.'),
      ...declareProblems(
        'validation_failed',
        'destination_not_allowed',
        'rate_limited',
        'tariffs_unavailable',
      ),
    },
  })

/** URL under which all spellings of a request are cached. */
function keyOf(
  requestUrl: string,
  path: string,
  query: Record<string, string | number | undefined>,
) {
  const url = new URL(path, requestUrl)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value))
  return url.href
}

export function rateRoutes(deps: RateRouteDeps) {
  const router = createRouter()
  router.use('/rates/*', limitFlood(deps))
  return router
    .openapi(list, async (c) => {
      const { country, limit, cursor } = c.req.valid('query')
      const query = { country, limit, cursor }
      const found = await throughCache(deps, keyOf(c.req.url, list.path, query), async () => {
        const rates = await listRates(deps, query)
        if (!rates.ok) return rates
        const { page, ...rest } = rates.value
        const body = presentRates({ ...rest, rows: page.items })
        return ok({ value: { body, next: page.nextCursor }, nextChangeMs: rest.nextChangeMs })
      })
      if (!found.ok) return problemResponse(c, found.refusal)
      const { value, seconds } = found.value
      c.header('Cache-Control', cacheControl(seconds))
      linkNext(c, value.next)
      return c.json(value.body satisfies Rates, 200)
    })
    .openapi(minutes(deps.defaultCountry), async (c) => {
      const query = c.req.valid('query')
      const key = keyOf(c.req.url, '/rates/minutes', query)
      const found = await throughCache(deps, key, async () => {
        const bought = await minutesFor(deps, query)
        if (!bought.ok) return bought
        const { rate, seconds, nextChangeMs } = bought.value
        return ok({ value: presentMinutes(query, rate, seconds), nextChangeMs })
      })
      if (!found.ok) return problemResponse(c, found.refusal)
      c.header('Cache-Control', cacheControl(found.value.seconds))
      return c.json(found.value.value satisfies Minutes, 200)
    })
}
