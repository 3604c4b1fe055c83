/** Writes a JSON document whose long lists are read page by page. */

/** A value, a list that is read page by page, or an object that contains one. */
export type Streamed =
  | null
  | string
  | number
  | boolean
  | readonly unknown[]
  | AsyncIterable<readonly unknown[]>
  | { readonly [key: string]: Streamed }

const isPaged = (value: object): value is AsyncIterable<readonly unknown[]> =>
  Symbol.asyncIterator in value

export async function* textOf(value: Streamed): AsyncGenerator<string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    yield JSON.stringify(value)
  else if (isPaged(value)) yield* textOfList(value)
  else yield* textOfObject(value as { readonly [key: string]: Streamed })
}

async function* textOfObject(value: { readonly [key: string]: Streamed }): AsyncGenerator<string> {
  yield '{'
  let separator = ''
  for (const [key, member] of Object.entries(value)) {
    yield `${separator}${JSON.stringify(key)}:`
    yield* textOf(member)
    separator = ','
  }
  yield '}'
}

async function* textOfList(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  yield '['
  let separator = ''
  for await (const page of pages) {
    if (page.length === 0) continue
    yield separator + page.map((item) => JSON.stringify(item)).join(',')
    separator = ','
  }
  yield ']'
}
