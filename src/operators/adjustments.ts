/**
 * Goodwill, waivers of debts and corrections, by operators. The row is inserted, within the limit of 24 hours, before
 * the wallet is adjusted. A debit counts towards the limit like a credit. A repeat with the same key changes nothing.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { currentRequestId, logEvent } from '../common/log'
import type { Kobo } from '../common/money'
import { ok, refuse, type Result } from '../common/result'
import { selectValues } from '../common/sql/select-values'
import type { RefundLimits } from '../refunds/service'
import type { WalletType } from '../wallets/core/wallet'
import type { WalletClient, WalletStub } from '../wallets/object/client'
import { keyOf } from './proposals/proposal'
import { type AdjustmentKind, adjustments } from './table'

type AdjustmentRow = typeof adjustments.$inferSelect

export type Adjustment = Omit<AdjustmentRow, 'amountKobo' | 'walletType'> & {
  readonly amountKobo: Kobo
  readonly walletType: WalletType
}

export interface AdjustmentStore {
  /** @returns the adjustment with that key; `undefined` if the limit of 24 hours would be exceeded */
  insertOnce(adjustment: Adjustment, limitKobo: Kobo): Promise<Adjustment | undefined>
  /** Inserts the adjustment again if another try, which the wallet refused, has removed it. */
  markPosted(adjustment: Adjustment): Promise<void>
  /** Removes an adjustment that the wallet refused. */
  remove(uuid: string): Promise<void>
}

export interface AdjustmentDeps {
  readonly adjustmentStore: AdjustmentStore
  readonly wallets: WalletClient
  readonly refundLimits: RefundLimits
  readonly now: () => number
}

export interface NewAdjustment {
  /** UUID of the proposal. The wallet posts each UUID once. */
  readonly uuid: string
  /** Hash of the proposal. */
  readonly fingerprint: string
  readonly kind: AdjustmentKind
  readonly userUuid: string
  readonly walletType: WalletType
  readonly amountKobo: Kobo
  readonly reason: string
  readonly operator: string
}

const DAY_MS = 24 * 3_600_000

/**
 * Gives goodwill, waives a debt or corrects a balance. Refuses `refund_limit_exceeded`, `idempotency_key_reused`, for a
 * waiver `amount_exceeds_debt` and `request_in_progress`, and for a correction `insufficient_funds` and `not_found`.
 */
export async function adjust(
  deps: AdjustmentDeps,
  request: NewAdjustment,
): Promise<Result<Adjustment>> {
  const limitKobo = deps.refundLimits.operatorDayKobo
  const drafted = {
    ...request,
    idempotencyKey: keyOf(request.uuid),
    createdAtMs: deps.now(),
    postedAtMs: null,
  }
  const adjustment = await deps.adjustmentStore.insertOnce(drafted, limitKobo)
  if (!adjustment) return refuse({ code: 'refund_limit_exceeded', limitKobo })
  if (adjustment.fingerprint !== request.fingerprint)
    return refuse({ code: 'idempotency_key_reused' })
  const { uuid, kind, userUuid, walletType: type, operator, reason } = adjustment
  const posted = await deps.wallets.send({ userUuid, type }, (wallet) =>
    apply(wallet, adjustment, currentRequestId()),
  )
  if (!posted.ok) {
    await deps.adjustmentStore.remove(uuid)
    return posted
  }
  logEvent('wallet_adjusted', { kind, user: userUuid, operator, reason })
  const postedAtMs = adjustment.postedAtMs ?? deps.now()
  const kept = { ...adjustment, postedAtMs }
  await deps.adjustmentStore.markPosted(kept)
  return ok(kept)
}

const DIRECTIONS = { correction_in: 'credit', correction_out: 'debit' } as const

function apply(
  wallet: WalletStub,
  { uuid, kind, amountKobo }: Adjustment,
  requestId: string | undefined,
): Promise<Result<null>> {
  if (kind === 'goodwill') return wallet.giveGoodwill({ uuid, amountKobo }, requestId)
  if (kind === 'debt_waiver') return wallet.waiveDebt({ uuid, amountKobo }, requestId)
  return wallet.correct({ uuid, amountKobo, direction: DIRECTIONS[kind] }, requestId)
}

export const createAdjustmentStore = (db: DrizzleD1Database): AdjustmentStore => ({
  async insertOnce(adjustment, limitKobo) {
    const sinceMs = adjustment.createdAtMs - DAY_MS
    const isWithin = sql`(SELECT COALESCE(SUM(amount_kobo), 0) FROM adjustments WHERE created_at_ms > ${sinceMs})
        + (SELECT COALESCE(SUM(amount_kobo), 0) FROM refunds
            WHERE created_at_ms > ${sinceMs} AND operator IS NOT NULL AND status <> 'failed')
        + ${adjustment.amountKobo} <= ${limitKobo}`
    const inserted = await db
      .insert(adjustments)
      .select(selectValues(adjustments, adjustment, isWithin))
      .onConflictDoNothing()
    if (inserted.meta.changes === 1) return adjustment
    const hasKey = eq(adjustments.idempotencyKey, adjustment.idempotencyKey)
    return (await db.select().from(adjustments).where(hasKey).get()) as Adjustment | undefined
  },
  async markPosted(adjustment) {
    const { postedAtMs } = adjustment
    await db
      .insert(adjustments)
      .values(adjustment)
      .onConflictDoUpdate({
        target: adjustments.uuid,
        set: { postedAtMs },
        setWhere: isNull(adjustments.postedAtMs),
      })
  },
  async remove(uuid) {
    const isOpen = and(eq(adjustments.uuid, uuid), isNull(adjustments.postedAtMs))
    await db.delete(adjustments).where(isOpen)
  },
})
