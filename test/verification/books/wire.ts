/** One request over loopback, and what came of it: an answer, or nobody knows. */
import type { Json } from './records.ts'

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: object
  readonly key?: string
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly body: Json | readonly Json[]
  readonly position: number | undefined
  readonly replayed: boolean
  /** The path of the list's next page. */
  readonly next: string | undefined
}

/** `undefined` if no whole answer came: the request was done, or not, or will be. */
export type Reply = Answer | undefined

const PATIENCE_MS = 30_000

export async function ask(
  url: string,
  authorization: string,
  { method, path, body, key, timeoutMs = PATIENCE_MS }: Ask,
): Promise<Reply> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: authorization,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(key && { 'Idempotency-Key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answered: Json | readonly Json[] = await response.json()
    const position = response.headers.get('Wallet-Position')
    return {
      status: response.status,
      body: answered,
      position: position === null ? undefined : Number(position),
      replayed: response.headers.get('Idempotent-Replayed') === 'true',
      next: /<([^>]*)>; *rel="next"/.exec(response.headers.get('Link') ?? '')?.[1],
    }
  } catch {
    return undefined
  }
}

/** The one thing that an answer shows. */
export const bodyOf = ({ body }: Answer): Json => (Array.isArray(body) ? {} : (body as Json))

export const listOf = ({ body }: Answer): readonly Json[] =>
  Array.isArray(body) ? (body as readonly Json[]) : []

/** The word for what was refused. */
export function codeOf(answer: Answer): string {
  const { code } = bodyOf(answer) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
