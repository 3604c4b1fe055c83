/** The OpenAPI document as it is kept, and the page that shows it with assets of our own. */
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { StatusCode } from 'hono/utils/http-status'
import document from '../../docs/openapi.json'
import type { AppEnv } from './problems'

const START = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
})`

const ASSETS = new Set(['swagger-ui.css', 'swagger-ui-bundle.js'])

/** Swagger UI sets styles inline and shows its icons from data addresses; nothing comes from elsewhere. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"

/** On a phone, what is wide scrolls by itself, and the column of links, which no route has, is left out. */
const NARROW = `@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 8px }
  .swagger-ui .responses-table { table-layout: fixed }
  .swagger-ui .responses-table .response-col_status { width: 4em }
  .swagger-ui .response-col_links { display: none }
  .swagger-ui .headers-wrapper, .swagger-ui .table-container { overflow-x: auto }
}`

const page = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>AIleana API</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/api/assets/swagger-ui.css" />
      <style>
        ${raw(NARROW)}
      </style>
    </head>
    <body>
      <main id="reference"></main>
      <script src="/api/assets/swagger-ui-bundle.js"></script>
      <script src="/api/start.js"></script>
    </body>
  </html>`

export function docsRoutes(assets: Fetcher) {
  let text: string | undefined
  const openApi = () => (text ??= JSON.stringify(document))

  const docs = new Hono<AppEnv>()
  for (const path of ['/openapi.json', '/api-json'])
    docs.get(path, (c) => c.body(openApi(), 200, { 'Content-Type': 'application/json' }))
  docs.get('/', (c) => c.redirect('/api'))
  docs.get('/api', (c) => c.html(page, 200, { 'Content-Security-Policy': PAGE_POLICY }))
  docs.get('/api/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript' }))
  docs.get('/api/assets/:name', async (c) => {
    const name = c.req.param('name')
    if (!ASSETS.has(name)) return c.notFound()
    const asset = await assets.fetch(new Request(new URL(`/${name}`, c.req.url), c.req.raw))
    return c.newResponse(asset.body, asset.status as StatusCode, Object.fromEntries(asset.headers))
  })
  return docs
}
