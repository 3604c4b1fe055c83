/** Passkeys, recovery codes and used challenges in D1. */
import { and, asc, count, eq, exists, gte, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { deleteBefore } from '../../common/sql/delete-before'
import { selectValues } from '../../common/sql/select-values'
import type { Caller } from '../../common/tokens/access-token'
import type { Challenge } from '../../common/tokens/challenge-token'
import type { NewMessage } from '../../mail/message'
import { insertMessageIf } from '../../mail/store'
import { isCurrent } from '../is-current'
import { passkeys, recoveryCodes, usedChallenges } from '../table'

export type Passkey = typeof passkeys.$inferSelect

export const MAX_PASSKEYS = 10

export interface PasskeyUse extends Pick<Passkey, 'credentialId' | 'counter' | 'isBackedUp'> {
  readonly atMs: number
}

export interface PasskeyStore {
  /** A user's passkeys, oldest first. */
  listOf(userUuid: string): Promise<Passkey[]>
  byCredentialId(credentialId: string): Promise<Passkey | undefined>
  /** Inserts a passkey and the notice. @returns `added`, or the reason why nothing was inserted */
  add(
    passkey: Passkey,
    challenge: Challenge,
    notice: NewMessage,
    tokenVersion: number,
  ): Promise<'added' | 'challenge_used' | 'session_ended' | 'taken' | 'too_many'>
  /**
   * Records the use of a passkey.
   * @returns `counter_reversed` if the stored counter is positive and not less than the new one
   */
  use(
    use: PasskeyUse,
    challenge: Challenge,
  ): Promise<'used' | 'challenge_used' | 'counter_reversed'>
  /** Removes a passkey, and the recovery codes with the last one. @returns whether the passkey existed */
  remove(userUuid: string, uuid: string, notice: NewMessage): Promise<boolean>
  /** Replaces all recovery codes of a user. @returns `false` if the session has ended */
  replaceCodes(
    { userUuid, tokenVersion }: Pick<Caller, 'userUuid' | 'tokenVersion'>,
    hashes: readonly string[],
    nowMs: number,
  ): Promise<boolean>
  /** Marks a recovery code as used, and inserts the notice. @returns `false` if there is no such unused code */
  useCode(userUuid: string, hash: string, notice: NewMessage): Promise<boolean>
  countCodes(userUuid: string): Promise<number>
  removeUsedChallenges(beforeMs: number, limit: number): Promise<number>
}

/**
 * Statements for a batch that removes a user's passkeys and recovery codes.
 * @param sinceMs time since which the removed ones were created
 */
export function removePasskeysOf(
  db: DrizzleD1Database,
  userUuid: string,
  condition: SQL = sql`TRUE`,
  sinceMs = 0,
) {
  const ofUser = (table: typeof passkeys | typeof recoveryCodes) =>
    and(eq(table.userUuid, userUuid), gte(table.createdAtMs, sinceMs), condition)
  return [
    db.delete(passkeys).where(ofUser(passkeys)),
    db.delete(recoveryCodes).where(ofUser(recoveryCodes)),
  ] as const
}

/**
 * Reports whether an insert failed because a value of the column is not unique. Drizzle's error has D1's error as its
 * cause.
 */
export const violates = (error: unknown, column: string): boolean =>
  error instanceof Error &&
  (error.message.includes(`UNIQUE constraint failed: ${column}`) || violates(error.cause, column))

export const createPasskeyStore = (db: DrizzleD1Database): PasskeyStore => {
  /** Fails the batch if the challenge was used. */
  const useChallenge = ({ id, expiresAtMs }: Challenge) =>
    db.insert(usedChallenges).values({ id, expiresAtMs })
  const own = (userUuid: string, uuid: string) =>
    and(eq(passkeys.userUuid, userUuid), eq(passkeys.uuid, uuid))
  const isThere = (condition: SQL | undefined) =>
    exists(db.select({ uuid: passkeys.uuid }).from(passkeys).where(condition))
  const unused = (userUuid: string, hash?: string) =>
    and(
      eq(recoveryCodes.userUuid, userUuid),
      isNull(recoveryCodes.usedAtMs),
      hash === undefined ? undefined : eq(recoveryCodes.codeHash, hash),
    )

  return {
    async listOf(userUuid) {
      return db
        .select()
        .from(passkeys)
        .where(eq(passkeys.userUuid, userUuid))
        .orderBy(asc(passkeys.createdAtMs))
    },
    async byCredentialId(credentialId) {
      return db.select().from(passkeys).where(eq(passkeys.credentialId, credentialId)).get()
    },
    async add(passkey, challenge, notice, tokenVersion) {
      const { userUuid, uuid } = passkey
      const hasRoom = sql`(SELECT COUNT(*) FROM ${passkeys} WHERE ${eq(passkeys.userUuid, userUuid)}) < ${MAX_PASSKEYS}`
      const isAdmitted = sql`${hasRoom} AND ${isCurrent(db, { userUuid, tokenVersion })}`
      try {
        const [, added] = await db.batch([
          useChallenge(challenge),
          db.insert(passkeys).select(selectValues(passkeys, passkey, isAdmitted)),
          insertMessageIf(db, notice, isThere(own(userUuid, uuid))),
        ])
        if (added.meta.changes === 1) return 'added'
        const known = await db
          .select({ count: count() })
          .from(passkeys)
          .where(eq(passkeys.userUuid, userUuid))
        return (known[0]?.count ?? 0) < MAX_PASSKEYS ? 'session_ended' : 'too_many'
      } catch (error) {
        if (violates(error, 'used_challenges.id')) return 'challenge_used'
        if (violates(error, 'passkeys.credential_id')) return 'taken'
        throw error
      }
    },
    async use({ credentialId, counter, isBackedUp, atMs }, challenge) {
      const isNext = or(eq(passkeys.counter, 0), lt(passkeys.counter, counter))
      try {
        const [, used] = await db.batch([
          useChallenge(challenge),
          db
            .update(passkeys)
            .set({ counter, isBackedUp, lastUsedAtMs: atMs })
            .where(and(eq(passkeys.credentialId, credentialId), isNext)),
        ])
        return used.meta.changes === 1 ? 'used' : 'counter_reversed'
      } catch (error) {
        if (violates(error, 'used_challenges.id')) return 'challenge_used'
        throw error
      }
    },
    async remove(userUuid, uuid, notice) {
      const isLast = sql`NOT ${isThere(eq(passkeys.userUuid, userUuid))}`
      const [, removed] = await db.batch([
        insertMessageIf(db, notice, isThere(own(userUuid, uuid))),
        db.delete(passkeys).where(own(userUuid, uuid)),
        db.delete(recoveryCodes).where(and(eq(recoveryCodes.userUuid, userUuid), isLast)),
      ])
      return removed.meta.changes === 1
    },
    async replaceCodes(caller, hashes, createdAtMs) {
      const { userUuid } = caller
      const ofUser = eq(recoveryCodes.userUuid, userUuid)
      const inserts = hashes.map((codeHash) => {
        const row = { userUuid, codeHash, createdAtMs, usedAtMs: null }
        return db
          .insert(recoveryCodes)
          .select(selectValues(recoveryCodes, row, isCurrent(db, caller)))
      })
      const [, ...inserted] = await db.batch([
        db.delete(recoveryCodes).where(and(ofUser, isCurrent(db, caller))),
        ...inserts,
      ])
      return inserted.every(({ meta }) => meta.changes === 1)
    },
    async useCode(userUuid, hash, notice) {
      const isUnused = exists(
        db
          .select({ hash: recoveryCodes.codeHash })
          .from(recoveryCodes)
          .where(unused(userUuid, hash)),
      )
      const [, used] = await db.batch([
        insertMessageIf(db, notice, isUnused),
        db
          .update(recoveryCodes)
          .set({ usedAtMs: notice.createdAtMs })
          .where(unused(userUuid, hash)),
      ])
      return used.meta.changes === 1
    },
    async countCodes(userUuid) {
      const [row] = await db.select({ codes: count() }).from(recoveryCodes).where(unused(userUuid))
      return row?.codes ?? 0
    },
    async removeUsedChallenges(beforeMs, limit) {
      const { id: key, expiresAtMs: time } = usedChallenges
      return deleteBefore(db, { key, time }, beforeMs, limit)
    },
  }
}
