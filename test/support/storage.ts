/**
 * Every test file begins with migrated storage, ends without a secret in its log or its storage, and
 * leaves no alarm behind that could ring after it.
 */
import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, expect } from 'vitest'
import { findLeak } from './secrets'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)

const lines: string[] = []
for (const level of ['log', 'info', 'warn', 'error'] as const) {
  const write = console[level].bind(console)
  console[level] = (...parts: unknown[]) => {
    lines.push(parts.map(String).join(' '))
    write(...parts)
  }
}

afterAll(async () => {
  expect(await findLeak(lines)).toBeUndefined()
  await reset()
})
