import { and, asc, desc, eq, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { kobo, type Kobo } from '../../common/money'
import { isOneOf } from '../../common/sql/one-of'
import { selectValues } from '../../common/sql/select-values'
import { type Permission, ROLES_WITH } from '../access/permissions'
import { operators } from '../access/table'
import { OWN_PERIOD_MS } from './proposal'
import { type ProposalState, proposals } from './table'

type ProposalRow = typeof proposals.$inferSelect

export type Proposal = Omit<ProposalRow, 'amountKobo'> & { readonly amountKobo: Kobo }

export interface ProposalFilter {
  readonly state?: ProposalState | undefined
  readonly userUuid?: string | undefined
  readonly before?: readonly [createdAtMs: number, uuid: string] | undefined
  readonly limit: number
}

export interface ProposalStore {
  /**
   * Inserts a proposal: approved, if the maker may propose and their own amounts of 24 hours stay within `ownLimitKobo`,
   * otherwise pending. The database checks and inserts in one statement.
   * @returns the stored proposal, or the earlier one with the same key of the same maker
   */
  insertOnce(proposal: Proposal, ownLimitKobo: Kobo): Promise<Proposal>
  byUuid(uuid: string): Promise<Proposal | undefined>
  byKey(maker: string, idempotencyKey: string): Promise<Proposal | undefined>
  /** Newest first. */
  list(filter: ProposalFilter): Promise<Proposal[]>
  /** Own amounts without an approval, since an instant. */
  ownKobo(maker: string, sinceMs: number): Promise<Kobo>
  /**
   * Decides a pending proposal. An approval requires that maker and checker are enabled, and still have roles that may
   * propose and approve.
   * @returns whether this call decided it
   */
  decide(
    uuid: string,
    decision: Pick<
      Proposal,
      'state' | 'checker' | 'decisionReason' | 'decidedAtMs' | 'nextTryAtMs'
    >,
  ): Promise<boolean>
  /**
   * Begins a try of an approved proposal that is due. It owns the proposal until the next one.
   * @param nextTryAtMs null for no further try
   * @returns whether it has begun
   */
  beginTry(proposal: Proposal, nowMs: number, nextTryAtMs: number | null): Promise<boolean>
  /** Ends an approved proposal, if the try still owns it. @param tries number of the try */
  end(
    uuid: string,
    tries: number,
    ending: Pick<Proposal, 'state' | 'outcome' | 'executedAtMs'>,
  ): Promise<void>
  /** Removes the bank accounts of proposals that were not decided in time. */
  removeExpiredDestinations(nowMs: number): Promise<void>
  /** Approved proposals that are due for a try. */
  listDue(nowMs: number, limit: number): Promise<Proposal[]>
}

/** Condition that an enabled operator has a permission now. */
const hasOperator = (uuid: SQL, permission: Permission): SQL =>
  sql`EXISTS (SELECT 1 FROM operators WHERE operators.uuid = ${uuid} AND operators.disabled_at_ms IS NULL
    AND ${isOneOf(operators.role, ROLES_WITH[permission])})`

const OWN = sql`needs_approval = 0 AND state <> 'refused'`

export const createProposalStore = (db: DrizzleD1Database): ProposalStore => {
  const first = async (condition: SQL | undefined) =>
    (await db.select().from(proposals).where(condition).get()) as Proposal | undefined
  const isTry = (uuid: string, tries: number) =>
    and(eq(proposals.uuid, uuid), eq(proposals.state, 'approved'), eq(proposals.failures, tries))
  return {
    async insertOnce(proposal, ownLimitKobo) {
      const sinceMs = proposal.createdAtMs - OWN_PERIOD_MS
      const isOwn = sql`(SELECT COALESCE(SUM(amount_kobo), 0) FROM proposals WHERE maker = ${proposal.maker}
        AND created_at_ms > ${sinceMs} AND ${OWN}) + ${proposal.amountKobo} <= ${ownLimitKobo}
        AND ${hasOperator(sql`${proposal.maker}`, 'money.propose')}`
      const own = { ...proposal, needsApproval: false, state: 'approved' } as const
      const pending = {
        ...proposal,
        needsApproval: true,
        state: 'pending',
        decidedAtMs: null,
        nextTryAtMs: null,
      } as const
      for (const [row, condition] of [
        [own, isOwn],
        [pending, sql`1`],
      ] as const) {
        const select = selectValues(proposals, row, condition)
        const { meta } = await db.insert(proposals).select(select).onConflictDoNothing()
        if (meta.changes === 1) return row
      }
      const earlier = await this.byKey(proposal.maker, proposal.idempotencyKey)
      if (!earlier) throw new Error('A proposal could not be stored.')
      return earlier
    },
    byUuid: (uuid) => first(eq(proposals.uuid, uuid)),
    byKey: (maker, key) =>
      first(and(eq(proposals.maker, maker), eq(proposals.idempotencyKey, key))),
    async list({ state, userUuid, before, limit }) {
      const isBefore =
        before && sql`(${proposals.createdAtMs}, ${proposals.uuid}) < (${before[0]}, ${before[1]})`
      return (await db
        .select()
        .from(proposals)
        .where(
          and(
            state === undefined ? undefined : eq(proposals.state, state),
            userUuid === undefined ? undefined : eq(proposals.userUuid, userUuid),
            isBefore,
          ),
        )
        .orderBy(desc(proposals.createdAtMs), desc(proposals.uuid))
        .limit(limit)) as Proposal[]
    },
    async ownKobo(maker, sinceMs) {
      const sum = await db
        .select({ kobo: sql<number>`COALESCE(SUM(${proposals.amountKobo}), 0)` })
        .from(proposals)
        .where(and(eq(proposals.maker, maker), sql`created_at_ms > ${sinceMs} AND ${OWN}`))
        .get()
      return kobo(sum?.kobo ?? 0)
    },
    async decide(uuid, decision) {
      const isApproval = decision.state === 'approved'
      const isPending = and(
        eq(proposals.uuid, uuid),
        eq(proposals.state, 'pending'),
        isApproval ? hasOperator(sql`proposals.maker`, 'money.propose') : undefined,
        isApproval ? hasOperator(sql`${decision.checker}`, 'money.approve') : undefined,
      )
      const cleared = isApproval ? {} : { destination: null }
      const { meta } = await db
        .update(proposals)
        .set({ ...decision, ...cleared })
        .where(isPending)
      return meta.changes === 1
    },
    async beginTry({ uuid, failures }, nowMs, nextTryAtMs) {
      const isDue = or(isNull(proposals.nextTryAtMs), lte(proposals.nextTryAtMs, nowMs))
      const { meta } = await db
        .update(proposals)
        .set({ failures: failures + 1, nextTryAtMs })
        .where(and(isTry(uuid, failures), isDue))
      return meta.changes === 1
    },
    async end(uuid, tries, ending) {
      await db
        .update(proposals)
        .set({ ...ending, destination: null, nextTryAtMs: null })
        .where(isTry(uuid, tries))
    },
    async removeExpiredDestinations(nowMs) {
      const isExpired = and(eq(proposals.state, 'pending'), lte(proposals.expiresAtMs, nowMs))
      await db
        .update(proposals)
        .set({ destination: null })
        .where(and(isExpired, isNotNull(proposals.destination)))
    },
    listDue: async (nowMs, limit) =>
      (await db
        .select()
        .from(proposals)
        .where(and(eq(proposals.state, 'approved'), lte(proposals.nextTryAtMs, nowMs)))
        .orderBy(asc(proposals.nextTryAtMs))
        .limit(limit)) as Proposal[],
  }
}
