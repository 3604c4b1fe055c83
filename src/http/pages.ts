/** Serves the pages that `scripts/build-pages.ts` writes to the assets. */
import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'

/** Route pattern of a built file's name. It matches no slash, encoded or not. */
export const FILE_NAME = ':name{[\\w-]+(?:\\.\\w+)+}'

const IMMUTABLE = 'public, max-age=31536000, immutable'

/** @throws if the pages were not built */
export async function readAsset(c: Context, assets: Fetcher, path: string): Promise<string> {
  const asset = await assets.fetch(new URL(path, c.req.url).href)
  if (!asset.ok) throw new Error(`The asset ${path} is missing. Run \`npm run build\`.`)
  return asset.text()
}

/** @param headers of the page, among them its Content-Security-Policy */
export async function servePage(
  c: Context,
  assets: Fetcher,
  page: string,
  headers: Record<'Content-Security-Policy', string> & Record<string, string>,
) {
  const text = await readAsset(c, assets, `/${page}/index.html`)
  return c.html(text, 200, headers)
}

/** Serves a built text, or 404 if there is none of this name. */
export async function serveText(
  c: Context,
  assets: Fetcher,
  path: string,
  headers: Record<string, string>,
) {
  const asset = await assets.fetch(new URL(path, c.req.url).href)
  if (!asset.ok) return c.notFound()
  return c.body(await asset.text(), 200, headers)
}

/** Serves a page's file. Its name contains a hash of its content, so it can be cached forever. */
export async function serveFile(c: Context, assets: Fetcher, page: string) {
  const name = c.req.param('name')
  const url = new URL(`/${page}/assets/${name}`, c.req.url)
  const asset = await assets.fetch(new Request(url, c.req.raw))
  if (asset.status === 404) return c.notFound()
  const headers = { ...Object.fromEntries(asset.headers), 'Cache-Control': IMMUTABLE }
  return c.newResponse(asset.body, asset.status as StatusCode, headers)
}
