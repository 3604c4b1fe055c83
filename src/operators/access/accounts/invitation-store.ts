/** Invitations of operators in D1. Accepting one replaces all earlier credentials in one transaction. */
import { and, eq, exists, gt, isNull, type SQL } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { violates } from '../../../auth/passkeys/store'
import { usedChallenges } from '../../../auth/table'
import { deleteBefore } from '../../../common/sql/delete-before'
import { selectValues } from '../../../common/sql/select-values'
import type { Challenge } from '../../../common/tokens/challenge-token'
import type { OperatorPasskey } from '../log-in/store'
import type { OperatorRow, OperatorSession } from '../session-store'
import { operatorInvitations, operatorPasskeys, operators, operatorSessions } from '../table'
import type { InvitationRow } from './invitation'

/** Credentials that replace the earlier ones. */
export type Credentials =
  | Pick<OperatorRow, 'passwordHash' | 'totpSealed' | 'totpStep'>
  | { readonly passkey: OperatorPasskey; readonly challenge: Challenge }

export interface InvitationStore {
  /** An invitation that is unused and not expired, of an operator who is not disabled. */
  find(
    tokenHash: string,
    nowMs: number,
  ): Promise<{ invitation: InvitationRow; operator: OperatorRow } | undefined>
  /**
   * Uses up the invitation, replaces the credentials, ends all sessions and keys, and begins a session.
   * @returns `used` if the invitation is no longer valid
   */
  accept(
    tokenHash: string,
    credentials: Credentials,
    session: OperatorSession,
  ): Promise<'accepted' | 'used' | 'challenge_used' | 'taken'>
  removeExpired(beforeMs: number, limit: number): Promise<number>
}

const NO_PASSWORD = { passwordHash: null, totpSealed: null, totpStep: 0 }

export const createInvitationStore = (db: DrizzleD1Database): InvitationStore => {
  const isOpen = (tokenHash: string, nowMs: number) =>
    and(
      eq(operatorInvitations.tokenHash, tokenHash),
      isNull(operatorInvitations.usedAtMs),
      gt(operatorInvitations.expiresAtMs, nowMs),
    )
  const select = (isIt: SQL | undefined) =>
    db
      .select({ invitation: operatorInvitations, operator: operators })
      .from(operatorInvitations)
      .innerJoin(operators, eq(operators.uuid, operatorInvitations.operatorUuid))
      .where(and(isIt, isNull(operators.disabledAtMs)))

  /** Statements in order: each but the last one runs only while the invitation is open. */
  function statements(tokenHash: string, credentials: Credentials, session: OperatorSession) {
    const { operatorUuid, createdAtMs: nowMs } = session
    const isIt = isOpen(tokenHash, nowMs)
    const isValid = exists(select(isIt))
    const isOperators = and(eq(operatorSessions.operatorUuid, operatorUuid), isValid)
    const [password, passkey] =
      'passkey' in credentials ? [NO_PASSWORD, credentials.passkey] : [credentials, undefined]
    return [
      db
        .update(operators)
        .set(password)
        .where(and(eq(operators.uuid, operatorUuid), isValid)),
      db
        .delete(operatorPasskeys)
        .where(and(eq(operatorPasskeys.operatorUuid, operatorUuid), isValid)),
      db
        .update(operatorSessions)
        .set({ endedAtMs: nowMs })
        .where(and(isOperators, isNull(operatorSessions.endedAtMs))),
      ...(passkey
        ? [db.insert(operatorPasskeys).select(selectValues(operatorPasskeys, passkey, isValid))]
        : []),
      db.insert(operatorSessions).select(selectValues(operatorSessions, session, isValid)),
      db.update(operatorInvitations).set({ usedAtMs: nowMs }).where(and(isIt, isValid)),
    ] as const
  }

  return {
    find: async (tokenHash, nowMs) => select(isOpen(tokenHash, nowMs)).get(),
    async accept(tokenHash, credentials, session) {
      const [first, ...rest] = statements(tokenHash, credentials, session)
      try {
        const results =
          'passkey' in credentials
            ? await db.batch([
                db.insert(usedChallenges).values({
                  id: credentials.challenge.id,
                  expiresAtMs: credentials.challenge.expiresAtMs,
                }),
                first,
                ...rest,
              ])
            : await db.batch([first, ...rest])
        return results.at(-1)?.meta.changes === 1 ? 'accepted' : 'used'
      } catch (error) {
        if (violates(error, 'used_challenges.id')) return 'challenge_used'
        if (violates(error, 'operator_passkeys.credential_id')) return 'taken'
        throw error
      }
    },
    removeExpired: async (beforeMs, limit) =>
      deleteBefore(
        db,
        { key: operatorInvitations.tokenHash, time: operatorInvitations.expiresAtMs },
        beforeMs,
        limit,
      ),
  }
}
