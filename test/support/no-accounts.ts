import { env } from 'cloudflare:workers'
import { beforeEach } from 'vitest'

/** Tables of accounts, their payments and their calls, children first. */
const TABLES = [
  'erasures',
  'refunds',
  'messages',
  'links',
  'sessions',
  'passkeys',
  'recovery_codes',
  'webhook_events',
  'payments',
  'users',
  'call_sessions',
]

/** Starts every test of the file without accounts, for tests that count rows and sums or search all of D1. */
export function useNoAccounts(): void {
  beforeEach(async () => {
    await env.DB.batch(TABLES.map((table) => env.DB.prepare(`DELETE FROM ${table}`)))
  })
}
