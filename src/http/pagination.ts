/** Lists in pages: a page names the position of its last item, in an opaque cursor. */
import { base64url } from 'jose'
import type { z } from 'zod'
import { ok, refuse, type Result } from '../common/result'

const encodeCursor = (position: readonly (string | number)[]): string =>
  base64url.encode(JSON.stringify(position))

/** The position that a cursor names, `undefined` without one. Refuses `invalid_cursor` for any other text. */
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

/** Cuts a page out of one item more than was asked for. */
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
