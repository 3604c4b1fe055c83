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
    ['with more than it takes names its last item', [7, 8, 9], 2, [7, 8], [8]],
    ['that takes all that was found names no next one', [7, 8], 2, [7, 8], undefined],
    ['with room left names no next one', [7], 2, [7], undefined],
    ['of nothing names no next one', [], 2, [], undefined],
  ])('%s', (_, found, limit, items, position) => {
    const next = position && { ok: true, value: position }
    expect(cut(found, limit)).toEqual([items, next])
  })
})
