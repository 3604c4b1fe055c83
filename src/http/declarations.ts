/** Helpers with which routes declare their bodies, responses, problems and access in the API document. */
import type { z } from '@hono/zod-openapi'
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

/** Problems of a route that has no body and receives one. */
export const UNREAD_BODY_PROBLEMS = [
  'validation_failed',
  'payload_too_large',
] as const satisfies readonly ProblemCode[]

/** Declares the problem responses of a route, by the problems' codes. */
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
  /** Values that differ from the examples of the fields. */
  readonly example?: Partial<z.output<T>>
  /** Headers beside those of every response. */
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

/** A JSON body that must be there. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})

export const bearer = [{ bearerAuth: [] }]

/** Access without a token. */
export const publicAccess = [{}]
