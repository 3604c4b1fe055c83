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

/** One link, and its parameters. */
const LINK = /<([^<>]*)>([^<]*)/g
const REL = /;\s*rel\s*=\s*"?([^";,]*)/i

/** Parameter of the link to the next page (RFC 8288), or `undefined` without such a link. */
export function nextParameter({ headers, url }: Response, name: string): string | undefined {
  for (const [, target = '', parameters = ''] of (headers.get('Link') ?? '').matchAll(LINK)) {
    const [, relations = ''] = REL.exec(parameters) ?? []
    if (!relations.toLowerCase().split(/\s+/).includes('next')) continue
    const next = URL.parse(target, url || 'http://localhost')
    return next?.searchParams.get(name) ?? undefined
  }
  return undefined
}

/** Cursor of the next page, or `undefined` after the last one. */
export const nextCursor = (response: Response): string | undefined =>
  nextParameter(response, 'cursor')

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
    if (cursor !== undefined && seen.has(cursor)) throw new Error('The list repeats a page.')
    if (cursor !== undefined) seen.add(cursor)
  } while (cursor !== undefined)
}
