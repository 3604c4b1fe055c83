import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Guesses,
  type Policy,
  type Quota,
  consume,
  type Tries,
  unusedLimit,
} from '../../src/limits/policy'

const quota: Quota = { kind: 'quota', name: 'register', quota: 3, windowMs: 60_000 }

const guesses: Guesses = {
  kind: 'guesses',
  name: 'login-account',
  quota: 5,
  windowMs: 86_400_000,
  firstDelayMs: 1000,
  maxDelayMs: 900_000,
}

/** Tries once at each instant. @returns decisions, allowed instants and the stored tries */
function play(policy: Policy, instantsMs: readonly number[]) {
  let tries: Tries = []
  const decisions = instantsMs.map((nowMs) => {
    const { tries: after, ...decision } = consume(policy, tries, nowMs)
    tries = after
    return { nowMs, ...decision }
  })
  const allowedMs = decisions.filter(({ allowed }) => allowed).map(({ nowMs }) => nowMs)
  return { decisions, allowedMs, tries }
}

/** Instants in order, dense enough to fill a window. */
const instants = fc
  .array(fc.nat({ max: 30_000 }), { minLength: 1, maxLength: 60 })
  .map((gaps) => gaps.map((_, index) => gaps.slice(0, index + 1).reduce((a, b) => a + b, 0)))

describe('a quota of three a minute', () => {
  it.each([
    ['allows three at once, and rejects a fourth', [0, 0, 0, 0], [0, 0, 0]],
    ['rejects a fourth try one millisecond early', [0, 0, 0, 59_999], [0, 0, 0]],
    ['allows a fourth after a minute', [0, 0, 0, 60_000], [0, 0, 0, 60_000]],
    [
      'allows only three across the boundary of a minute',
      [59_000, 59_500, 59_999, 60_000, 61_000],
      [59_000, 59_500, 59_999],
    ],
    [
      'does not extend the wait by rejected tries',
      [0, 0, 0, 30_000, 59_000, 60_000],
      [0, 0, 0, 60_000],
    ],
  ])('%s', (_, triedMs, allowedMs) => {
    expect(play(quota, triedMs).allowedMs).toEqual(allowedMs)
  })

  it('allows at most three in any minute', () => {
    fc.assert(
      fc.property(instants, (triedMs) => {
        const { allowedMs } = play(quota, triedMs)
        for (const fromMs of allowedMs) {
          const inWindow = allowedMs.filter((at) => at >= fromMs && at < fromMs + quota.windowMs)
          expect(inWindow.length).toBeLessThanOrEqual(quota.quota)
        }
      }),
    )
  })

  it('reports how many remain, and when more are allowed', () => {
    const { decisions } = play(quota, [0, 10_000, 20_000, 30_500, 60_000])
    const shown = decisions.map(({ limitState: { remaining, resetSeconds } }) => [
      remaining,
      resetSeconds,
    ])
    expect(shown).toEqual([
      [2, 60],
      [1, 50],
      [0, 40],
      [0, 30],
      [0, 10],
    ])
    expect(unusedLimit(quota)).toMatchObject({ quota: 3, windowSeconds: 60, remaining: 3 })
  })

  it('that was lowered counts the newest tries', () => {
    const { tries } = play(quota, [0, 1000, 2000])
    const lowered = { ...quota, quota: 1 }
    expect(consume(lowered, tries, 61_999).allowed).toBe(false)
    expect(consume(lowered, tries, 62_000).allowed).toBe(true)
  })
})

describe('guesses at a secret', () => {
  it('are free five times, then wait 1 s, 2 s, 4 s … up to 15 min', () => {
    let tries: Tries = []
    let nowMs = 0
    const delaysSeconds: number[] = []
    for (let count = 0; count < 100; count++) {
      const { tries: after, allowed, limitState } = consume(guesses, tries, nowMs)
      expect(allowed).toBe(true)
      if (count >= 4) {
        delaysSeconds.push(limitState.resetSeconds)
        nowMs += limitState.resetSeconds * 1000
        expect(consume(guesses, after, nowMs - 1).allowed).toBe(false)
      }
      tries = after
    }
    expect(delaysSeconds.slice(0, 12)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
    expect(new Set(delaysSeconds.slice(10))).toEqual(new Set([900]))
    expect(tries.length).toBeLessThan(50)
  })

  it('are allowed at most fifteen times in five minutes', () => {
    const triedMs = Array.from({ length: 1000 }, (_, index) => index * 300)
    const { allowedMs } = play(guesses, triedMs)
    expect(allowedMs.length).toBeLessThanOrEqual(15)
    expect(allowedMs.length).toBeGreaterThan(5)
  })

  it('are forgotten a day after the last allowed one', () => {
    const { tries } = play(guesses, [0, 0, 0, 0, 0, 1000])
    const day = guesses.windowMs
    expect(consume(guesses, tries, 1000 + day - 1).limitState.remaining).toBe(0)
    expect(consume(guesses, tries, 1000 + day).limitState.remaining).toBe(4)
  })
})

describe.each([quota, guesses])('every $kind policy', (policy) => {
  it('does not count rejected tries', () => {
    fc.assert(
      fc.property(instants, (triedMs) => {
        const { allowedMs, tries } = play(policy, triedMs)
        expect(play(policy, allowedMs)).toMatchObject({ allowedMs, tries })
      }),
    )
  })

  it('allows a try after the reported seconds, and not a second earlier', () => {
    fc.assert(
      fc.property(instants, (triedMs) => {
        const { decisions, tries } = play(policy, triedMs)
        const last = decisions.at(-1)
        if (!last || last.limitState.remaining > 0) return
        const namedMs = last.nowMs + last.limitState.resetSeconds * 1000
        expect(consume(policy, tries, namedMs).allowed).toBe(true)
        expect(consume(policy, tries, namedMs - 1000).allowed).toBe(false)
      }),
    )
  })
})
