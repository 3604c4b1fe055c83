/**
 * One JSON object a line. What may be logged is the list of fields below: no body, no e-mail, no
 * address, no token. A text that comes from elsewhere (an error's message) is cleaned of what looks
 * like a secret or a phone number. What is logged for a request names it, in the objects too.
 */

import { AsyncLocalStorage } from 'node:async_hooks'

/** All that a line may say. */
export interface LogFields {
  readonly request_id?: string | undefined
  readonly method?: string
  /** The route's pattern, never the path that was asked for. */
  readonly route?: string
  readonly status?: number
  readonly duration_ms?: number
  /** A problem's code. */
  readonly code?: string | undefined
  readonly reason?: string
  readonly user?: string | undefined
  readonly session?: string
  readonly wallet?: string
  readonly payment?: string | null
  readonly reference?: string
  readonly policy?: string
  /** The beginning of a hash of whom a limit counts, and of an account that is guessed at. */
  readonly subject?: string
  readonly account?: string
  readonly kind?: string
  /** Whether a lookup found its subject. */
  readonly found?: boolean
  readonly step?: string
  /** Of the service, as `/ready` names it. */
  readonly part?: string
  /** The name of a variable, and the name of the setting that it resembles. */
  readonly setting?: string
  readonly nearest?: string
  readonly bytes?: number
  readonly asked?: number
  /** On a page of the audit. */
  readonly users?: number
  readonly left?: number
  readonly rows?: number
}

/** What must not be read in a log, and what is read in its place. */
const REDACTED: readonly [pattern: RegExp, by: string][] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/[^\s"'<>@]+@[^\s"'<>@]+\.[a-z]{2,}/gi, '[e-mail]'],
  [/(?<![\w.-])(\+?\d{3})\d{4,}(\d{2})(?![\w.-])/g, '$1•••$2'],
]

/** A text of any length is cleaned in the time that this one takes. */
const MAX_TEXT_LENGTH = 4000

const redact = (text: string): string =>
  REDACTED.reduce(
    (cleaned, [pattern, by]) => cleaned.replaceAll(pattern, by),
    text.slice(0, MAX_TEXT_LENGTH),
  )

const context = new AsyncLocalStorage<LogFields>()

/** Whatever is logged meanwhile says these fields too. */
export const logWith = <T>(fields: LogFields, run: () => T): T =>
  context.run({ ...context.getStore(), ...fields }, run)

/** The request that is being worked on, for an object to name in its own log. */
export const currentRequestId = (): string | undefined => context.getStore()?.request_id

export function logEvent(event: string, fields: LogFields): void {
  console.log(JSON.stringify({ event, ...context.getStore(), ...fields }))
}

export function logWarning(event: string, fields: LogFields & { readonly message: string }): void {
  console.warn(JSON.stringify({ event, ...context.getStore(), ...fields }))
}

/** Names the error and its first cause; drizzle's own message would carry the query's parameters. */
export function logError(event: string, error: unknown, fields: LogFields = {}): void {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const stack = cause instanceof Error && cause.stack ? redact(cause.stack) : undefined
  const said = { event, ...context.getStore(), ...fields, message: redact(message), stack }
  console.error(JSON.stringify(said))
}
