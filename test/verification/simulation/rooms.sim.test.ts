/** The short form of the simulation of calls with a room, and its repeatability. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { runCalls } from './rooms/run-calls'

const OPERATIONS = 20_000
const FIXED_SEED = 20_260_101

async function unbroken(seed: number, operations: number) {
  const { broken, hash, judged } = await runCalls({ seed, operations })
  if (!broken) return { hash, judged }
  const { error, worldSeed, record } = broken
  throw new Error(`seed ${seed}, world ${worldSeed}: ${error.message}\n${record.join('\n')}`)
}

test('wallets, rooms and relay agree about calls of a fixed seed', async () => {
  const { judged } = await unbroken(FIXED_SEED, OPERATIONS / 2)
  for (const [what, count] of judged) expect(count, what).toBeGreaterThan(0)
})

test('wallets, rooms and relay agree about calls of a new seed', async () => {
  const seed = randomInt(1, 2 ** 32)
  const operations = OPERATIONS / 2
  process.stdout.write(`rooms: npm run prove -- sim --seed ${seed} --ops ${operations * 4}\n`)
  await unbroken(seed, operations)
})

test('the same seed plays the same calls, and another seed different ones', async () => {
  const { hash } = await unbroken(7, 1000)
  expect((await unbroken(7, 1000)).hash).toBe(hash)
  expect((await unbroken(8, 1000)).hash).not.toBe(hash)
})
