/** Serves the OpenAPI document and the page that displays it. */
import { Hono } from 'hono'
import { FILE_NAME, readAsset, serveFile, servePage } from './pages'
import type { AppEnv } from './router'

/** Swagger UI uses inline styles and icons in data URLs. Everything else comes from this service. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"

export function docsRoutes(assets: Fetcher) {
  let document: string | undefined

  const docs = new Hono<AppEnv>()
  for (const path of ['/openapi.json', '/api-json'])
    docs.get(path, async (c) => {
      document ??= await readAsset(c, assets, '/openapi.json')
      return c.body(document, 200, { 'Content-Type': 'application/json' })
    })
  docs.get('/', (c) => c.redirect('/api'))
  docs.get('/api', (c) => servePage(c, assets, 'api', { 'Content-Security-Policy': POLICY }))
  docs.get(`/api/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'api'))
  return docs
}
