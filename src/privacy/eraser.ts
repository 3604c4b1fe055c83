/**
 * Removes a person's data from D1. Rows about money stay, without free texts. Operators' notes and reasons stay too:
 * they are evidence, and must not name a customer.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { removePasskeysOf } from '../auth/passkeys/store'
import { links, sessions } from '../auth/table'
import { messages } from '../mail/table'
import { removeStreamOf } from '../outbox/store'
import { payments, webhookEvents } from '../payments/table'
import { refunds } from '../refunds/table'
import { erasures, users } from '../users/table'

export interface Eraser {
  /** @returns `false` if an event is not processed yet, because its body is needed until then */
  erase(user: { readonly uuid: string; readonly emailKey: string }, nowMs: number): Promise<boolean>
}

const ERASED_KEY = 'erased/'

export const isErased = ({ emailKey }: { readonly emailKey: string }): boolean =>
  emailKey.startsWith(ERASED_KEY)

export const createEraser = (db: DrizzleD1Database): Eraser => ({
  async erase({ uuid, emailKey }, nowMs) {
    const isForAddress = sql`lower(${messages.recipient}) = ${emailKey}`
    /** Events about the user's payments, found by the index of references. */
    const events = sql`SELECT e.body_hash FROM ${payments} AS p CROSS JOIN ${webhookEvents} AS e
      WHERE p.user_uuid = ${uuid} AND e.body <> '' AND (
        e.payment_reference BETWEEN p.reference AND p.reference || '~'
        OR e.payment_reference = p.monnify_reference)`
    const processed = sql`${events} AND e.next_try_at_ms IS NULL`
    const statements = [
      db.delete(sessions).where(eq(sessions.userUuid, uuid)),
      db.delete(links).where(eq(links.userUuid, uuid)),
      ...removePasskeysOf(db, uuid),
      ...removeStreamOf(db, uuid),
      db.delete(messages).where(eq(messages.userUuid, uuid)),
      db.delete(messages).where(and(isNull(messages.userUuid), isForAddress)),
      db
        .update(webhookEvents)
        .set({ body: '' })
        .where(sql`${webhookEvents.bodyHash} IN (${processed})`),
      db
        .update(payments)
        .set({ description: null, checkoutUrl: null, idempotencyKey: null })
        .where(eq(payments.userUuid, uuid)),
      db
        .update(refunds)
        .set({ reason: '', destination: null, idempotencyKey: null })
        .where(eq(refunds.userUuid, uuid)),
      db
        .update(users)
        .set({
          email: '',
          emailKey: `${ERASED_KEY}${uuid}`,
          passwordHash: '',
          firstName: null,
          lastName: null,
          emailComplaint: null,
          mutedMessages: null,
          language: null,
          timeZone: null,
        })
        .where(eq(users.uuid, uuid)),
      db
        .update(erasures)
        .set({ erasedAtMs: nowMs, nextAttemptAtMs: null })
        .where(and(eq(erasures.userUuid, uuid), sql`NOT EXISTS (${events})`)),
    ] as const
    const results = await db.batch(statements)
    return results.at(-1)?.meta.changes === 1
  },
})
