/** Cursor pagination: an opaque cursor encodes the position of a page's last item. */
import { base64url } from 'jose'
import type { z } from 'zod'
import { ok, refuse, type Result } from '../common/result'

const encodeCursor = (position: readonly (string | number)[]): string =>
  base64url.encode(JSON.stringify(position))

/**
 * Decodes a cursor.
 * @returns the position, or `undefined` if there is no cursor; refuses `invalid_cursor`
 */
export function readCursor<T extends z.ZodType>(
  schema: T,
  cursor: string | undefined,
): Result<z.infer<T> | undefined> {
  if (cursor === undefined) return ok(undefined)
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
      base64url.decode(cursor),
    )
    const position = schema.safeParse(JSON.parse(text))
    return position.success ? ok(position.data) : refuse({ code: 'invalid_cursor' })
  } catch {
    return refuse({ code: 'invalid_cursor' })
  }
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | undefined
}

/** @param found up to `limit` + 1 items: the extra one shows that there is a next page */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  positionOf: (item: T) => (string | number)[],
): Page<T> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = found.length > limit && last ? encodeCursor(positionOf(last)) : undefined
  return { items, nextCursor }
}
