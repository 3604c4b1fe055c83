/** Every test file begins with migrated storage, and leaves no alarm behind that could ring after it. */
import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll } from 'vitest'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)

afterAll(reset)
