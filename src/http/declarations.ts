/** Helpers for declaring a route's bodies, responses, problems and access in the API document. */
import type { z } from '@hono/zod-openapi'
import type { Scope } from '../keys/scopes'
import { type HeaderName, headerRefs } from './documented-headers'
import { problemSchema } from './problem-schema'
import { type ProblemCode, PROBLEMS } from './problems'

/** Problems of a route with a JSON body. */
export const BODY_PROBLEMS = [
  'validation_failed',
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
] as const satisfies readonly ProblemCode[]

/** Problems of a route that ignores its body. */
export const UNREAD_BODY_PROBLEMS = [
  'validation_failed',
  'payload_too_large',
] as const satisfies readonly ProblemCode[]

/** Declares a route's problem responses. Codes with the same status share one response. */
export function declareProblems(...codes: readonly ProblemCode[]) {
  const all: readonly ProblemCode[] = [...codes, 'internal_error']
  const byStatus = Map.groupBy(all, (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => {
      const description = sameStatus
        .map((code) => `${PROBLEMS[code].title} (\`${code}\`)`)
        .join('; ')
      const examples = Object.fromEntries(
        sameStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
      )
      const content = { 'application/problem+json': { schema: problemSchema, examples } }
      return [status, { description, content }]
    }),
  )
}

interface Described<T extends z.ZodType> {
  /** Values that override the fields' examples. */
  readonly example?: Partial<z.output<T>>
  /** Headers in addition to those of every response. */
  readonly headers?: readonly HeaderName[]
}

export const jsonContent = <T extends z.ZodType>(
  schema: T,
  description: string,
  { example, headers }: Described<T> = {},
) => ({
  description,
  ...(headers && { headers: headerRefs(...headers) }),
  content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
})

/** Declares a required JSON body. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})

export const bearer = [{ bearerAuth: [] }]

/** A session, or an API key with the scope. `guardByScope` enforces it. */
export const bearerOrKey = (scope: Scope) => [{ bearerAuth: [] }, { apiKey: [scope] }]

export const publicAccess = [{}]
