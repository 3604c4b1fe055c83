/** Input and response of routes that serve both forms and programs. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { parseJson } from '../../common/text/json'
import { type FaultUser, faultUserOf } from './faults'

/** A form is redirected to a page; a program, which accepts anything or JSON, receives the result. */
export const respond = (c: Context, result: object, page = '/simulator'): Response =>
  (c.req.header('Accept') ?? 'text/html').includes('text/html')
    ? c.redirect(page, 303)
    : c.json(result)

export const isJson = (c: Context): boolean => (c.req.header('Content-Type') ?? '').includes('json')

/** Reads JSON or a form. @throws a 400 for JSON that cannot be read, which must not count as an empty input */
export const readInput = async (c: Context): Promise<unknown> => {
  if (!isJson(c)) return c.req.parseBody()
  const text = await c.req.text()
  const input = text === '' ? {} : parseJson(text)
  if (input === undefined) throw badInput('The body must be JSON.')
  return input
}

const badInput = (message: string) =>
  new HTTPException(400, { res: new Response(message, { status: 400 }) })

const named = z.object({ user: z.string().max(254).nullish() })

/**
 * User that a setting is for, from the query or the body. `null` is everyone.
 * @throws a 400 for a user that is no text, so that a mistake does not concern everyone
 */
export function userOf(c: Context, input: unknown = {}): FaultUser {
  const given = named.safeParse({
    user: c.req.query('user') ?? (input as { user?: unknown })?.user,
  })
  if (!given.success)
    throw badInput('The user must be an e-mail address of at most 254 characters.')
  return faultUserOf(given.data.user)
}
