/** What a wallet has to do elsewhere, at least once each: deliver its transfers, copy its rows to D1. */
import { currentRequestId } from '../../common/log'
import { projectToD1 } from './projection'
import { isWalletType, type Transfer, type WalletName, type WalletType } from '../core/wallet'
import type { WalletStub } from './client'
import type { WalletStorage } from './storage'

export const CHANGES_PER_BATCH = 50
/** One invocation may run 1,000 queries of D1; a change is two at most. */
const BATCHES_AT_ONCE = 8

/**
 * The other wallet credits a transfer by its uuid, and only once. Throws if it cannot be reached. Money for
 * a wallet that only a later release has stays in transit until that release delivers it.
 */
export async function deliverTransfers(
  storage: WalletStorage,
  open: (type: WalletType) => Pick<WalletStub, 'acceptTransfer'>,
): Promise<void> {
  const deliver = async ({ uuid, amountKobo, to }: Transfer) => {
    const accepted = await open(to).acceptTransfer({ uuid, amountKobo }, currentRequestId())
    if (!accepted.ok) throw new Error(`transfer ${uuid} was refused: ${accepted.refusal.code}`)
    storage.markDelivered(uuid)
  }
  for (const transfer of storage.transfersInTransit())
    if (isWalletType(transfer.to)) await deliver(transfer)
}

/**
 * Copies what changed up to a change number, which must have been delivered before; of a long backlog the
 * beginning. Begins again if it is asked to while D1 writes. Throws if D1 fails.
 * @returns whether D1 has all of it
 */
export async function project(
  storage: WalletStorage,
  db: D1Database,
  name: WalletName,
  uuid: string,
  toRevision: number,
): Promise<boolean> {
  for (let batch = 0; batch < BATCHES_AT_ONCE; batch++) {
    const { projectionsBegun } = storage
    const saved = storage.load(uuid, Date.now())
    if (saved.projectedRevision >= toRevision) return true
    const upTo = Math.min(toRevision, saved.projectedRevision + CHANGES_PER_BATCH)
    const rows = storage.changedRows(saved, upTo)
    await projectToD1(db, name, saved.state, upTo, rows)
    if (storage.projectionsBegun !== projectionsBegun) continue
    const projectedEntrySeq = rows.entries.at(-1)?.seq ?? saved.projectedEntrySeq
    storage.moveWatermark({ projectedRevision: upTo, projectedEntrySeq })
  }
  return storage.load(uuid, Date.now()).projectedRevision >= toRevision
}
