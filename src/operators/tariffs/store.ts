/**
 * Reads the answered calls of a period from the projection. No index is on the end of a call, because it would cost a row
 * written for every call. So the rows are read in the order of their UUIDs, which are random: a part of them is a fair
 * sample of the calls.
 */
import { and, asc, eq, gt, gte, isNotNull, lt, lte, type SQL } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { kobo } from '../../common/money'
import type { AnsweredCall } from '../../tariffs/core/dry-run'
import { callSessions } from '../../wallets/table'
import type { CallType } from '../../wallets/core/wallet'

export interface CallPage {
  readonly calls: AnsweredCall[]
  /** Start of the next page; undefined after the last one. */
  readonly next: string | undefined
}

/** @param rows rows of the table that are read, whether or not they are in the period */
export type ReadCalls = (
  period: { readonly fromMs: number; readonly toMs: number },
  after: string,
  rows: number,
) => Promise<CallPage>

const { uuid, startedAtMs, endedAtMs, chargeKobo } = callSessions

export function createDryRunCalls(db: DrizzleD1Database): ReadCalls {
  return async ({ fromMs, toMs }, after, rows) => {
    const [last] = await db
      .select({ uuid })
      .from(callSessions)
      .where(gt(uuid, after))
      .orderBy(asc(uuid))
      .limit(1)
      .offset(rows - 1)
    const inPage: SQL | undefined = last
      ? and(gt(uuid, after), lte(uuid, last.uuid))
      : gt(uuid, after)
    const found = await db
      .select({
        phone: callSessions.recipientPhone,
        type: callSessions.type,
        startedAtMs,
        endedAtMs,
        chargeKobo,
      })
      .from(callSessions)
      .where(
        and(
          inPage,
          gte(endedAtMs, fromMs),
          lt(endedAtMs, toMs),
          isNotNull(startedAtMs),
          eq(callSessions.status, 'completed'),
        ),
      )
    const calls = found.map((call): AnsweredCall => ({
      phone: call.phone,
      type: call.type as CallType,
      startedAtMs: call.startedAtMs ?? 0,
      endedAtMs: call.endedAtMs ?? 0,
      chargeKobo: kobo(call.chargeKobo ?? 0),
    }))
    return { calls, next: last?.uuid }
  }
}
