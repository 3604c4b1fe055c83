/** Lists in pages: a page names the position of its last item, in an opaque cursor. */
import { base64url } from 'jose'
import type { z } from 'zod'

export const encodeCursor = (position: readonly (string | number)[]): string =>
  base64url.encode(JSON.stringify(position))

/** @returns the position that `encodeCursor` was given, or `undefined` if it is not such a one */
export function decodeCursor<T extends z.ZodType>(
  schema: T,
  cursor: string,
): z.infer<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(base64url.decode(cursor)))).data
  } catch {
    return undefined
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
