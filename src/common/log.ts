/** One JSON object a line; what is logged is named here or at the call, never a whole body. */

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export function logEvent(event: string, fields: LogFields): void {
  console.log(JSON.stringify({ event, ...fields }))
}

/** Names the error and its first cause; drizzle's own message would carry the query's parameters. */
export function logError(event: string, error: unknown, fields: LogFields = {}): void {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const stack = cause instanceof Error ? cause.stack : undefined
  console.error(JSON.stringify({ event, ...fields, message, stack }))
}
