/**
 * The log: one JSON object per line. A line has only the fields below, and no body, e-mail address, IP
 * address or token. Text from elsewhere, such as an error's message, is redacted: anything that looks like
 * a secret or a phone number. Each line of a request has its ID, in the objects too.
 */

import { AsyncLocalStorage } from 'node:async_hooks'

export interface LogFields {
  readonly request_id?: string | undefined
  readonly method?: string
  /** Pattern of the route. The path itself is never logged. */
  readonly route?: string
  readonly status?: number
  readonly duration_ms?: number
  /** Code of a problem. */
  readonly code?: string | undefined
  readonly reason?: string
  readonly user?: string | undefined
  readonly session?: string
  /** UUID of an API key. */
  readonly key?: string
  /** UUID of a passkey. */
  readonly passkey?: string
  readonly wallet?: string
  readonly payment?: string | null
  readonly reference?: string
  readonly policy?: string
  /** Prefixes of hashes: the subject of a limit, and an account whose password is guessed. */
  readonly subject?: string
  /** Name of the operator, as given in the command. */
  readonly operator?: string
  readonly account?: string
  readonly kind?: string
  /** Result of a lookup. */
  readonly found?: boolean
  readonly step?: string
  /** Receiver of an outbox row. */
  readonly destination?: string
  /** Owner of a stream of events. */
  readonly stream?: string
  /** Part of the service, as named by `/ready`. */
  readonly part?: string
  /** Name of a variable, and of the setting that it resembles. */
  readonly setting?: string
  readonly nearest?: string
  readonly bytes?: number
  readonly asked?: number
  /** Counts of a page of the audit. */
  readonly users?: number
  readonly left?: number
  readonly rows?: number
}

/** Patterns that must not be logged, and their replacements. */
const REDACTED: readonly [pattern: RegExp, by: string][] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  /** API keys. */
  [/\baik_[\w-]{70}/g, '[key]'],
  /** Tokens of operators. */
  [/\bop[ski]_[\w-]{43}/g, '[token]'],
  [/[^\s"'<>@]+@[^\s"'<>@]+\.[a-z]{2,}/gi, '[e-mail]'],
  [/(?<![\w.-])(\+?\d{3})\d{4,}(\d{2})(?![\w.-])/g, '$1•••$2'],
]

/** Bounds the time to redact a text. */
const MAX_TEXT_LENGTH = 4000

const redact = (text: string): string =>
  REDACTED.reduce(
    (cleaned, [pattern, by]) => cleaned.replaceAll(pattern, by),
    text.slice(0, MAX_TEXT_LENGTH),
  )

const context = new AsyncLocalStorage<LogFields>()

/** Adds fields to every line that is logged while `run` runs. */
export const logWith = <T>(fields: LogFields, run: () => T): T =>
  context.run({ ...context.getStore(), ...fields }, run)

/** ID of the current request, to be passed to objects for their own log lines. */
export const currentRequestId = (): string | undefined => context.getStore()?.request_id

export function logEvent(event: string, fields: LogFields): void {
  console.log(JSON.stringify({ event, ...context.getStore(), ...fields }))
}

export function logWarning(event: string, fields: LogFields & { readonly message: string }): void {
  console.warn(JSON.stringify({ event, ...context.getStore(), ...fields }))
}

/** Logs the error and its first cause. Drizzle's own message would contain the query's parameters. */
export function logError(event: string, error: unknown, fields: LogFields = {}): void {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const stack = cause instanceof Error && cause.stack ? redact(cause.stack) : undefined
  const said = { event, ...context.getStore(), ...fields, message: redact(message), stack }
  console.error(JSON.stringify(said))
}
