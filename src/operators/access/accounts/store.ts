/** Accounts of operators in D1. */
import { and, asc, count, eq, exists, gt, isNull, max, ne, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { violates } from '../../../auth/passkeys/store'
import { selectValues } from '../../../common/sql/select-values'
import type { Role } from '../permissions'
import type { OperatorRow } from '../session-store'
import {
  operatorBootstraps,
  operatorInvitations,
  operatorPasskeys,
  operators,
  operatorSessions,
} from '../table'
import type { InvitationRow } from './invitation'

/** Maximum of listed operators. No deployment is expected to have more. */
const MOST_LISTED = 500

export interface OperatorSummary {
  readonly operator: OperatorRow
  readonly passkeys: number
  readonly liveSessions: number
  readonly lastSeenAtMs: number | null
}

/** Change that an admin makes to another operator. */
export type AccountChange = { readonly role: Role } | { readonly disabledAtMs: number | null }

export interface AccountStore {
  byUuid(uuid: string): Promise<OperatorRow | undefined>
  byEmailKey(emailKey: string): Promise<OperatorRow | undefined>
  list(nowMs: number): Promise<OperatorSummary[]>
  /**
   * Inserts an operator if the acting one is an enabled admin.
   * @returns `taken` if the e-mail address has an operator
   */
  insert(
    operator: OperatorRow,
    invitation: InvitationRow,
    actorUuid: string,
  ): Promise<'inserted' | 'taken' | 'not_admin'>
  /** Replaces open invitations of the operator. @returns false if the acting one is no enabled admin */
  inviteAgain(invitation: InvitationRow, actorUuid: string): Promise<boolean>
  /**
   * Changes an operator if the acting one is another, and an enabled admin. An enabled admin therefore
   * always remains. Disabling ends sessions, keys and open invitations.
   * @returns whether the operator was changed
   */
  change(uuid: string, change: AccountChange, actorUuid: string, nowMs: number): Promise<boolean>
  /**
   * Stores the admin and the invitation of a bootstrap. An existing operator becomes an enabled admin, and loses all
   * earlier credentials and sessions.
   * @returns false if the secret was already used
   */
  bootstrap(
    secretHash: string,
    operator: OperatorRow,
    invitation: InvitationRow,
    isNew: boolean,
  ): Promise<boolean>
}

export const createAccountStore = (db: DrizzleD1Database): AccountStore => {
  const deleteOpen = (operatorUuid: string) =>
    db
      .delete(operatorInvitations)
      .where(
        and(
          eq(operatorInvitations.operatorUuid, operatorUuid),
          isNull(operatorInvitations.usedAtMs),
        ),
      )
  const isLiveOf = (operatorUuid: string) =>
    and(eq(operatorSessions.operatorUuid, operatorUuid), isNull(operatorSessions.endedAtMs))
  const invite = (invitation: InvitationRow) =>
    [
      deleteOpen(invitation.operatorUuid),
      db.insert(operatorInvitations).values(invitation),
    ] as const
  /** Condition that the acting operator is still an enabled admin when the change is made. */
  const isAdmin = (actorUuid: string): SQL => {
    const actor = alias(operators, 'actor')
    const isIt = and(eq(actor.uuid, actorUuid), eq(actor.role, 'admin'), isNull(actor.disabledAtMs))
    return exists(db.select({ uuid: actor.uuid }).from(actor).where(isIt))
  }

  return {
    byUuid: async (uuid) => db.select().from(operators).where(eq(operators.uuid, uuid)).get(),
    byEmailKey: async (emailKey) =>
      db.select().from(operators).where(eq(operators.emailKey, emailKey)).get(),
    async list(nowMs) {
      const isLive = and(
        isNull(operatorSessions.endedAtMs),
        gt(operatorSessions.expiresAtMs, nowMs),
      )
      const live = sql<number>`COUNT(CASE WHEN ${isLive} THEN 1 END)`
      const [all, keys, sessions] = await db.batch([
        db.select().from(operators).orderBy(asc(operators.createdAtMs)).limit(MOST_LISTED),
        db
          .select({ operatorUuid: operatorPasskeys.operatorUuid, passkeys: count() })
          .from(operatorPasskeys)
          .groupBy(operatorPasskeys.operatorUuid),
        db
          .select({
            operatorUuid: operatorSessions.operatorUuid,
            live,
            lastSeenAtMs: max(operatorSessions.lastUsedAtMs),
          })
          .from(operatorSessions)
          .groupBy(operatorSessions.operatorUuid),
      ])
      const passkeys = new Map(keys.map((row) => [row.operatorUuid, row.passkeys]))
      const seen = new Map(sessions.map((row) => [row.operatorUuid, row]))
      return all.map((operator) => ({
        operator,
        passkeys: passkeys.get(operator.uuid) ?? 0,
        liveSessions: seen.get(operator.uuid)?.live ?? 0,
        lastSeenAtMs: seen.get(operator.uuid)?.lastSeenAtMs ?? null,
      }))
    },
    async insert(operator, invitation, actorUuid) {
      const isAllowed = isAdmin(actorUuid)
      try {
        const [inserted] = await db.batch([
          db.insert(operators).select(selectValues(operators, operator, isAllowed)),
          db
            .insert(operatorInvitations)
            .select(selectValues(operatorInvitations, invitation, isAllowed)),
        ])
        return inserted.meta.changes === 1 ? 'inserted' : 'not_admin'
      } catch (error) {
        if (violates(error, 'operators.email_key')) return 'taken'
        throw error
      }
    },
    async inviteAgain(invitation, actorUuid) {
      const isAllowed = isAdmin(actorUuid)
      const isOpen = and(
        eq(operatorInvitations.operatorUuid, invitation.operatorUuid),
        isNull(operatorInvitations.usedAtMs),
      )
      const [, inserted] = await db.batch([
        db.delete(operatorInvitations).where(and(isOpen, isAllowed)),
        db
          .insert(operatorInvitations)
          .select(selectValues(operatorInvitations, invitation, isAllowed)),
      ])
      return inserted.meta.changes === 1
    },
    async change(uuid, change, actorUuid, nowMs) {
      const isIt = and(eq(operators.uuid, uuid), ne(operators.uuid, actorUuid), isAdmin(actorUuid))
      const update = db.update(operators).set(change).where(isIt)
      if (!('disabledAtMs' in change) || change.disabledAtMs === null)
        return (await update).meta.changes === 1
      /** The sessions end only if the update has disabled the operator. */
      const isDisabled = exists(
        db
          .select({ uuid: operators.uuid })
          .from(operators)
          .where(and(eq(operators.uuid, uuid), eq(operators.disabledAtMs, change.disabledAtMs))),
      )
      const [updated] = await db.batch([
        update,
        db
          .update(operatorSessions)
          .set({ endedAtMs: nowMs })
          .where(and(isLiveOf(uuid), isDisabled)),
        db
          .delete(operatorInvitations)
          .where(
            and(
              eq(operatorInvitations.operatorUuid, uuid),
              isNull(operatorInvitations.usedAtMs),
              isDisabled,
            ),
          ),
      ])
      return updated.meta.changes === 1
    },
    async bootstrap(secretHash, operator, invitation, isNew) {
      const { uuid, role } = operator
      const { createdAtMs: nowMs } = invitation
      const cleared = { passwordHash: null, totpSealed: null, totpStep: 0, disabledAtMs: null }
      const use = { secretHash, operatorUuid: uuid, usedAtMs: nowMs }
      try {
        await db.batch([
          db.insert(operatorBootstraps).values(use),
          isNew
            ? db.insert(operators).values(operator)
            : db
                .update(operators)
                .set({ role, ...cleared })
                .where(eq(operators.uuid, uuid)),
          db.delete(operatorPasskeys).where(eq(operatorPasskeys.operatorUuid, uuid)),
          db.update(operatorSessions).set({ endedAtMs: nowMs }).where(isLiveOf(uuid)),
          ...invite(invitation),
        ])
        return true
      } catch (error) {
        if (violates(error, 'operator_bootstraps.secret_hash')) return false
        throw error
      }
    },
  }
}
