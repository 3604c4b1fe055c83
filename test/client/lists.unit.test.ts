import { describe, expect, it } from 'vitest'
import { createClient } from '../../client/client'
import { listAll, nextCursor } from '../../client/lists'

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

const UUIDS = ['c0', 'c1', 'c2', 'c3', 'c4']

/** A list of five calls in pages of two. */
function fiveCalls(failAt?: string) {
  const sent: string[] = []
  const client = createClient({
    url: 'https://calls.example',
    retries: { attempts: 1 },
    fetch: async ({ url }) => {
      const { searchParams } = new URL(url)
      sent.push(searchParams.toString())
      const from = Number(searchParams.get('cursor') ?? 0)
      if (failAt === String(from))
        return Response.json({ code: 'unauthenticated' }, { status: 401 })
      const uuids = UUIDS.slice(from, from + 2).map((uuid) => ({ uuid }))
      const link = from + 2 < 5 ? { Link: `</calls?cursor=${from + 2}>; rel="next"` } : {}
      return Response.json(uuids, { headers: link })
    },
  })
  return { client, sent }
}

describe('a list', () => {
  it('is read to its end, with the parameters on each page', async () => {
    const { client, sent } = fiveCalls()
    const calls = await collect(listAll(client, '/calls', { query: { status: 'completed' } }))
    expect(calls.map(({ uuid }) => uuid)).toEqual(UUIDS)
    expect(sent).toEqual([
      'status=completed',
      'status=completed&cursor=2',
      'status=completed&cursor=4',
    ])
  })

  it('is read only as far as the loop goes', async () => {
    const { client, sent } = fiveCalls()
    for await (const { uuid } of listAll(client, '/calls')) if (uuid === 'c1') break
    expect(sent).toHaveLength(1)
  })

  it('throws the problem of a page that fails', async () => {
    const { client } = fiveCalls('2')
    await expect(collect(listAll(client, '/calls'))).rejects.toMatchObject({ status: 401 })
  })

  it('throws if a cursor repeats, because the rest would be missing', async () => {
    const client = createClient({
      url: 'https://calls.example',
      fetch: async () =>
        Response.json([{}], { headers: { Link: '</calls?cursor=a>; rel="next"' } }),
    })
    await expect(collect(listAll(client, '/calls'))).rejects.toThrow('repeats a page')
  })

  it.each([
    ['</calls?cursor=a%2Bb>; rel="next"', 'a+b'],
    ['</calls?cursor=a>;rel=next', 'a'],
    ['</calls?cursor=p>; rel="prev", </calls?cursor=n>; title="x"; rel="first next"', 'n'],
    ['</calls?cursor=a>; rel="nextpage"', undefined],
    ['<http://[>; rel="next"', undefined],
    ['<'.repeat(60_000), undefined],
    ['</calls>; rel="prev"', undefined],
    ['', undefined],
  ])('with the header %j has the next cursor %j', (link, cursor) => {
    expect(nextCursor(new Response('', { headers: { Link: link } }))).toBe(cursor)
  })
})
