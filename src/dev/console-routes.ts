/** The console's page and what it loads: in development only, where the Host header names a loopback host. */
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { StatusCode } from 'hono/utils/http-status'

/** Nothing inline and nothing from elsewhere; to the service itself it talks by fetch and WebSocket. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const page = () =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>AIleana console</title>
        <link rel="icon" href="/console/console.svg" />
        <link rel="stylesheet" href="/console/console.css" />
        <script type="module" src="/console/console.js"></script>
      </head>
      <body>
        <noscript>The console needs JavaScript.</noscript>
      </body>
    </html>`

export interface ConsoleOptions {
  /** Whether the console may be shown to whoever asks at this address. */
  readonly isAllowed: (requestUrl: string) => boolean
  readonly assets: Fetcher
}

export const consoleRoutes = ({ isAllowed, assets }: ConsoleOptions) =>
  new Hono()
    .use(async (c, next) => (isAllowed(c.req.url) ? next() : c.notFound()))
    .get('/', (c) => c.html(page(), 200, { 'Content-Security-Policy': POLICY }))
    .get('/:name{console\\.(?:js|css|svg)}', async (c) => {
      const address = new URL(`/${c.req.param('name')}`, c.req.url)
      const asset = await assets.fetch(new Request(address, c.req.raw))
      return c.newResponse(
        asset.body,
        asset.status as StatusCode,
        Object.fromEntries(asset.headers),
      )
    })
