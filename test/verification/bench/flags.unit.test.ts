import { expect, it } from 'vitest'
import { planOf } from './flags'

it('a benchmark has defaults, fewer in the short form', () => {
  expect(planOf({})).toMatchObject({ mode: 'table', isShort: false, rounds: 7 })
  expect(planOf({ short: true, memory: true })).toMatchObject({ isInMemory: true })
  expect(planOf({ short: true })).toMatchObject({ mode: 'table', isShort: true, rounds: 3 })
  expect(planOf({ hot: true, rounds: 2 })).toMatchObject({ mode: 'hot', rounds: 2 })
  expect(planOf({ calls: true })).toMatchObject({ mode: 'calls' })
  expect(planOf({ soak: true, minutes: 3 })).toMatchObject({ mode: 'soak', minutes: 3 })
})
