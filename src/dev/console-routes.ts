/** The console's page and its files: in development only, where the Host header names a loopback host. */
import { Hono } from 'hono'
import { FILE_NAME, serveFile, servePage } from '../http/pages'

/** Nothing inline and nothing from elsewhere; fetch and WebSocket reach the service itself. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

export interface ConsoleOptions {
  /** Whether a client at this address may see the console. */
  readonly isAllowed: (requestUrl: string) => boolean
  readonly assets: Fetcher
}

export const consoleRoutes = ({ isAllowed, assets }: ConsoleOptions) =>
  new Hono()
    .use(async (c, next) => (isAllowed(c.req.url) ? next() : c.notFound()))
    .get('/', (c) => servePage(c, assets, 'console', POLICY))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'console'))
