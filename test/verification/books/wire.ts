/** Sends a request over loopback. Its result is a response, or unknown. */
import type { Json } from './records.ts'

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: object
  readonly key?: string
  /** Token of a confirmation of the user's identity. */
  readonly confirmation?: string
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly body: Json | readonly Json[]
  readonly position: number | undefined
  readonly replayed: boolean
  /** Path of the list's next page. */
  readonly next: string | undefined
}

/** `undefined` without a complete response: the request took effect, did not, or still will. */
export type Reply = Answer | undefined

const PATIENCE_MS = 30_000

export async function ask(
  url: string,
  authorization: string,
  { method, path, body, key, confirmation, timeoutMs = PATIENCE_MS }: Ask,
): Promise<Reply> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: authorization,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(key && { 'Idempotency-Key': key }),
        ...(confirmation && { Confirmation: confirmation }),
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

/** Body of a response with a single object. */
export const bodyOf = ({ body }: Answer): Json => (Array.isArray(body) ? {} : (body as Json))

export const listOf = ({ body }: Answer): readonly Json[] =>
  Array.isArray(body) ? (body as readonly Json[]) : []

/** Code of the problem. */
export function codeOf(answer: Answer): string {
  const { code } = bodyOf(answer) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
