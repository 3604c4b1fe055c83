/** Every operation of the OpenAPI document, asked as it allows and as it does not. README.md says more. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { Answer } from '../support/client'
import { type Operation, operations } from '../support/documented'
import { answersHeadAsGet, changesNothingWhenRefused, judge } from './checks'
import { ask, type Exchange, exchange, show } from './exchange'
import type { Plan } from './plan'
import { plans } from './requests'
import { type FuzzWorld, openWorld, tick } from './world'

const FIXED_SEED = 20260314
const { cases, freshSeed } = inject('fuzz')
/** So many are looked at from beside: what they changed, and what HEAD answers. */
const SAMPLE = 8

let world: FuzzWorld

afterAll(() => {
  vi.useRealTimers()
})

const STATE = ['/users/me', '/wallets', '/calls', '/payments', '/auth/sessions']

const stateOf = async (): Promise<string> =>
  (
    await Promise.all(
      STATE.map((path) => ask(world, { method: 'GET', path, token: world.owner.token })),
    )
  )
    .map(({ text }) => text)
    .join('\n')

const isRefused = ({ status }: Answer) => status >= 400

/** Sends one, judges it, and of some looks at what is beside the answer. */
async function tryOne(operation: Operation, plan: Plan, count: number): Promise<Exchange> {
  tick()
  const isSample = count % SAMPLE === 0
  const done = await exchange(world, operation, plan, async (request, send) => {
    const before = isSample ? await stateOf() : ''
    const answer = await send()
    if (isSample && isRefused(answer)) changesNothingWhenRefused(before, await stateOf())
    if (isSample && operation.method === 'GET' && answer.status !== 101)
      answersHeadAsGet(answer, await ask(world, { ...request, method: 'HEAD' }))
    return answer
  })
  judge(done, show)
  return done
}

describe.each([
  ['the fixed seed', FIXED_SEED],
  ['a fresh seed', freshSeed],
])('with %s (%i)', (_, seed) => {
  beforeAll(async () => {
    world = await openWorld()
  }, 60_000)

  it.each(operations)(
    '$method $path answers as the document says, whatever it is asked',
    async (operation) => {
      const statuses = new Map<number, number>()
      let count = 0
      const property = fc.asyncProperty(plans(operation), async (plan) => {
        const { answer } = await tryOne(operation, plan, count++)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      })
      await fc.assert(property, { seed, numRuns: cases, includeErrorInReport: true })
      const taken = [...statuses].filter(([status]) => status < 400)
      expect(taken.length, 'nothing was taken').toBeGreaterThan(0)
    },
    120_000,
  )
})
