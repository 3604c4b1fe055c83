/** The short form of the simulation of streams, and its repeatability. */
import { expect, test } from 'vitest'
import { runStreams } from './run'

const EVENTS = 2000
const SEEDS = [20_260_101, 42]

async function unbroken(seed: number, events: number, operations?: number) {
  const more = operations === undefined ? {} : { operations }
  const { broken, hash, figures } = await runStreams({ seed, events, isShrinking: true, ...more })
  if (!broken) return { hash, figures }
  const { error, worldSeed, shrunk } = broken
  throw new Error([`seed ${seed}, world ${worldSeed}: ${error.message}`, ...shrunk].join('\n'))
}

test.each(SEEDS)('every event of seed %d reaches its readers and receivers', async (seed) => {
  const { figures } = await unbroken(seed, EVENTS)
  expect(figures.events).toBeGreaterThanOrEqual(EVENTS)
  expect(figures.acknowledged).toBeGreaterThan(EVENTS / 2)
  for (const kind of ['losses', 'pages'] as const) expect(figures[kind]).toBeGreaterThan(10)
})

test('the same seed plays the same world, and another seed a different one', async () => {
  const { hash } = await unbroken(7, 1, 20)
  expect((await unbroken(7, 1, 20)).hash).toBe(hash)
  expect((await unbroken(8, 1, 20)).hash).not.toBe(hash)
})
