import { describe, expect, it } from 'vitest'
import { hotVerdicts } from './hot-run'
import { rowOf, tableOf, verdictLine, verdictsOf } from './report'
import { soakVerdicts } from './soak-run'

const sample = (perSecond: number, p99Ms: number) => ({ perSecond, p50Ms: p99Ms / 2, p99Ms })
const floor = [sample(1000, 10)]

const rowsWith = (share: number, tail: number) =>
  ['start', 'wallet', 'whole'].map((name) =>
    rowOf({ name, title: name, floor: 'floor' }, [sample(1000 * share, 10 * tail)], floor),
  )
const reachedOf = (share: number, tail = 1) =>
  verdictsOf(rowsWith(share, tail)).map(({ isReached }) => isReached)

describe('the table', () => {
  it('shows each operation below its floor, in columns', () => {
    const rows = [
      rowOf({ name: 'write', title: 'one write', floor: undefined }, floor, undefined),
      rowOf({ name: 'start', title: 'POST /calls', floor: 'write' }, [sample(650, 15)], floor),
    ]
    expect(tableOf(rows)).toBe(
      [
        '               per second  p50 ms  p99 ms  of floor  p99 to floor  spread',
        'one write            1000     5.0    10.0                             0 %',
        '  POST /calls         650     7.5    15.0      0.65           1.5     0 %',
      ].join('\n'),
    )
  })
})

describe('the targets', () => {
  it.each([
    [0.64, [false, false, false, false]],
    [0.65, [true, false, false, true]],
    [0.7, [true, false, true, true]],
    [0.8, [true, true, true, true]],
  ])('are compared at %d of the floor', (share, reached) => {
    expect(reachedOf(share).slice(0, 4)).toEqual(reached)
  })

  it('limit the slowest hundredth to twice the floor', () => {
    expect(reachedOf(1, 2).slice(4)).toEqual([true, true, true])
    expect(reachedOf(1, 2.1).slice(4)).toEqual([false, false, false])
  })

  it('are not reached without a measurement', () => {
    expect(verdictsOf([]).filter(({ isReached }) => isReached)).toEqual([])
  })

  it('are printed in one line', () => {
    expect(verdictLine({ target: 'a wallet read', found: '0.71', isReached: true })).toBe(
      'reached      a wallet read: 0.71',
    )
  })

  it('limit wallets beside a hot one to 1.5 times, round by round', () => {
    const p99Ms = {
      nothing: [10, 20, 10],
      'the same load, spread': [20, 20, 20],
      'one hot wallet': [16, 30, 14],
    }
    expect(hotVerdicts({ p99Ms }).map(({ found, isReached }) => [found, isReached])).toEqual([
      ['1.50', true],
      ['0.80', true],
    ])
  })

  it.each([
    [[100, 500, 110], '10.0 %', true],
    [[100, 111], '11.0 %', false],
    [[100], 'not measured', false],
    [[undefined, undefined], 'not measured', false],
  ])('limit the growth of the memory %j to a tenth', (memory, found, isReached) => {
    const minutes = memory.map((memoryBytes) => ({ requests: 1, memoryBytes }))
    expect(soakVerdicts(minutes)).toMatchObject([{ found, isReached }])
  })
})
