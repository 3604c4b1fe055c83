/** Events of `GET /events` as an async iterator, by long polls. */
import { type ApiClient, bodyOf } from './client.ts'
import { nextParameter } from './lists.ts'
import { waitMs } from './signaling/closing.ts'
import { askedMs, isTemporary, pause } from './waiting.ts'
import type { EventType, WebhookEvent } from './webhook-events.ts'

export interface EventsOptions {
  /** Number of the last event that was processed; 0 for all that the service still has. */
  readonly after?: number
  /** Only these types; all if it is left out. */
  readonly types?: readonly EventType[]
  /** Seconds that the service waits for an event, from 0 to 25. */
  readonly waitSeconds?: number
  /** Ends after the newest event, instead of waiting for more. */
  readonly stopsAtEnd?: boolean
  readonly signal?: AbortSignal
  /** Called after each page with the cursor, which also passes events of other types. Store it, and begin there. */
  readonly onCursor?: (after: number) => void | Promise<void>
  readonly random?: () => number
}

interface Page {
  readonly data?: WebhookEvent[]
  readonly response: Response
}

interface Read {
  readonly page: readonly WebhookEvent[] | undefined
  readonly next: number
  readonly error?: unknown
}

const NOTHING: Read = { page: undefined, next: 0 }

const LIMIT = 100
/** Pause after a response without an event, so that an early one does not repeat the request at full speed. */
const IDLE_MS = 250
const MAX_WAIT_SECONDS = 25
/** Time beyond the service's own wait, after which a connection without a response counts as lost. */
const GRACE_MS = 20_000
/** Failures in a row, after which `events` throws: some ten minutes. */
const MAX_FAILURES = 80

const isLost = (error: unknown): boolean =>
  isTemporary(error) || (error instanceof Error && error.name === 'TimeoutError')

/** Cursor after a page. @throws an `Error` if the link is missing or leads back */
function cursorAfter(response: Response, after: number): number {
  const next = Number(nextParameter(response, 'after'))
  if (Number.isSafeInteger(next) && next >= after) return next
  throw new Error('The response has no link to the next events.')
}

/**
 * Events of the caller's stream, oldest first, each with its number in `sequence`. Without `stopsAtEnd` it waits for
 * more, until the loop is left or the signal is aborted. Lost connections are repeated. After a restart, the iterator
 * begins after `after`, so events since the stored cursor arrive again.
 *
 * ```ts
 * for await (const event of events(client, { after })) await process(event)
 * ```
 *
 * @throws ApiError if the request is refused, for example because there is no stream, and after 80 failures in a row
 */
export async function* events(
  client: ApiClient,
  { after = 0, types, signal, stopsAtEnd = false, random = Math.random, ...options }: EventsOptions,
): AsyncGenerator<WebhookEvent, void, undefined> {
  const get = client.GET as (path: string, options: object) => Promise<Page>
  const wait = stopsAtEnd ? 0 : (options.waitSeconds ?? MAX_WAIT_SECONDS)
  const timeLimit = () => AbortSignal.timeout(wait * 1000 + GRACE_MS)

  async function read(): Promise<Read> {
    const query = { after, limit: LIMIT, wait, ...(types && { types: types.join(',') }) }
    const signals = signal ? [signal, timeLimit()] : [timeLimit()]
    const sent = get('/events', { params: { query }, signal: AbortSignal.any(signals) })
    return { page: await bodyOf(sent), next: cursorAfter((await sent).response, after) }
  }

  const isAborted = () => signal?.aborted ?? false
  let failures = 0
  while (!isAborted()) {
    const { page, next, error } = await read().catch((error: unknown) => ({ ...NOTHING, error }))
    if (isAborted()) return
    if (!page) {
      failures += 1
      if (!isLost(error) || failures >= MAX_FAILURES) throw error
      await pause(Math.max(askedMs(error), waitMs(failures - 1, random())), signal)
      continue
    }
    failures = 0
    yield* page
    const isEnd = page.length === 0 && next === after
    after = next
    await options.onCursor?.(after)
    if (isEnd && stopsAtEnd) return
    if (isEnd) await pause(IDLE_MS, signal)
  }
}
