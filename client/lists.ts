/** Lists of the API as async iterators, page after page. */
import type { ApiClient } from './client.ts'
import { bodyOf } from './client.ts'
import type { paths } from './schema.ts'

interface ListOf<Item> {
  readonly get: {
    readonly responses: { readonly 200: { readonly content: { 'application/json': Item[] } } }
  }
}

/** Routes whose response is a page of a list. */
export type ListPath = {
  [Path in keyof paths]: paths[Path] extends ListOf<unknown>
    ? 'cursor' extends keyof NonNullable<paths[Path]['get']['parameters']['query']>
      ? Path
      : never
    : never
}[keyof paths]

export type ItemOf<Path extends ListPath> = paths[Path] extends ListOf<infer Item> ? Item : never

/** Parameters of a list, without the cursor. */
export type ListParameters<Path extends ListPath> = Omit<
  paths[Path]['get']['parameters'],
  'query' | 'header' | 'cookie'
> & { readonly query?: Omit<NonNullable<paths[Path]['get']['parameters']['query']>, 'cursor'> }

/** Cursor of the next page (RFC 8288), or `undefined` after the last one. */
export function nextCursor({ headers, url }: Response): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(headers.get('Link') ?? '')?.[1]
  if (target === undefined) return undefined
  return new URL(target, url || 'http://localhost').searchParams.get('cursor') ?? undefined
}

interface Page {
  readonly data?: unknown[]
  readonly response: Response
}

/**
 * Reads a list to its end, a page at a time and only as far as the loop goes. A failed request throws an
 * `ApiError`.
 *
 * ```ts
 * for await (const call of listAll(client, '/calls', { query: { limit: 100 } })) console.log(call.uuid)
 * ```
 */
export async function* listAll<Path extends ListPath>(
  client: ApiClient,
  path: Path,
  ...[parameters]: 'path' extends keyof paths[Path]['get']['parameters']
    ? undefined extends paths[Path]['get']['parameters']['path']
      ? [ListParameters<Path>?]
      : [ListParameters<Path>]
    : [ListParameters<Path>?]
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  const get = client.GET as (path: string, options: object) => Promise<Page>
  const seen = new Set<string>()
  let cursor: string | undefined
  do {
    const query = { ...parameters?.query, ...(cursor === undefined ? {} : { cursor }) }
    const page = get(path, { params: { ...parameters, query } })
    yield* (await bodyOf(page)) as ItemOf<Path>[]
    cursor = nextCursor((await page).response)
    if (cursor !== undefined && seen.has(cursor)) return
    if (cursor !== undefined) seen.add(cursor)
  } while (cursor !== undefined)
}
