import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pageOf, readCursor } from '../../src/http/pagination'

describe('a page', () => {
  const positionSchema = z.tuple([z.int()])
  const cut = (found: readonly number[], limit: number) => {
    const { items, nextCursor } = pageOf(found, limit, (item) => [item])
    const next = nextCursor === undefined ? undefined : readCursor(positionSchema, nextCursor)
    return [items, next]
  }

  it.each([
    [
      'with more items than its limit has a cursor that names its last item',
      [7, 8, 9],
      2,
      [7, 8],
      [8],
    ],
    ['with exactly as many items as its limit has no cursor', [7, 8], 2, [7, 8], undefined],
    ['with fewer items than its limit has no cursor', [7], 2, [7], undefined],
    ['without items has no cursor', [], 2, [], undefined],
  ])('%s', (_, found, limit, items, position) => {
    const next = position && { ok: true, value: position }
    expect(cut(found, limit)).toEqual([items, next])
  })
})
