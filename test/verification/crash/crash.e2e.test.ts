/** The short form of `npm run prove -- kill`. */
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runKills } from './run.ts'

it('the service, killed under load, loses and doubles nothing that it acknowledged', async () => {
  const report = await runKills(
    { kills: 2, clients: 6, seed: 1, users: 3, maxCallSeconds: 8, loadMs: [1500, 2500] },
    () => {},
  )
  expect(report.findings).toEqual([])
  for (const row of report.rows) expect(row).toMatchObject({ lost: 0, doubled: 0 })
  expect(report.acknowledged).toBeGreaterThan(0)
  expect(report.refunds).toBeGreaterThan(0)
  rmSync(report.storage, { recursive: true, force: true })
}, 240_000)
