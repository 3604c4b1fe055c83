/** The short form of the simulation, and its repeatability. */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { run } from './run'

const OPERATIONS = 50_000
const FIXED_SEED = 20_260_101

async function unbroken(seed: number, operations: number): Promise<string> {
  const { broken, hash } = await run({ seed, operations, isShrinking: true })
  if (!broken) return hash
  const { error, operationNumber, shrunk } = broken
  throw new Error(
    [`seed ${seed}, operation ${operationNumber}: ${error.message}`, ...shrunk].join('\n'),
  )
}

test('no kobo is lost in half of the operations, with a fixed seed', async () => {
  await unbroken(FIXED_SEED, OPERATIONS / 2)
})

test('no kobo is lost in the other half, with a new seed', async () => {
  const seed = randomInt(1, 2 ** 32)
  process.stdout.write(`simulation: npm run prove -- sim --seed ${seed} --ops ${OPERATIONS / 2}\n`)
  await unbroken(seed, OPERATIONS / 2)
})

test('the same seed has the same result, and another seed another', async () => {
  const hash = await unbroken(7, 2000)
  expect(await unbroken(7, 2000)).toBe(hash)
  expect(await unbroken(8, 2000)).not.toBe(hash)
})
