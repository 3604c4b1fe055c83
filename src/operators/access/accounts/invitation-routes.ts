/** Open routes: the bootstrap, and invitations, which their tokens protect. */
import { createRoute, z } from '@hono/zod-openapi'
import { clientInfoOf } from '../../../auth/client-info'
import { jsonBody, jsonContent } from '../../../http/declarations'
import { problemResponse } from '../../../http/problems'
import { createRouter } from '../../../http/router'
import { limitByClientIp } from '../../../limits/middleware'
import type { LimitDeps } from '../../../limits/service'
import type { BootstrapBody } from '../../desk-types'
import { sendSession } from '../schemas'
import {
  acceptInvitation,
  type AcceptDeps,
  invitationPasskeyOptions,
  readInvitation,
} from './accept'
import { bootstrap, type BootstrapDeps } from './bootstrap'
import { originOf } from './routes'
import {
  acceptBody,
  bootstrapBody,
  invitationTokenBody,
  linkOf,
  presentInvitation,
} from './schemas'
import { toTime } from '../../../common/text/time'

export interface InvitationRouteDeps extends AcceptDeps, BootstrapDeps, LimitDeps {}

const shared = { hide: true, method: 'post' } as const

const start = createRoute({
  ...shared,
  path: '/operator/bootstrap',
  request: { body: jsonBody(bootstrapBody) },
  responses: { 201: jsonContent(z.unknown(), 'Link of the invitation.') },
})

const read = createRoute({
  ...shared,
  path: '/operator/invitations/read',
  request: { body: jsonBody(invitationTokenBody) },
  responses: { 200: jsonContent(z.unknown(), 'Invitation.') },
})

const passkeyOptions = createRoute({
  ...shared,
  path: '/operator/invitations/passkey-options',
  request: { body: jsonBody(invitationTokenBody) },
  responses: { 200: jsonContent(z.unknown(), 'Options of the new passkey.') },
})

const accept = createRoute({
  ...shared,
  path: '/operator/invitations/accept',
  request: { body: jsonBody(acceptBody) },
  responses: { 200: jsonContent(z.unknown(), 'New session.') },
})

export function invitationRoutes(deps: InvitationRouteDeps) {
  const router = createRouter()
  router.post(start.path, limitByClientIp(deps, deps.policies.operatorBootstrap))
  router.post('/operator/invitations/*', limitByClientIp(deps, deps.policies.operatorClientIp))
  return router
    .openapi(start, async (c) => {
      const invited = await bootstrap(deps, c.req.valid('json'))
      if (!invited.ok) return problemResponse(c, invited.refusal)
      const { token, row } = invited.value
      const invitation = linkOf(originOf(c), token)
      const body: BootstrapBody = { invitation, expires_at: toTime(row.expiresAtMs) }
      return c.json(body, 201)
    })
    .openapi(read, async (c) => {
      const found = await readInvitation(deps, c.req.valid('json').token)
      return found.ok
        ? c.json(presentInvitation(found.value, deps.relyingParty !== undefined), 200)
        : problemResponse(c, found.refusal)
    })
    .openapi(passkeyOptions, async (c) => {
      const options = await invitationPasskeyOptions(deps, c.req.valid('json').token)
      return options.ok
        ? c.json({ options: options.value }, 200)
        : problemResponse(c, options.refusal)
    })
    .openapi(accept, async (c) => {
      const { token, as, ...acceptance } = c.req.valid('json')
      const client = clientInfoOf(c.req.header('User-Agent'), c.req.raw.cf)
      const begun = await acceptInvitation(deps, token, acceptance, client)
      return begun.ok ? sendSession(c, begun.value, as) : problemResponse(c, begun.refusal)
    })
}
