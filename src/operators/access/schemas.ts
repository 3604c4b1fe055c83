/** Request fields and responses that routes of operators' accounts share. */
import { z } from '@hono/zod-openapi'
import { setCookie } from 'hono/cookie'
import type { AppContext } from '../../http/router'
import type { OperatorBody, SessionBody } from '../desk-types'
import { SESSION_COOKIE } from './guard'
import type { Begun } from './log-in/new-session'
import { type Permission, permissionsOf } from './permissions'
import { toTime } from '../../common/text/time'

type Named = Pick<OperatorBody, 'uuid' | 'name' | 'email' | 'role'>

export const presentOperator = ({ uuid, name, email, role }: Named): OperatorBody => ({
  uuid,
  name,
  email,
  role,
})

export const presentSession = (
  operator: Named & { readonly permissions: readonly Permission[] },
  expiresAtMs: number | null,
): SessionBody => ({
  operator: { ...presentOperator(operator), permissions: operator.permissions },
  expires_at: expiresAtMs === null ? null : toTime(expiresAtMs),
})

/** Receiver of a new session's token: the browser's cookie, or the body for the command line. */
export const asField = z.enum(['cookie', 'token'], 'must be cookie or token').default('cookie')

export function sendSession(
  c: AppContext,
  { operator, session, token }: Begun,
  as: z.infer<typeof asField>,
) {
  const permissions = permissionsOf(operator.role, 'session')
  const body = presentSession({ ...operator, permissions }, session.expiresAtMs)
  if (as === 'token') return c.json({ ...body, token }, 200)
  setCookie(c, SESSION_COOKIE, token, {
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
    path: '/',
    expires: new Date(session.expiresAtMs),
  })
  return c.json(body, 200)
}
