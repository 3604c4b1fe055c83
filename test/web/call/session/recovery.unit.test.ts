import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Recovery, recoveryWaitMs } from '../../../../web/call/session/recovery'

it.each([
  [0, true, 4000],
  [1, true, 8000],
  [2, true, 16_000],
  [3, true, 32_000],
  [40, true, 32_000],
  [0, false, 6000],
  [3, false, 34_000],
])('after %i recoveries, of a caller: %s, the next one waits %i ms', (count, isCaller, waitMs) => {
  expect(recoveryWaitMs(count, isCaller)).toBe(waitMs)
})

describe('a recovery', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function recovery({ isCaller = true } = {}) {
    const line = { works: false }
    const atMs: number[] = []
    const startMs = Date.now()
    const recover = () => void atMs.push(Date.now() - startMs)
    return { line, atMs, one: new Recovery({ isCaller, works: () => line.works, recover }) }
  }

  it('is repeated after longer and longer waits until the connection works', () => {
    const { one, line, atMs } = recovery()
    one.plan()
    vi.advanceTimersByTime(30_000)
    expect(atMs).toEqual([4000, 12_000, 28_000])
    line.works = true
    vi.advanceTimersByTime(100_000)
    expect(atMs).toHaveLength(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits briefly again once the connection has worked', () => {
    const { one, line, atMs } = recovery()
    one.plan()
    vi.advanceTimersByTime(4000)
    one.stop()
    line.works = true
    vi.advanceTimersByTime(10_000)
    line.works = false
    one.plan()
    vi.advanceTimersByTime(4000)
    expect(atMs).toEqual([4000, 18_000])
  })

  it('is not planned twice', () => {
    const { one, atMs } = recovery()
    one.plan()
    vi.advanceTimersByTime(3000)
    one.plan()
    vi.advanceTimersByTime(3000)
    expect(atMs).toEqual([4000])
  })

  it('starts at once for a caller whose connection has failed, but only the first time', () => {
    const { one, atMs } = recovery()
    one.plan()
    one.hasten()
    one.hasten()
    vi.advanceTimersByTime(7999)
    expect(atMs).toEqual([0])
    vi.advanceTimersByTime(1)
    expect(atMs).toEqual([0, 8000])
  })

  it('of a callee leaves the caller time to offer', () => {
    const { one, atMs } = recovery({ isCaller: false })
    one.hasten()
    vi.advanceTimersByTime(6000)
    expect(atMs).toEqual([6000])
  })
})
