/** Serves the pages that `scripts/build-pages.ts` puts among the assets, each with its own files beside it. */
import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'

/** Names that a build gives its files. A slash, encoded or not, is not part of one. */
export const FILE_NAME = ':name{[\\w-]+(?:\\.\\w+)+}'

const IMMUTABLE = 'public, max-age=31536000, immutable'

/** @throws where the pages were not built */
export async function readAsset(c: Context, assets: Fetcher, path: string): Promise<string> {
  const asset = await assets.fetch(new URL(path, c.req.url).href)
  if (!asset.ok) throw new Error(`The asset ${path} is missing. Run \`npm run build\`.`)
  return asset.text()
}

/** @param policy the page's Content-Security-Policy */
export async function servePage(c: Context, assets: Fetcher, page: string, policy: string) {
  const text = await readAsset(c, assets, `/${page}/index.html`)
  return c.html(text, 200, { 'Content-Security-Policy': policy })
}

/** A file of a page. Its name contains a hash of its content, so it never changes. */
export async function serveFile(c: Context, assets: Fetcher, page: string) {
  const name = c.req.param('name')
  const url = new URL(`/${page}/assets/${name}`, c.req.url)
  const asset = await assets.fetch(new Request(url, c.req.raw))
  if (asset.status === 404) return c.notFound()
  const headers = { ...Object.fromEntries(asset.headers), 'Cache-Control': IMMUTABLE }
  return c.newResponse(asset.body, asset.status as StatusCode, headers)
}
