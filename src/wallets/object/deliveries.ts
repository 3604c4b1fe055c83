/** Work outside the wallet, done at least once: delivering transfers and projecting rows to D1. */
import { currentRequestId } from '../../common/log'
import { minKobo } from '../../common/money'
import { projectToD1 } from './projection'
import {
  isWalletType,
  otherType,
  type Transfer,
  type WalletName,
  type WalletType,
} from '../core/wallet'
import type { WalletStub } from './client'
import type { WalletStorage } from './storage'

export const CHANGES_PER_BATCH = 50
/** An invocation may run 1,000 queries on D1; a revision usually needs one or two. */
const BATCHES_AT_ONCE = 8

/**
 * Delivers all transfers in transit. The other wallet credits each UUID once. Throws if that wallet
 * cannot be reached or refuses. A transfer to a wallet type of a later release stays in transit.
 */
export async function deliverTransfers(
  storage: WalletStorage,
  open: (type: WalletType) => Pick<WalletStub, 'acceptTransfer'>,
): Promise<void> {
  const deliver = async ({ uuid, amountKobo, goodwillKobo, paymentUuid, to }: Transfer) => {
    const arrival = { uuid, amountKobo, goodwillKobo, paymentUuid }
    const accepted = await open(to).acceptTransfer(arrival, currentRequestId())
    if (!accepted.ok) throw new Error(`transfer ${uuid} was refused: ${accepted.refusal.code}`)
    storage.markDelivered(uuid)
  }
  for (const transfer of storage.transfersInTransit())
    if (isWalletType(transfer.to)) await deliver(transfer)
}

/**
 * Sends each open collection to the user's other wallet, for at most the present debt. That wallet moves money
 * once for each UUID. A collection stays open until its money has arrived. Throws if the other wallet cannot be
 * reached, or its money is still in transit.
 */
export async function requestCollections(
  storage: WalletStorage,
  { type: to }: WalletName,
  uuid: string,
  open: (type: WalletType) => Pick<WalletStub, 'collectDebt'>,
): Promise<void> {
  const owedKobo = () => storage.load(uuid, Date.now()).state.debtKobo
  if (owedKobo() === 0) return
  for (const collection of storage.openCollections()) {
    const { paymentUuid } = collection
    const amountKobo = minKobo(collection.amountKobo, owedKobo())
    const transfer = { uuid: collection.uuid, paymentUuid, amountKobo, to }
    const collected = await open(otherType(to)).collectDebt(transfer, currentRequestId())
    if (!collected.ok || !collected.value.delivered)
      throw new Error(`collection ${collection.uuid} is in transit`)
    storage.markAnswered(collection.uuid)
  }
}

/**
 * Projects changes up to a revision; of a long backlog, only the beginning. If the projection is reset
 * while D1 writes, it starts again. Throws if D1 fails.
 * @param toRevision its transfers must have been delivered
 * @returns whether the projection is complete up to `toRevision`
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
