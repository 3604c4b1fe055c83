/** What routes declare in the API document: bodies, problems and who may use them. */
import type { z } from '@hono/zod-openapi'
import { type HeaderName, headerRefs } from './documented-headers'
import { problemSchema } from './problem-schema'
import { type ProblemCode, PROBLEMS } from './problems'

/** What a route with a JSON body may refuse it for. */
export const BODY_PROBLEMS = [
  'validation_failed',
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
] as const satisfies readonly ProblemCode[]

/** What a route without a body may refuse one for that comes all the same. */
export const UNREAD_BODY_PROBLEMS = [
  'validation_failed',
  'payload_too_large',
] as const satisfies readonly ProblemCode[]

/** Declares the problems that a route may answer, by their codes. */
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
  /** What is otherwise in this answer than in its fields' own examples. */
  readonly example?: Partial<z.output<T>>
  /** Beside those that every answer has. */
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

/** For whoever asks. */
export const publicAccess = [{}]
