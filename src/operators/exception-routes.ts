/** Operators' routes to list, take, resolve and reopen exceptions. */
import { createRoute, z } from '@hono/zod-openapi'
import { kobo, toNairaNumber } from '../common/money'
import { EXCEPTION_ACTIONS, EXCEPTION_STATES } from '../exceptions/exception'
import { changeException, type ExceptionDeps, listExceptions } from '../exceptions/service'
import { jsonBody, jsonContent } from '../http/declarations'
import { toTime } from '../http/fields'
import { createProblem, problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { NOTHING_FOUND } from './lookup'
import { allow, operatorOf } from './access/guard'
import { reasonLine, subjectField } from './schemas'

type Listed = Extract<Awaited<ReturnType<typeof changeException>>, { ok: true }>['value']

const query = z.object({
  state: z.enum(EXCEPTION_STATES, 'must be open, taken or resolved').default('open'),
  kind: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(1000).optional(),
})

const list = createRoute({
  hide: true,
  method: 'get',
  path: '/operator/exceptions',
  middleware: allow('exceptions.read'),
  request: { query },
  responses: { 200: jsonContent(z.unknown(), 'Page of exceptions.') },
})

const body = z
  .strictObject({
    action: z.enum(EXCEPTION_ACTIONS, 'must be take, resolve or reopen'),
    kind: subjectField,
    subject: subjectField,
    resolution: reasonLine.optional(),
    note: reasonLine.optional(),
  })
  .refine(({ action, resolution }) => (action === 'resolve') === (resolution !== undefined), {
    path: ['resolution'],
    message: 'is required to resolve, and not allowed otherwise',
  })

const act = createRoute({
  hide: true,
  method: 'post',
  path: '/operator/exceptions',
  middleware: allow('exceptions.act'),
  request: { body: jsonBody(body) },
  responses: { 200: jsonContent(z.unknown(), 'Changed exception.') },
})

const present = (row: Listed) => ({
  kind: row.kind,
  subject: row.subject,
  amount: row.amountKobo === null ? null : toNairaNumber(kobo(row.amountKobo)),
  state: row.state,
  owner: row.owner,
  note: row.note,
  resolution: row.resolution,
  count: row.count,
  noted_at: toTime(row.firstAtMs),
  last_noted_at: toTime(row.lastAtMs),
})

export const exceptionRoutes = (deps: ExceptionDeps) =>
  createRouter()
    .openapi(list, async (c) => {
      const page = await listExceptions(deps, c.req.valid('query'))
      if (!page.ok) return problemResponse(c, page.refusal)
      const { items, nextCursor } = page.value
      return c.json({ exceptions: items.map(present), next: nextCursor ?? null }, 200)
    })
    .openapi(act, async (c) => {
      const { action, kind, subject, resolution, note } = c.req.valid('json')
      const operator = operatorOf(c).uuid
      const asked = { action, operator, resolution, note }
      const changed = await changeException(deps, { kind, subject }, asked)
      if (changed.ok) return c.json(present(changed.value), 200)
      return changed.refusal.code === 'not_found'
        ? (createProblem(c, 'not_found', NOTHING_FOUND) as never)
        : problemResponse(c, changed.refusal)
    })
