/** Sends valid and invalid requests to every operation of the OpenAPI document. README.md describes how. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { operations } from '../../support/documented'
import { checkExchange } from './checks'
import { exchange } from './exchange'
import { plans } from './requests'
import { type FuzzWorld, openWorld, tick } from './world'

const FIXED_SEED = 20260314
const { cases, freshSeed } = inject('fuzz')
/** One in this many requests also has its effects and HEAD checked. */
const SAMPLE = 8
/** A counterexample is shrunk for at most this many times the cases. After that, each run passes at once. */
const MOST_RUNS = 3

let world: FuzzWorld

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe.each([
  ['the fixed seed', FIXED_SEED],
  ['a fresh seed', freshSeed],
])('with %s (%i)', (_, seed) => {
  beforeAll(async () => {
    world = await openWorld()
  }, 60_000)

  it.each(operations)(
    '$method $path matches the document for any request',
    async (operation) => {
      let count = 0
      let taken = 0
      const property = fc.asyncProperty(plans(operation), async (plan) => {
        if (count >= MOST_RUNS * cases) return
        tick()
        const done = await exchange(world, operation, plan, count++ % SAMPLE === 0)
        checkExchange(done)
        if (done.answer.status < 400) taken += 1
      })
      await fc.assert(property, { seed, numRuns: cases, includeErrorInReport: true })
      expect(taken, 'nearly nothing was taken').toBeGreaterThan(cases / 20)
    },
    120_000,
  )
})
