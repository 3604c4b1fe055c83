/** Lets only requests with a valid access token through, and says whose they are. */
import type { MiddlewareHandler } from 'hono'
import type { Tokens } from './access-token'
import { type AppEnv, problem } from './http'

export interface GuardDeps {
  readonly tokens: Tokens
  readonly now: () => number
}

/** Guards the routes it is mounted on: 401 with `WWW-Authenticate` (RFC 6750 section 3) or on. */
export const guard =
  ({ tokens, now }: GuardDeps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const [, token = ''] = /^Bearer +([^\s]+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
    const verified = await tokens.verify('access', token, now())
    if (!verified.ok)
      return problem(
        c,
        'unauthenticated',
        'Send Authorization: Bearer <access_token>, from POST /auth/login.',
      )
    c.set('userUuid', verified.value.userUuid)
    c.set('sessionUuid', verified.value.sessionUuid)
    return next()
  }
