import { describe, expect, it } from 'vitest'
import { Recent } from '../../src/common/recent'

describe('what is kept of late', () => {
  const filled = () => {
    const recent = new Recent<number>(3)
    for (const key of ['a', 'b', 'c']) recent.set(key, 1)
    return recent
  }
  const keysOf = (recent: Recent<number>) =>
    ['a', 'b', 'c', 'd'].filter((key) => recent.get(key) !== undefined)

  it('is so many at most, and the oldest goes first', () => {
    const recent = filled()
    recent.set('d', 1)
    expect(keysOf(recent)).toEqual(['b', 'c', 'd'])
  })

  it('stays longer if it is asked for', () => {
    const recent = filled()
    expect(recent.get('a')).toBe(1)
    recent.set('d', 1)
    expect(keysOf(recent)).toEqual(['a', 'c', 'd'])
  })

  it('stays longer, and makes no other go, if it is set again', () => {
    const recent = filled()
    expect(recent.set('a', 2)).toBe(2)
    expect(keysOf(recent)).toEqual(['a', 'b', 'c'])
  })
})
