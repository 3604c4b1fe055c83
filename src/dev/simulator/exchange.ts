/** Input and response of routes that serve both forms and programs. */
import type { Context } from 'hono'
import { z } from 'zod'
import { type FaultUser, faultUserOf } from './faults'

/** A form is redirected to a page; a program, which accepts anything or JSON, receives the result. */
export const respond = (c: Context, result: object, page = '/simulator'): Response =>
  (c.req.header('Accept') ?? 'text/html').includes('text/html')
    ? c.redirect(page, 303)
    : c.json(result)

export const isJson = (c: Context): boolean => (c.req.header('Content-Type') ?? '').includes('json')

/** Reads JSON or a form. Returns `undefined` for anything else. */
export const readInput = (c: Context): Promise<unknown> =>
  isJson(c) ? c.req.json().catch(() => undefined) : c.req.parseBody()

const named = z.object({ user: z.string().max(254).nullish() }).catch({})

/** User that a setting is for, from the query or the body. `null` is everyone. */
export const userOf = (c: Context, input?: unknown): FaultUser =>
  faultUserOf(c.req.query('user') ?? named.parse(input).user)
