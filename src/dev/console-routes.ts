/** Serves the console, in development only and only to loopback hosts. */
import { Hono } from 'hono'
import { FILE_NAME, serveFile, servePage } from '../http/pages'

/** Allows nothing inline and nothing from other origins. The page of a call is a frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "frame-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

export interface ConsoleOptions {
  /** Reports whether the URL's host is a loopback host. */
  readonly isAllowed: (requestUrl: string) => boolean
  readonly assets: Fetcher
}

export const consoleRoutes = ({ isAllowed, assets }: ConsoleOptions) =>
  new Hono()
    .use(async (c, next) => (isAllowed(c.req.url) ? next() : c.notFound()))
    .get('/', (c) => servePage(c, assets, 'console', { 'Content-Security-Policy': POLICY }))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'console'))
