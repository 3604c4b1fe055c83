/** Serves the OpenAPI document, the page that displays it, and the guides. */
import { Hono } from 'hono'
import { FILE_NAME, readAsset, serveFile, serveText } from './pages'
import type { AppEnv } from './router'

const MARKDOWN = 'text/markdown; charset=UTF-8'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/** @param hasDemo whether the page offers a demo user, who pays at the simulated gateway */
export function docsRoutes(assets: Fetcher, hasDemo: boolean) {
  let document: string | undefined

  const docs = new Hono<AppEnv>()
  for (const path of ['/openapi.json', '/api-json'])
    docs.get(path, async (c) => {
      document ??= await readAsset(c, assets, '/openapi.json')
      return c.body(document, 200, { 'Content-Type': 'application/json' })
    })
  docs.get('/', (c) => c.redirect('/api'))
  docs.get('/api', async (c) => {
    const page = await readAsset(c, assets, '/api/index.html')
    const marked = hasDemo ? page.replace('<html', '<html data-demo') : page
    return c.html(marked, 200, { 'Content-Security-Policy': POLICY })
  })
  docs.get(`/api/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'api'))
  docs.get('/guides', (c) => c.redirect('/guides/quick-start'))
  docs.get(`/guides/assets/${FILE_NAME}`, (c) => serveFile(c, assets, 'guides'))
  docs.get('/guides/:name{[a-z-]+}', (c) => {
    const name = c.req.param('name')
    /** The template of the guides. */
    if (name === 'index') return c.notFound()
    return serveText(c, assets, `/guides/${name}.html`, {
      'Content-Type': 'text/html; charset=UTF-8',
      'Content-Security-Policy': POLICY,
    })
  })
  docs.get('/guides/:file{[a-z-]+\\.md}', (c) =>
    serveText(c, assets, `/guides/${c.req.param('file')}`, { 'Content-Type': MARKDOWN }),
  )
  docs.get('/llms.txt', (c) => serveText(c, assets, '/llms.txt', { 'Content-Type': MARKDOWN }))
  return docs
}
