/** The short form of `npm run prove -- histories`. */
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runHistory } from './run.ts'

it('every wallet responds to concurrent requests as if commands came one after another', async () => {
  const { history, findings, storage } = await runHistory(
    { clients: 4, seconds: 4, operations: 500, wallets: 4, seed: 1 },
    () => {},
  )
  expect(findings).toEqual([])
  expect(history.operations.length).toBeGreaterThan(500)
  rmSync(storage, { recursive: true, force: true })
}, 240_000)
