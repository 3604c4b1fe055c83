import { and, eq, exists, isNull } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Caller } from '../common/tokens/access-token'
import { users } from '../users/table'

/**
 * Condition for a change that a session makes: the account is not disabled, and still has the token version that the
 * change has read. A recovery, an erasure and the end of all sessions raise the version.
 */
export const isCurrent = (
  db: DrizzleD1Database,
  { userUuid, tokenVersion }: Pick<Caller, 'userUuid' | 'tokenVersion'>,
) =>
  exists(
    db
      .select({ uuid: users.uuid })
      .from(users)
      .where(
        and(
          eq(users.uuid, userUuid),
          eq(users.tokenVersion, tokenVersion),
          isNull(users.disabledAtMs),
        ),
      ),
  )
