/** Input and response of routes that serve both forms and programs. */
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** A form is redirected to the page; a program receives the result. */
const ANSWERS = {
  header: 'Accept' as const,
  supports: ['text/html', 'application/json'],
  default: 'text/html',
}

export const respond = (c: Context, result: object): Response =>
  accepts(c, ANSWERS) === 'application/json' ? c.json(result) : c.redirect('/simulator', 303)

/** Reads JSON or a form. Returns `undefined` for anything else. */
export const readInput = (c: Context): Promise<unknown> =>
  (c.req.header('Content-Type') ?? '').includes('json')
    ? c.req.json().catch(() => undefined)
    : c.req.parseBody()
