import { describe, expect, it } from 'vitest'
import document from '../../../docs/openapi.json'
import { describedApp } from '../../../scripts/openapi/described-app'

/** Routes for browsers and operators, and of the document itself. */
const UNDOCUMENTED = [
  'GET /',
  'GET /account/assets/{name}',
  'GET /account/{page}',
  'GET /api',
  'GET /api-json',
  'GET /api/assets/{name}',
  'GET /call',
  'GET /call/assets/{name}',
  'GET /guides',
  'GET /guides/assets/{name}',
  'GET /guides/{file}',
  'GET /guides/{name}',
  'GET /llms.txt',
  'GET /openapi.json',
  'GET /problems/{code}',
  'GET /prices',
  'GET /prices/assets/{name}',
  'GET /verify',
  'GET /verify/assets/{name}',
  'DELETE /operator/session',
  'GET /desk',
  'GET /desk/assets/{name}',
  'GET /operator/finance/books',
  'GET /operator/finance/books.csv',
  'GET /operator/finance/levels',
  'GET /operator/finance/settlements',
  'GET /operator/finance/settlements.csv',
  'GET /operator/finance/settlements/{reference}',
  'GET /operator/log',
  'GET /operator/log.csv',
  'GET /operator/log/verify',
  'GET /operator/operators',
  'GET /operator/session',
  'GET /operator/sessions',
  'POST /operator/bootstrap',
  'POST /operator/finance/settlements/{reference}/import',
  'POST /operator/invitations/accept',
  'POST /operator/invitations/passkey-options',
  'POST /operator/invitations/read',
  'POST /operator/keys',
  'POST /operator/operators',
  'POST /operator/operators/{uuid}',
  'POST /operator/session',
  'POST /operator/session/passkey',
  'POST /operator/session/passkey/options',
  'POST /operator/sessions/{uuid}/end',
  'POST /operator/api-keys',
  'POST /operator/api-keys/{uuid}/revoke',
  'POST /operator/audit',
  'POST /operator/case',
  'GET /operator/api-keys',
  'GET /operator/exceptions',
  'GET /operator/tariffs',
  'GET /operator/tariffs/{version}',
  'GET /operator/tariffs/{version}/differences',
  'POST /operator/tariffs',
  'POST /operator/tariffs/costs',
  'POST /operator/tariffs/{version}/approve',
  'POST /operator/tariffs/{version}/dry-run',
  'POST /operator/tariffs/{version}/withdraw',
  'POST /operator/erasures',
  'POST /operator/exceptions',
  'POST /operator/gateway',
  'GET /operator/proposals',
  'GET /operator/proposals/{uuid}',
  'POST /operator/proposals',
  'POST /operator/proposals/preview',
  'POST /operator/proposals/{uuid}/approve',
  'POST /operator/proposals/{uuid}/execute',
  'POST /operator/proposals/{uuid}/reject',
  'POST /operator/proposals/{uuid}/withdraw',
  'POST /operator/refunds/{uuid}/decision',
  'POST /operator/token-versions',
  'POST /operator/search',
  'GET /operator/customers/{uuid}',
  'GET /operator/customers/{uuid}/timeline',
  'GET /operator/customers/{uuid}/effect',
  'POST /operator/customers/{uuid}/reveal',
  'POST /operator/customers/{uuid}/actions',
  'POST /operator/customers/{uuid}/calls/{call}/end',
  'POST /operator/payments/{reference}/poll',
  'POST /operator/webhooks/{hash}/replay',
  'POST /webhooks/resend',
]

const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)

/** Excludes middleware, which applies to all methods or to all paths below one. */
const routed = new Set(
  describedApp()
    .routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{.*\})?/g, '{$1}')}`),
)

describe('the document and the router', () => {
  it('name the same routes, except those outside the API', () => {
    expect([...documented, ...UNDOCUMENTED].sort()).toEqual([...routed].sort())
  })

  it('have no two operations with the same ID', () => {
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(new Set(names).size).toBe(names.length)
  })
})
