import type { AppContext } from './router'

/** Sets the `Link` header to the next page if there is one. */
export function linkNext(c: AppContext, nextCursor: string | undefined): void {
  if (nextCursor === undefined) return
  const url = new URL(c.req.url)
  url.searchParams.set('cursor', nextCursor)
  c.header('Link', `<${url.pathname}${url.search}>; rel="next"`)
}

/** Sets `Wallet-Position`, so that a client or a test can order responses. */
export function showRevision(c: AppContext, { revision }: { readonly revision?: number }): void {
  if (revision !== undefined) c.header('Wallet-Position', String(revision))
}

/** Header of a response that repeats the first one under the same idempotency key. */
export const IDEMPOTENT_REPLAYED = 'Idempotent-Replayed'
