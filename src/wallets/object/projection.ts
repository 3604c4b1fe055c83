/**
 * Projects a wallet's changed rows to D1 in one batch of upserts. Batches may repeat or arrive in any
 * order, because an older row never replaces a newer one.
 */
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { isOneOf } from '../../common/sql/one-of'
import { insertMessageIf } from '../../mail/store'
import type { Entry } from '../core/ledger'
import { lowCreditNotice } from '../core/low-credit'
import { callSessions, transactions, wallets } from '../table'
import { type Call, CURRENCY, type WalletName, type WalletState } from '../core/wallet'

export interface ChangedRows {
  readonly entries: readonly Entry[]
  readonly calls: readonly (Call & { readonly revision: number })[]
}

/** Writes the wallet and the rows that changed up to its revision. Throws if D1 fails. */
export async function projectToD1(
  d1: D1Database,
  name: WalletName,
  state: WalletState,
  revision: number,
  { entries, calls }: ChangedRows,
): Promise<void> {
  const db = drizzle(d1)
  const wallet = {
    uuid: state.uuid,
    userUuid: name.userUuid,
    type: name.type,
    currency: CURRENCY,
    postedKobo: state.head.balanceKobo,
    entrySeq: state.head.seq,
    entryHash: state.head.hash,
    createdAtMs: state.createdAtMs,
    revision,
  }
  const { postedKobo, entrySeq, entryHash } = wallet
  const notice = lowCreditNotice(name, entries)
  await db.batch([
    db
      .insert(wallets)
      .values(wallet)
      .onConflictDoUpdate({
        target: wallets.uuid,
        set: { postedKobo, entrySeq, entryHash, revision },
        setWhere: sql`excluded.change > ${wallets.revision}`,
      }),
    ...entries.map(({ from, to, ...entry }) =>
      db
        .insert(transactions)
        .values({ ...entry, walletUuid: state.uuid, fromAccount: from, toAccount: to })
        .onConflictDoNothing({ target: [transactions.walletUuid, transactions.seq] }),
    ),
    ...calls.map((call) => upsertCall(db, state.uuid, call)),
    ...(notice ? [insertMessageIf(db, notice, sql`TRUE`)] : []),
  ])
}

/** Blanks the recipients of projected calls. */
export async function blankProjected(
  d1: D1Database,
  calls: readonly Pick<Call, 'uuid'>[],
): Promise<void> {
  const uuids = calls.map(({ uuid }) => uuid)
  await drizzle(d1)
    .update(callSessions)
    .set({ recipientPhone: '', recipientName: null })
    .where(isOneOf(callSessions.uuid, uuids))
}

function upsertCall(
  db: ReturnType<typeof drizzle>,
  walletUuid: string,
  call: ChangedRows['calls'][number],
) {
  const { uuid, recipientPhone, recipientName, type, holdKobo, createdAtMs } = call
  const { status, chargeKobo, startedAtMs, endedAtMs, endReason, revision } = call
  const mutable = { status, chargeKobo, startedAtMs, endedAtMs, endReason, revision }
  const fixed = { uuid, walletUuid, recipientPhone, recipientName, type, holdKobo, createdAtMs }
  return db
    .insert(callSessions)
    .values({ ...fixed, ...mutable, rate: JSON.stringify(call.rate) })
    .onConflictDoUpdate({
      target: callSessions.uuid,
      set: mutable,
      setWhere: sql`excluded.change > ${callSessions.revision}`,
    })
}
