/** Problems (RFC 9457) as errors, and as a union that `code` discriminates. */
import { PROBLEM_STATUSES, type ProblemCode } from './problem-codes.ts'
import { retryAfterMs } from './retry.ts'
import type { components } from './schema.ts'

/** Body of a failed response. Its `code` may be newer than this package. */
export type Problem = components['schemas']['Problem']
type Extensions = 'errors' | 'violated-policies' | 'failing'

/** Members that only problems with these codes have. */
interface ExtensionsOf {
  readonly validation_failed: Required<Pick<Problem, 'errors'>>
  readonly rate_limited: Pick<Problem, 'violated-policies'>
  readonly not_ready: Pick<Problem, 'failing'>
}

type ProblemWith<Code extends ProblemCode> = Omit<Problem, 'code' | 'status' | Extensions> & {
  readonly code: Code
  readonly status: (typeof PROBLEM_STATUSES)[Code]
} & (Code extends keyof ExtensionsOf ? ExtensionsOf[Code] : unknown)

/** A problem with a code of this release. */
export type KnownProblem = { [Code in ProblemCode]: ProblemWith<Code> }[ProblemCode]

/** The body may be of a proxy, and therefore anything. */
function readProblem(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { code, detail } = body as Partial<Problem>
  return typeof code === 'string' && typeof detail === 'string' ? (body as Problem) : undefined
}

const isKnown = (problem: Problem): problem is Problem & KnownProblem =>
  Object.hasOwn(PROBLEM_STATUSES, problem.code) &&
  PROBLEM_STATUSES[problem.code as ProblemCode] === problem.status &&
  (problem.code !== 'validation_failed' || Array.isArray(problem.errors))

/** The response of a request that failed. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** Seconds after which the request may be sent again. */
  readonly retryAfterSeconds: number | undefined
  /** The body, if it was a problem. */
  readonly problem: Problem | undefined

  /** @param body of the response, as it was parsed */
  constructor(response: Response, body: unknown) {
    const problem = readProblem(body)
    super(problem?.detail ?? `The request failed with status ${response.status}.`, { cause: body })
    this.status = response.status
    this.problem = problem
    const afterMs = retryAfterMs(response)
    this.retryAfterSeconds = afterMs === undefined ? undefined : Math.ceil(afterMs / 1000)
  }
}

/** @returns the problem of an `ApiError`, or `undefined` if its code is newer or the error is another one */
export function knownProblem(error: unknown): KnownProblem | undefined {
  if (!(error instanceof ApiError) || !error.problem) return undefined
  return isKnown(error.problem) ? error.problem : undefined
}
