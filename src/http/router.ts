/** The router that all features use; it turns validation failures and errors into problems. */
import { OpenAPIHono, type z } from '@hono/zod-openapi'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { RequestIdVariables } from 'hono/request-id'
import { logError } from '../common/log'
import type { Caller } from '../common/tokens/access-token'
import type { FieldError } from './problem-schema'
import { createProblem, type ProblemCode, PROBLEMS } from './problems'

export interface AppEnv {
  Variables: RequestIdVariables & {
    caller: Caller
    /** API key that sent the request; absent for a session, which has every scope. */
    key?: { readonly uuid: string; readonly scopes: readonly string[] }
    /** Whether the caller's wallets are frozen, if the session was read. */
    isFrozen?: boolean
    /** Problem code of the response, for the log. */
    problem?: ProblemCode
    /** Reason why reading the body fails. */
    unreadable?: 'unsupported_media_type' | 'malformed_json'
  }
}

export type AppContext = Context<AppEnv>

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function fieldErrors(error: z.ZodError): FieldError[] {
  const errors = error.issues.flatMap((issue) => {
    const at = (path: readonly PropertyKey[], message: string) => ({
      pointer: pointerOf(path).slice(0, 1000),
      message: message.slice(0, 1000),
    })
    if (issue.code !== 'unrecognized_keys') return [at(issue.path, issue.message)]
    return issue.keys.map((key) => at([...issue.path, key], 'is not a known field'))
  })
  return errors.slice(0, 100)
}

/** Hono parses these as JSON too, but the API document allows `application/json` only. */
const OTHER_JSON = /^application\/[\w.-]+\+json\s*(;|$)/i

export const createRouter = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (result.target === 'json' && OTHER_JSON.test(c.req.header('Content-Type') ?? ''))
        throw new HTTPException(415)
      if (result.success) return undefined
      const errors = fieldErrors(result.error)
      const detail = errors.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ')
      return createProblem(c, 'validation_failed', detail.slice(0, 1000), { members: { errors } })
    },
  })

const MEDIA_TYPE_DETAIL =
  'Send the body as application/json, in UTF-8 and without Content-Encoding.'
const UTF8_DETAIL = 'The body contains bytes that are not UTF-8. Send valid JSON in UTF-8.'

/** Turns Hono's own errors into problems, and any other error into a 500 that reveals nothing. */
export function onError(error: Error, c: AppContext): Response {
  if (error instanceof HTTPException) {
    const unreadable = c.get('unreadable')
    if (error.status === 415 || unreadable === 'unsupported_media_type')
      return createProblem(c, 'unsupported_media_type', MEDIA_TYPE_DETAIL)
    if (error.status === 400)
      return createProblem(
        c,
        'malformed_json',
        unreadable ? UTF8_DETAIL : 'The body must be valid JSON.',
      )
  }
  logError('unexpected_error', error)
  return createProblem(
    c,
    'internal_error',
    'The service logged the cause under this request ID. Retry later, or contact support.',
  )
}

/** Serves the URIs that problems have as their `type`. */
export const problemRoutes = () =>
  new Hono<AppEnv>().get('/problems/:code', (c) => {
    const code = c.req.param('code')
    if (!Object.hasOwn(PROBLEMS, code)) return c.notFound()
    c.header('Vary', 'Accept')
    /** Browsers get the section of the guide, with the cause and the remedy. */
    if (c.req.header('Accept')?.includes('text/html')) return c.redirect(`/guides/errors#${code}`)
    return c.json({ code, ...PROBLEMS[code as ProblemCode] })
  })
