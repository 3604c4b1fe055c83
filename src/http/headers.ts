/** What an answer says beside its body. */
import type { AppContext } from './router'

/** Names the next page if there is one: `nextCursor` is the position of this page's last item. */
export function linkNext(c: AppContext, nextCursor: string | undefined): void {
  if (nextCursor === undefined) return
  const url = new URL(c.req.url)
  url.searchParams.set('cursor', nextCursor)
  c.header('Link', `<${url.pathname}${url.search}>; rel="next"`)
}

/** Says in which place among all commands on the wallet the answer was given, for whoever checks their order. */
export function showRevision(c: AppContext, { revision }: { readonly revision?: number }): void {
  if (revision !== undefined) c.header('Wallet-Position', String(revision))
}

/** Set on an answer that was given before under the same key. */
export const IDEMPOTENT_REPLAYED = 'Idempotent-Replayed'
