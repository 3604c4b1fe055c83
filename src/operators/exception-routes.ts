/** Operators' routes to list, take, note, resolve and reopen exceptions. */
import { createRoute, z } from '@hono/zod-openapi'
import { kobo, toNairaNumber } from '../common/money'
import { EXCEPTION_ACTIONS, EXCEPTION_STATES } from '../exceptions/exception'
import { changeException, type ExceptionDeps, listExceptions } from '../exceptions/service'
import { jsonBody } from '../http/declarations'
import { createProblem, problemResponse } from '../http/problems'
import { createRouter } from '../http/router'
import { NOTHING_FOUND } from './customers/lookup'
import { operatorOf } from './access/guard'
import { operatorRoute } from './access/operator-route'
import { nameIn, type Names, type NamesDeps, namesOf } from './access/names'
import type { ExceptionBody } from './desk-types'
import { type LogDeps, perform } from './log/record'
import { reasonLine, subjectField } from './schemas'
import { toTime } from '../common/text/time'

type Listed = Extract<Awaited<ReturnType<typeof changeException>>, { ok: true }>['value']

const query = z.object({
  state: z.enum(EXCEPTION_STATES, 'must be open, taken or resolved').default('open'),
  kind: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(1000).optional(),
})

const list = createRoute({
  ...operatorRoute('get', '/operator/exceptions', 'exceptions.read', 'Page of exceptions.'),
  request: { query },
})

const body = z
  .strictObject({
    action: z.enum(EXCEPTION_ACTIONS, 'must be take, note, resolve or reopen'),
    kind: subjectField,
    subject: subjectField,
    resolution: reasonLine.optional(),
    note: reasonLine.optional(),
  })
  .refine(({ action, resolution }) => (action === 'resolve') === (resolution !== undefined), {
    path: ['resolution'],
    message: 'is required to resolve, and not allowed otherwise',
  })
  .refine(({ action, note }) => action !== 'note' || note !== undefined, {
    path: ['note'],
    message: 'is required',
  })

const act = createRoute({
  ...operatorRoute('post', '/operator/exceptions', 'exceptions.act', 'Changed exception.'),
  request: { body: jsonBody(body) },
})

const present = (row: Listed, names: Names): ExceptionBody => ({
  kind: row.kind,
  subject: row.subject,
  amount: row.amountKobo === null ? null : toNairaNumber(kobo(row.amountKobo)),
  state: row.state,
  owner: row.owner,
  owner_name: row.owner && nameIn(names, row.owner),
  note: row.note,
  resolution: row.resolution,
  count: row.count,
  noted_at: toTime(row.firstAtMs),
  last_noted_at: toTime(row.lastAtMs),
})

export interface ExceptionRouteDeps extends ExceptionDeps, LogDeps, NamesDeps {}

export function exceptionRoutes(deps: ExceptionRouteDeps) {
  const ownersOf = (rows: readonly Listed[]) =>
    namesOf(
      deps,
      rows.map(({ owner }) => owner),
    )
  return createRouter()
    .openapi(list, async (c) => {
      const page = await listExceptions(deps, c.req.valid('query'))
      if (!page.ok) return problemResponse(c, page.refusal)
      const { items, nextCursor } = page.value
      const names = await ownersOf(items)
      const exceptions = items.map((row) => present(row, names))
      return c.json({ exceptions, next: nextCursor ?? null }, 200)
    })
    .openapi(act, async (c) => {
      const { action, kind, subject, resolution, note } = c.req.valid('json')
      const { uuid: operator, name } = operatorOf(c)
      const recorded = {
        action: `exception_${PAST[action]}`,
        subject,
        reason: resolution ?? note,
        before: { kind },
      }
      const change = { action, operator, name, resolution, note }
      const changed = await perform(
        deps,
        operatorOf(c),
        recorded,
        () => changeException(deps, { kind, subject }, change),
        ({ state }) => ({ state }),
      )
      if (changed.ok) return c.json(present(changed.value, await ownersOf([changed.value])), 200)
      return changed.refusal.code === 'not_found'
        ? (createProblem(c, 'not_found', NOTHING_FOUND) as never)
        : problemResponse(c, changed.refusal)
    })
}

const PAST = { take: 'taken', note: 'noted', resolve: 'resolved', reopen: 'reopened' } as const
