/** Rejects deeply nested JSON before any recursive code processes it. */
import type { MiddlewareHandler } from 'hono'
import { createProblem } from '../problems'
import type { AppEnv } from '../router'

const MAX_DEPTH = 16

/** Greatest nesting depth of brackets outside strings. */
export function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let index = 0; index < json.length; index++) {
    const char = json[index]
    if (isInString) {
      if (char === '\\') index += 1
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth)
    else if (char === ']' || char === '}') depth -= 1
  }
  return deepest
}

export const limitDepth: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.method === 'GET') return next()
  const isJson = /[/+]json\b/i.test(c.req.header('Content-Type') ?? '')
  if (!isJson || c.get('unreadable') || c.req.path.startsWith('/webhooks/')) return next()
  if (depthOf(await c.req.text()) <= MAX_DEPTH) return next()
  return createProblem(
    c,
    'validation_failed',
    `The body must not be nested more than ${MAX_DEPTH} levels deep.`,
  )
}
