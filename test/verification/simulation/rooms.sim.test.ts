/** The short form of the simulation of calls with a room, and its repeatability. */
import { expect, test } from 'vitest'
import { runCalls } from './rooms/run-calls'

const OPERATIONS = 20_000
/** The command `npm run prove -- sim` plays other seeds; its README has those that break a rule. */
const SEEDS = [20_260_101, 42]

async function unbroken(seed: number, operations: number) {
  const { broken, hash, judged } = await runCalls({ seed, operations })
  if (!broken) return { hash, judged }
  const { error, worldSeed, record } = broken
  throw new Error(`seed ${seed}, world ${worldSeed}: ${error.message}\n${record.join('\n')}`)
}

test.each(SEEDS)('wallets, rooms and relay agree about the calls of seed %d', async (seed) => {
  const { judged } = await unbroken(seed, OPERATIONS / 2)
  for (const [what, count] of judged) expect(count, what).toBeGreaterThan(0)
})

test('the same seed plays the same calls, and another seed different ones', async () => {
  const { hash } = await unbroken(7, 1000)
  expect((await unbroken(7, 1000)).hash).toBe(hash)
  expect((await unbroken(8, 1000)).hash).not.toBe(hash)
})
