import { and, asc, desc, eq, gt, lt } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { type ActionContent, type ActionEntry, appendTo, EMPTY_HEAD, type Head } from './chain'
import { operatorActions } from './table'

/** Attempts to append while other operators append too. */
const MOST_ATTEMPTS = 30

export interface ActionFilter {
  readonly operatorUuid?: string | undefined
  readonly subject?: string | undefined
  readonly action?: string | undefined
  readonly beforeSeq?: number | undefined
  readonly limit: number
}

export interface ActionLog {
  /** @throws if the entry could not be stored */
  append(content: ActionContent): Promise<ActionEntry>
  /** The newest entries first. */
  list(filter: ActionFilter): Promise<ActionEntry[]>
  /** Entries in order, after a number. */
  after(seq: number, limit: number): Promise<ActionEntry[]>
  /** Head at an entry; the empty head for 0, `undefined` for an unknown number. */
  headAt(seq: number): Promise<Head | undefined>
}

export const createActionLog = (db: DrizzleD1Database): ActionLog => {
  const { seq, hash, operatorUuid, subject, action } = operatorActions
  const newest = () =>
    db.select({ seq, hash }).from(operatorActions).orderBy(desc(seq)).limit(1).get()
  return {
    async append(content) {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const entry = appendTo((await newest()) ?? EMPTY_HEAD, content)
        const { meta } = await db.insert(operatorActions).values(entry).onConflictDoNothing()
        if (meta.changes === 1) return entry
      }
      throw new Error('The log of actions could not be written.')
    },
    list: async (filter) =>
      db
        .select()
        .from(operatorActions)
        .where(
          and(
            filter.operatorUuid === undefined ? undefined : eq(operatorUuid, filter.operatorUuid),
            filter.subject === undefined ? undefined : eq(subject, filter.subject),
            filter.action === undefined ? undefined : eq(action, filter.action),
            filter.beforeSeq === undefined ? undefined : lt(seq, filter.beforeSeq),
          ),
        )
        .orderBy(desc(seq))
        .limit(filter.limit),
    after: async (from, limit) =>
      db.select().from(operatorActions).where(gt(seq, from)).orderBy(asc(seq)).limit(limit),
    headAt: async (at) =>
      at === 0
        ? EMPTY_HEAD
        : db.select({ seq, hash }).from(operatorActions).where(eq(seq, at)).get(),
  }
}
