/** Log-ins of operators in D1. Each begins a session and uses up its proof in one transaction. */
import { and, eq, exists, isNull, lt, or, type SQL } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { violates } from '../../../auth/passkeys/store'
import { usedChallenges } from '../../../auth/table'
import { selectValues } from '../../../common/sql/select-values'
import type { Challenge } from '../../../common/tokens/challenge-token'
import type { OperatorRow, OperatorSession } from '../session-store'
import { operatorPasskeys, operators, operatorSessions } from '../table'

export type OperatorPasskey = typeof operatorPasskeys.$inferSelect

export interface CodeUse {
  readonly step: number
  /** Secret, sealed again with the current key. */
  readonly totpSealed: string
}

export interface PasskeyUse extends Pick<OperatorPasskey, 'credentialId' | 'counter'> {
  readonly atMs: number
}

export interface LogInStore {
  byEmailKey(emailKey: string): Promise<OperatorRow | undefined>
  /**
   * Begins a session, and uses up the code.
   * @param operator row whose password was verified
   * @returns false if the code or a later one was used, or the account has changed
   */
  beginByCode(operator: OperatorRow, session: OperatorSession, use: CodeUse): Promise<boolean>
  passkeyOf(
    credentialId: string,
  ): Promise<{ passkey: OperatorPasskey; operator: OperatorRow } | undefined>
  /**
   * Begins a session, and uses up the challenge.
   * @returns `refused` if the stored counter is positive and not less than the new one, or the operator is disabled
   */
  beginByPasskey(
    use: PasskeyUse,
    session: OperatorSession,
    challenge: Challenge,
  ): Promise<'begun' | 'challenge_used' | 'refused'>
}

export const createLogInStore = (db: DrizzleD1Database): LogInStore => {
  const insertIf = (session: OperatorSession, condition: SQL) =>
    db.insert(operatorSessions).select(selectValues(operatorSessions, session, condition))
  const operatorWith = (...conditions: (SQL | undefined)[]) =>
    exists(
      db
        .select({ uuid: operators.uuid })
        .from(operators)
        .where(and(...conditions)),
    )
  return {
    byEmailKey: async (emailKey) =>
      db.select().from(operators).where(eq(operators.emailKey, emailKey)).get(),
    async beginByCode({ uuid, passwordHash, totpSealed }, session, use) {
      const isUnchanged = and(
        eq(operators.uuid, uuid),
        eq(operators.passwordHash, passwordHash ?? ''),
        eq(operators.totpSealed, totpSealed ?? ''),
        lt(operators.totpStep, use.step),
        isNull(operators.disabledAtMs),
      )
      /** The insert reads the step that the update then raises. */
      const [begun] = await db.batch([
        insertIf(session, operatorWith(isUnchanged)),
        db
          .update(operators)
          .set({ totpStep: use.step, totpSealed: use.totpSealed })
          .where(isUnchanged),
      ])
      return begun.meta.changes === 1
    },
    passkeyOf: async (credentialId) =>
      db
        .select({ passkey: operatorPasskeys, operator: operators })
        .from(operatorPasskeys)
        .innerJoin(operators, eq(operators.uuid, operatorPasskeys.operatorUuid))
        .where(eq(operatorPasskeys.credentialId, credentialId))
        .get(),
    async beginByPasskey({ credentialId, counter, atMs }, session, challenge) {
      const isNext = and(
        eq(operatorPasskeys.credentialId, credentialId),
        or(eq(operatorPasskeys.counter, 0), lt(operatorPasskeys.counter, counter)),
      )
      const isEnabled = operatorWith(
        eq(operators.uuid, session.operatorUuid),
        isNull(operators.disabledAtMs),
      )
      const isThere = exists(
        db
          .select({ id: operatorPasskeys.credentialId })
          .from(operatorPasskeys)
          .where(and(isNext, isEnabled)),
      )
      const { id, expiresAtMs } = challenge
      try {
        const [, begun] = await db.batch([
          db.insert(usedChallenges).values({ id, expiresAtMs }),
          insertIf(session, isThere),
          db
            .update(operatorPasskeys)
            .set({ counter, lastUsedAtMs: atMs })
            .where(and(isNext, isEnabled)),
        ])
        return begun.meta.changes === 1 ? 'begun' : 'refused'
      } catch (error) {
        if (violates(error, 'used_challenges.id')) return 'challenge_used'
        throw error
      }
    },
  }
}
