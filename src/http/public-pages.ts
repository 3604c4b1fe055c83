/**
 * Serves pages: those to which links in e-mails lead, the page that verifies receipts, the prices, and the back office.
 */
import { Hono } from 'hono'
import { FILE_NAME, serveFile, servePage } from './pages'
import type { AppEnv } from './router'

/** The address of an account page has a token, so no other origin may learn it. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
}

/** The page sends no file: it verifies receipts in the browser. */
export const verifyPage = (assets: Fetcher) =>
  new Hono<AppEnv>()
    .get('/', (c) => servePage(c, assets, 'verify', HEADERS))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'verify'))

/** Pages of the back office. They act by requests to `/operator`, so no form is ever submitted. */
export const deskPage = (assets: Fetcher) =>
  new Hono<AppEnv>()
    .get('/', (c) => servePage(c, assets, 'desk', { ...HEADERS, 'Cache-Control': 'no-store' }))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'desk'))

export const pricesPage = (assets: Fetcher) =>
  new Hono<AppEnv>()
    .get('/', (c) => servePage(c, assets, 'prices', HEADERS))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'prices'))

export const accountPages = (assets: Fetcher) =>
  new Hono<AppEnv>()
    .get('/:page{forgot|reset|verify|change|undo}', (c) => servePage(c, assets, 'account', HEADERS))
    .get(`/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'account'))
