/** Writes a long history directly into a wallet's tables. Only its length matters: its hashes are invalid. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { TestUser } from './client'
import { STANDARD_RATE } from './wallets'

const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)'

/**
 * Adds calls of one second, one per minute, with their charges, to an unused `call_credits` wallet. D1 has all
 * except the last `behind`.
 */
export async function giveLongPast(user: TestUser, length: number, behind = 0): Promise<void> {
  const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
  await runInDurableObject(stub, (wallet, { storage }) => {
    wallet.open()
    const { sql } = storage
    const uuids = user.uuid.slice(0, -12)
    const beginsMs = Date.now() - (length + 10) * 60_000
    sql.exec(
      `${NUMBERS} INSERT INTO calls (seq, uuid, recipient_phone, type, status, rate, ticket, hold_kobo,
           charge_kobo, created_at_ms, deadline_at_ms, started_at_ms, ended_at_ms, end_reason, change,
           closed_change)
         SELECT i, ? || printf('%012d', i), '+2348031234567', 'audio', 'completed', ?4, '', 1000, 100,
           ?3 + i * 60000, 0, ?3 + i * 60000, ?3 + i * 60000 + 1000, 'hangup', i, i FROM n`,
      length,
      uuids,
      beginsMs,
      JSON.stringify(STANDARD_RATE),
    )
    sql.exec(
      `${NUMBERS} INSERT INTO entries (seq, kind, from_account, to_account, amount_kobo, balance_kobo,
           reference, source_uuid, posted_at_ms, previous_hash, hash, change)
         SELECT i, 'call_charge', 'wallet', 'revenue', 100, 100000, 'call/' || i, ? || printf('%012d', i),
           ?3 + i * 60000 + 1000, ?4, ?4, i FROM n`,
      length,
      uuids,
      beginsMs,
      '0'.repeat(64),
    )
    sql.exec(
      `UPDATE wallet SET posted_kobo = 100000, call_seq = ?1, entry_seq = ?1, change = ?1,
         projected_change = ?2, projected_entry_seq = ?2`,
      length,
      length - behind,
    )
  })
  await evictDurableObject(stub)
}
