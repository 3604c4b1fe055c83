/** The OpenAPI document, built once an isolate, and the page that shows it with assets of our own. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { StatusCode } from 'hono/utils/http-status'
import type { AppEnv } from './common/http'

const INFO = {
  openapi: '3.1.0',
  info: {
    title: 'AIleana',
    version: '0.1.0',
    description:
      'Prepaid calls: accounts, wallets, payments through Monnify, and calls metered to the second.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'Accounts', description: 'Registration, log-in, sessions' },
    { name: 'Wallets', description: 'What can be spent, and what is held' },
    { name: 'Payments', description: 'Top-ups through Monnify, and moves between wallets' },
    { name: 'Calls', description: 'Calls that are paid from call credits' },
    { name: 'Webhooks', description: 'What Monnify tells us' },
    { name: 'Health', description: 'Whether the service runs, and can do its work' },
  ],
}

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

const page = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>AIleana API</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/api/assets/swagger-ui.css" />
    </head>
    <body>
      <main id="reference"></main>
      <script src="/api/assets/swagger-ui-bundle.js"></script>
      <script src="/api/start.js"></script>
    </body>
  </html>`

export function docsRoutes(documented: OpenAPIHono<AppEnv>, assets: Fetcher) {
  documented.openAPIRegistry.registerComponent('securitySchemes', 'bearerAuth', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access_token of POST /auth/login.',
  })
  let document: string | undefined
  const openApi = () => (document ??= JSON.stringify(documented.getOpenAPI31Document(INFO)))

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
