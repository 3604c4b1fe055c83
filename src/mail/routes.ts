/** Webhook of the e-mail provider. It is not part of the API: only Resend calls it. */
import { Hono } from 'hono'
import { problemResponse } from '../http/problems'
import type { AppEnv } from '../http/router'
import { type FloodGuardDeps, limitFlood } from '../limits/middleware'
import { type MailEventDeps, receiveMailEvent } from './events'

const PATH = '/webhooks/resend'

export function mailRoutes(deps: MailEventDeps & FloodGuardDeps) {
  const router = new Hono<AppEnv>()
  router.use(PATH, limitFlood(deps))
  router.post(PATH, async (c) => {
    const received = await receiveMailEvent(deps, {
      body: await c.req.text(),
      id: c.req.header('svix-id') ?? '',
      timestamp: c.req.header('svix-timestamp') ?? '',
      signature: c.req.header('svix-signature') ?? '',
    })
    return received.ok ? c.json({ outcome: received.value }) : problemResponse(c, received.refusal)
  })
  return router
}
