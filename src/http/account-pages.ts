/** Serves the pages to which links in e-mails lead. */
import { Hono } from 'hono'
import { FILE_NAME, serveFile, servePage } from './pages'
import type { AppEnv } from './router'

/** The address of a page has a token, so no other origin may learn it. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
}

export const accountPages = (assets: Fetcher) =>
  new Hono<AppEnv>()
    .get('/:page{forgot|reset|verify|change|undo}', (c) => servePage(c, assets, 'account', HEADERS))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'account'))
