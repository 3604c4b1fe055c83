/**
 * Migrates the storage before every test file. Afterwards, searches log and storage for secrets, and removes
 * alarms that could still fire.
 */
import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, expect } from 'vitest'
import { findLeak, listWallets } from './secrets'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)

const LEVELS = ['log', 'info', 'warn', 'error'] as const

const earlierWallets = await listWallets()
const lines: string[] = []
const { log, info, warn, error } = console
const original = { log, info, warn, error }
for (const level of LEVELS) {
  const write = original[level].bind(console)
  console[level] = (...parts: unknown[]) => {
    lines.push(parts.map(String).join(' '))
    write(...parts)
  }
}

afterAll(async () => {
  Object.assign(console, original)
  expect(await findLeak(lines, earlierWallets)).toBeUndefined()
  await reset()
})
