import { and, eq, exists, gt, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { selectValues } from '../common/sql/select-values'
import type { Complaint, NewMessage } from '../mail/message'
import { insertMessageIf } from '../mail/store'
import { users } from './table'

export type User = typeof users.$inferSelect

export type Profile = Partial<
  Pick<User, 'firstName' | 'lastName' | 'mutedMessages' | 'language' | 'timeZone'>
>

export interface UserStore {
  /** Inserts a user with a first message. @returns `false` if the e-mail address is taken or reserved */
  insert(user: User, welcome: NewMessage): Promise<boolean>
  byEmailKey(emailKey: string): Promise<User | undefined>
  byUuid(uuid: string): Promise<User | undefined>
  /** @returns the changed user, or `undefined` if there is none */
  update(uuid: string, profile: Profile): Promise<User | undefined>
  /** UUIDs greater than `uuid`, in order. */
  uuidsAfter(uuid: string, limit: number): Promise<string[]>
  /** Sets or clears the time of the freeze. @param atMs null to clear it; a time that is already set is kept */
  markFrozen(uuid: string, atMs: number | null): Promise<void>
  markDisabled(uuid: string, atMs: number | null): Promise<void>
  /** Disabled users who are not frozen. */
  listToFreeze(limit: number): Promise<User[]>
  /** Records what the e-mail provider reports about an account's address. */
  markComplaint(emailKey: string, complaint: Complaint): Promise<void>
  /** Users with a token version of which the wallets may not know yet. */
  listToRevoke(limit: number): Promise<string[]>
  /** Notes that the wallets know the token version, unless it was raised meanwhile. */
  endRevocation(uuid: string, tokenVersion: number): Promise<void>
}

/** @param isReserved condition under which another account can still return to an address */
export const createUserStore = (
  db: DrizzleD1Database,
  isReserved: (emailKey: string, nowMs: number) => SQL,
): UserStore => ({
  async insert(user, welcome) {
    const isFree = sql`NOT (${isReserved(user.emailKey, user.createdAtMs)})`
    const isInserted = exists(
      db.select({ uuid: users.uuid }).from(users).where(eq(users.uuid, user.uuid)),
    )
    const [result] = await db.batch([
      db
        .insert(users)
        .select(selectValues(users, user, isFree))
        .onConflictDoNothing({ target: users.emailKey }),
      insertMessageIf(db, welcome, isInserted),
    ])
    return result.meta.changes === 1
  },
  async byEmailKey(emailKey) {
    return db.select().from(users).where(eq(users.emailKey, emailKey)).get()
  },
  async byUuid(uuid) {
    return db.select().from(users).where(eq(users.uuid, uuid)).get()
  },
  async update(uuid, profile) {
    const isUser = eq(users.uuid, uuid)
    if (Object.keys(profile).length === 0) return db.select().from(users).where(isUser).get()
    return db
      .update(users)
      .set(profile)
      .where(and(isUser, isNull(users.disabledAtMs)))
      .returning()
      .get()
  },
  async uuidsAfter(after, limit) {
    const rows = await db
      .select({ uuid: users.uuid })
      .from(users)
      .where(gt(users.uuid, after))
      .orderBy(users.uuid)
      .limit(limit)
    return rows.map(({ uuid }) => uuid)
  },
  async markFrozen(uuid, atMs) {
    const frozenAtMs = atMs === null ? null : sql`COALESCE(${users.frozenAtMs}, ${atMs})`
    await db.update(users).set({ frozenAtMs }).where(eq(users.uuid, uuid))
  },
  async markDisabled(uuid, atMs) {
    const disabledAtMs = atMs === null ? null : sql`COALESCE(${users.disabledAtMs}, ${atMs})`
    await db.update(users).set({ disabledAtMs }).where(eq(users.uuid, uuid))
  },
  async listToFreeze(limit) {
    const isUnfrozen = sql`disabled_at_ms IS NOT NULL AND frozen_at_ms IS NULL`
    return db.select().from(users).where(isUnfrozen).limit(limit)
  },
  async markComplaint(emailKey, emailComplaint) {
    await db.update(users).set({ emailComplaint }).where(eq(users.emailKey, emailKey))
  },
  async listToRevoke(limit) {
    const rows = await db
      .select({ uuid: users.uuid })
      .from(users)
      .where(isNotNull(users.revokeDueAtMs))
      .orderBy(users.revokeDueAtMs)
      .limit(limit)
    return rows.map(({ uuid }) => uuid)
  },
  async endRevocation(uuid, tokenVersion) {
    await db
      .update(users)
      .set({ revokeDueAtMs: null })
      .where(and(eq(users.uuid, uuid), eq(users.tokenVersion, tokenVersion)))
  },
})
