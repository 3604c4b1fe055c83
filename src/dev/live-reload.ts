/** Allows the inline script that `wrangler dev --live-reload` appends to each page. */
import type { MiddlewareHandler } from 'hono'

/** SHA-256 of that script. A test compares it with the installed wrangler. */
export const SCRIPT_HASH = 'g5a3SrOYIecCloZ8S7M4xdT1pbYi6e7mjHrmwphRxfE='

export function withLiveReload(policy: string): string {
  const scripted = policy.replace("script-src 'self'", `$& 'sha256-${SCRIPT_HASH}'`)
  return scripted.includes('connect-src') ? scripted : `${scripted}; connect-src 'self'`
}

export const allowLiveReload: MiddlewareHandler = async (c, next) => {
  await next()
  const policy = c.res.headers.get('Content-Security-Policy')
  if (policy && c.res.headers.get('Content-Type')?.startsWith('text/html'))
    c.header('Content-Security-Policy', withLiveReload(policy))
}
