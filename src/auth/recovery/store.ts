/**
 * Links in D1, and the transactions that use one. Each transaction changes the account only if the link is valid,
 * and marks it as used at its end, so that of several uses one succeeds.
 */
import { and, eq, exists, gt, inArray, isNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { deleteBefore } from '../../common/sql/delete-before'
import { selectValues } from '../../common/sql/select-values'
import type { NewMessage } from '../../mail/message'
import { insertMessageIf } from '../../mail/store'
import { erasures, users } from '../../users/table'
import { removePasskeysOf } from '../passkeys/store'
import { type LinkPurpose, links, sessions } from '../table'
import { type Link, REFUND_DELAY_MS } from './links'

export interface LinkStore {
  /**
   * Stores a link and removes the user's earlier ones of the same purpose. A repeat stores it again.
   * @returns `false` if the link was used, a later one exists, or the account is disabled, as it is during its erasure
   */
  issue(link: Link): Promise<boolean>
  byTokenHash(tokenHash: string): Promise<Link | undefined>
  /**
   * Sets the password, ends all sessions and delays refunds. If the address was never verified, a stranger may have
   * registered it, so the account loses its passkeys and recovery codes. @returns whether the link was valid
   */
  reset(link: Link, passwordHash: string, done: NewMessage, nowMs: number): Promise<boolean>
  /** Marks the account's address as verified. @returns whether the link was valid and names that address */
  verify(link: Link, nowMs: number): Promise<boolean>
  /**
   * Replaces the address, and issues the link that undoes it. @returns `taken` if another account has the address or
   * can still return to it
   */
  change(
    link: Link,
    undo: Link,
    notice: NewMessage,
    nowMs: number,
  ): Promise<'changed' | 'invalid' | 'taken'>
  /**
   * Restores the address, ends all sessions and delays refunds. Removes the passkeys and recovery codes that were
   * created since the address was changed, because a thief may have added them. @returns whether the link was valid
   */
  undo(link: Link, nowMs: number): Promise<boolean>
  /**
   * Removes a customer's passkeys, recovery codes and requested change of address, for an operator. Ends all sessions,
   * and delays refunds.
   */
  removePasskeys(userUuid: string, notice: NewMessage, nowMs: number): Promise<void>
  /** Replaces the token of a valid link by that of the current secret. @returns whether the link is valid */
  renew(messageId: string, tokenHash: string, nowMs: number): Promise<boolean>
  removeExpired(beforeMs: number, limit: number): Promise<number>
}

/** Drizzle's error has D1's as its cause. */
const isTaken = (error: unknown): boolean =>
  error instanceof Error &&
  [error, error.cause].some(
    (each) =>
      each instanceof Error && each.message.includes('UNIQUE constraint failed: users.email_key'),
  )

/** Condition under which a user, but not `notBy`, can still return to an address. */
export function isReserved(emailKey: string, nowMs: number, notBy?: string): SQL {
  const isOther = notBy === undefined ? sql`TRUE` : ne(links.userUuid, notBy)
  return sql`EXISTS (SELECT 1 FROM ${links} WHERE purpose = 'undo' AND ${eq(links.emailKey, emailKey)}
    AND ${isNull(links.usedAtMs)} AND ${gt(links.expiresAtMs, nowMs)} AND ${isOther})`
}

/** Passkeys that were added within this time before a change of address are removed with it. */
const SUSPECT_MS = 72 * 3_600_000

export const createLinkStore = (db: DrizzleD1Database): LinkStore => {
  const valid = ({ messageId }: Pick<Link, 'messageId'>, nowMs: number) =>
    and(eq(links.messageId, messageId), isNull(links.usedAtMs), gt(links.expiresAtMs, nowMs))
  const isValid = (link: Link, nowMs: number) =>
    exists(db.select({ id: links.messageId }).from(links).where(valid(link, nowMs)))
  const use = (link: Link, nowMs: number) =>
    db.update(links).set({ usedAtMs: nowMs }).where(valid(link, nowMs))
  /** Ends all sessions in D1. The wallets are notified by this request or, if it fails, by the next sweep. */
  const endSessions = (
    { userUuid }: Pick<Link, 'userUuid'>,
    condition: SQL | undefined,
    nowMs: number,
  ) =>
    db
      .update(sessions)
      .set({ revokedAtMs: nowMs })
      .where(and(eq(sessions.userUuid, userUuid), isNull(sessions.revokedAtMs), condition))
  const recovered = (nowMs: number) => ({
    tokenVersion: sql`${users.tokenVersion} + 1`,
    revokeDueAtMs: nowMs,
    refundsFromMs: nowMs + REFUND_DELAY_MS,
  })
  const removeOthers = ({ userUuid, messageId }: Link, purposes: LinkPurpose[], condition: SQL) =>
    db
      .delete(links)
      .where(
        and(
          eq(links.userUuid, userUuid),
          inArray(links.purpose, purposes),
          ne(links.messageId, messageId),
          condition,
        ),
      )

  /** Cancels a planned deletion, because a thief may have requested it, and notifies the owner. */
  const cancelDeletion = ({ userUuid, messageId }: Link, condition: SQL, nowMs: number) => {
    const isPlanned = and(eq(erasures.userUuid, userUuid), isNull(erasures.beganAtMs), condition)
    const planned = exists(db.select({ uuid: erasures.uuid }).from(erasures).where(isPlanned))
    const notice: NewMessage = {
      id: `deletion_cancelled/${messageId}`,
      kind: 'deletion_cancelled',
      userUuid,
      recipient: null,
      facts: {},
      createdAtMs: nowMs,
    }
    return [insertMessageIf(db, notice, planned), db.delete(erasures).where(isPlanned)] as const
  }

  return {
    async issue(link) {
      const { messageId, userUuid, purpose, createdAtMs, tokenHash } = link
      const ofPurpose = and(eq(links.userUuid, userUuid), eq(links.purpose, purpose))
      const later = db
        .select({ id: links.messageId })
        .from(links)
        .where(and(ofPurpose, ne(links.messageId, messageId), gt(links.createdAtMs, createdAtMs)))
      const active = db
        .select({ uuid: users.uuid })
        .from(users)
        .where(and(eq(users.uuid, userUuid), isNull(users.disabledAtMs)))
      const condition = sql`NOT ${exists(later)} AND ${exists(active)}`
      const inserted = db
        .insert(links)
        .select(selectValues(links, link, condition))
        .onConflictDoUpdate({
          target: links.messageId,
          set: { tokenHash },
          setWhere: isNull(links.usedAtMs),
        })
      const older = db
        .delete(links)
        .where(and(ofPurpose, ne(links.messageId, messageId), lte(links.createdAtMs, createdAtMs)))
      const [result] = await db.batch([inserted, older])
      return result.meta.changes === 1
    },
    async byTokenHash(tokenHash) {
      return db.select().from(links).where(eq(links.tokenHash, tokenHash)).get()
    },
    async reset(link, passwordHash, done, nowMs) {
      const isOwner = and(
        eq(users.uuid, link.userUuid),
        eq(users.emailKey, link.emailKey),
        isNull(users.disabledAtMs),
      )
      const owner = exists(db.select({ uuid: users.uuid }).from(users).where(isOwner))
      const condition = sql`${isValid(link, nowMs)} AND ${owner}`
      /** The link was sent to the address, so using it verifies the address. */
      const emailVerifiedAtMs = sql`COALESCE(${users.emailVerifiedAtMs}, ${nowMs})`
      const update = db
        .update(users)
        .set({ ...recovered(nowMs), passwordHash, emailVerifiedAtMs, emailComplaint: null })
        .where(and(isOwner, condition))
      const isUnverified = and(isOwner, isNull(users.emailVerifiedAtMs))
      const unverified = exists(db.select({ uuid: users.uuid }).from(users).where(isUnverified))
      const [, , changed] = await db.batch([
        /** Precedes the update, which marks the address as verified. */
        ...removePasskeysOf(db, link.userUuid, sql`${condition} AND ${unverified}`),
        update,
        endSessions(link, condition, nowMs),
        insertMessageIf(db, done, condition),
        removeOthers(link, ['reset', 'change'], condition),
        ...cancelDeletion(link, condition, nowMs),
        use(link, nowMs),
      ])
      return changed.meta.changes === 1
    },
    async verify(link, nowMs) {
      const isOwner = and(eq(users.uuid, link.userUuid), eq(users.emailKey, link.emailKey))
      const emailVerifiedAtMs = sql`COALESCE(${users.emailVerifiedAtMs}, ${nowMs})`
      const [changed] = await db.batch([
        db
          .update(users)
          .set({ emailVerifiedAtMs, emailComplaint: null })
          .where(and(isOwner, isValid(link, nowMs))),
        use(link, nowMs),
      ])
      return changed.meta.changes === 1
    },
    async change(link, undo, notice, nowMs) {
      const isFree = sql`NOT ${isReserved(link.emailKey, nowMs, link.userUuid)}`
      const condition = and(isValid(link, nowMs), isFree) ?? sql`FALSE`
      try {
        const [changed] = await db.batch([
          db
            .update(users)
            .set({
              email: link.email,
              emailKey: link.emailKey,
              emailVerifiedAtMs: nowMs,
              emailComplaint: null,
            })
            .where(
              and(eq(users.uuid, link.userUuid), eq(users.emailKey, undo.emailKey), condition),
            ),
          db.insert(links).select(selectValues(links, undo, condition)),
          insertMessageIf(db, notice, condition),
          removeOthers(link, ['reset', 'verify', 'change'], condition),
          db
            .update(links)
            .set({ usedAtMs: nowMs })
            .where(and(valid(link, nowMs), isFree)),
        ])
        if (changed.meta.changes === 1) return 'changed'
        const isStillValid = await db.select().from(links).where(valid(link, nowMs)).get()
        return isStillValid ? 'taken' : 'invalid'
      } catch (error) {
        if (isTaken(error)) return 'taken'
        throw error
      }
    },
    async undo(link, nowMs) {
      const condition = isValid(link, nowMs)
      const { email, emailKey, userUuid } = link
      const [changed] = await db.batch([
        db
          .update(users)
          .set({ ...recovered(nowMs), email, emailKey, emailVerifiedAtMs: nowMs })
          .where(and(eq(users.uuid, userUuid), condition)),
        endSessions(link, condition, nowMs),
        removeOthers(link, ['reset', 'verify', 'change', 'undo'], condition),
        ...removePasskeysOf(db, userUuid, condition, link.createdAtMs - SUSPECT_MS),
        ...cancelDeletion(link, condition, nowMs),
        use(link, nowMs),
      ])
      return changed.meta.changes === 1
    },
    async removePasskeys(userUuid, notice, nowMs) {
      await db.batch([
        ...removePasskeysOf(db, userUuid),
        db.update(users).set(recovered(nowMs)).where(eq(users.uuid, userUuid)),
        endSessions({ userUuid }, undefined, nowMs),
        db.delete(links).where(and(eq(links.userUuid, userUuid), eq(links.purpose, 'change'))),
        insertMessageIf(db, notice, sql`TRUE`),
      ])
    },
    async renew(messageId, tokenHash, nowMs) {
      const renewed = await db.update(links).set({ tokenHash }).where(valid({ messageId }, nowMs))
      return renewed.meta.changes === 1
    },
    async removeExpired(beforeMs, limit) {
      const { messageId: key, expiresAtMs: time } = links
      return deleteBefore(db, { key, time }, beforeMs, limit)
    },
  }
}
