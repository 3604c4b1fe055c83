/**
 * Reads and writes the wallet object's rows. All methods are synchronous, so that nothing can happen
 * between a command's read and its write.
 */
import { type Kobo, ZERO } from '../../common/money'
import type { Quota } from '../../limits/policy'
import type { Change } from '../core/change'
import {
  paymentEntryPrefix,
  type PaymentTotals,
  attemptEntryPrefix,
} from '../core/payment-commands'
import { emptyLedger, type Entry } from '../core/ledger'
import type { ChangedRows } from './projection'
import { refundPrefix, reversalPrefix } from '../core/returned-money'
import type {
  Call,
  Collection,
  EntryView,
  PaymentAttempt,
  Transfer,
  WalletState,
} from '../core/wallet'
import { CallTable, type EndedCall } from './tables/calls'
import { CollectionTable } from './tables/collections'
import { type Columns, integer, kobo, nullable, text } from '../../common/sql/columns'
import { EntryTable } from './tables/entries'
import type { CallPage, EntryPage } from './tables/pages'
import { ReversalTable } from './tables/reversals'
import { Table } from '../../common/sql/rows'
import { TransferTable } from './tables/transfers'

/** Progress of the projection: calls by revision, entries by position. */
export interface Watermark {
  readonly projectedRevision: number
  readonly projectedEntrySeq: number
}

/** Wallet state, with the object's clock and revisions. */
export interface WalletRow extends Watermark {
  readonly state: WalletState
  readonly clockMs: number
  readonly revision: number
  /** Time since which the user's stream receives events of the wallet; null if it does not. */
  readonly streamedSinceMs: number | null
}

/** The only row of the wallet table. */
interface StoredWallet extends Watermark {
  readonly id: number
  readonly createdAtMs: number
  readonly clockMs: number
  readonly postedKobo: Kobo
  readonly entrySeq: number
  readonly entryHash: string
  readonly callSeq: number
  readonly goodwillKobo: Kobo
  readonly debtKobo: Kobo
  readonly debtSourceUuid: string | null
  readonly frozenAtMs: number | null
  readonly erasedAtMs: number | null
  readonly revision: number
  /** Position of the last call whose recipient is blanked. */
  readonly blankedCallSeq: number
  readonly streamedSinceMs: number | null
}

const WALLET: Columns<StoredWallet> = {
  id: integer('id'),
  createdAtMs: integer('created_at_ms'),
  clockMs: integer('clock_ms'),
  postedKobo: kobo('posted_kobo'),
  entrySeq: integer('entry_seq'),
  entryHash: text('entry_hash'),
  callSeq: integer('call_seq'),
  goodwillKobo: kobo('goodwill_kobo'),
  debtKobo: kobo('debt_kobo'),
  debtSourceUuid: nullable(text('debt_source_uuid')),
  frozenAtMs: nullable(integer('frozen_at_ms')),
  erasedAtMs: nullable(integer('erased_at_ms')),
  revision: integer('change'),
  projectedRevision: integer('projected_change'),
  projectedEntrySeq: integer('projected_entry_seq'),
  blankedCallSeq: integer('blanked_call_seq'),
  streamedSinceMs: nullable(integer('streamed_since_ms')),
}

/** Calls that are blanked in one step. */
export const BLANKED_AT_ONCE = 100

export class WalletStorage {
  readonly #wallet: Table<StoredWallet>
  readonly #saveWallet
  readonly #saveWatermark
  readonly #saveBlanked
  readonly #saveStreamed
  readonly #calls: CallTable
  readonly #entries: EntryTable
  readonly #transfers: TransferTable
  readonly #reversals: ReversalTable
  readonly #collections: CollectionTable
  /** Wallet as last loaded or saved. Cleared if a transaction fails. */
  #row: WalletRow | undefined
  #projectionsBegun = 0

  constructor(sql: SqlStorage) {
    this.#wallet = new Table(sql, 'wallet', WALLET)
    this.#saveWallet = this.#wallet.updater([
      'clockMs',
      'postedKobo',
      'entrySeq',
      'entryHash',
      'callSeq',
      'goodwillKobo',
      'debtKobo',
      'debtSourceUuid',
      'frozenAtMs',
      'erasedAtMs',
      'revision',
    ])
    this.#saveWatermark = this.#wallet.updater(['projectedRevision', 'projectedEntrySeq'])
    this.#saveBlanked = this.#wallet.updater(['blankedCallSeq'])
    this.#saveStreamed = this.#wallet.updater(['streamedSinceMs'])
    this.#calls = new CallTable(sql)
    this.#entries = new EntryTable(sql)
    this.#transfers = new TransferTable(sql)
    this.#reversals = new ReversalTable(sql)
    this.#collections = new CollectionTable(sql)
  }

  /** Loads the wallet, or creates an empty one. */
  load(uuid: string, nowMs: number): WalletRow {
    return (this.#row ??= this.#read(uuid) ?? this.#create(uuid, nowMs))
  }

  /** Makes the next load read from storage, because a write was rolled back. */
  reload(): void {
    this.#row = undefined
  }

  #read(uuid: string): WalletRow | undefined {
    const row = this.#wallet.first('WHERE id = 1')
    if (!row) return undefined
    const { createdAtMs, clockMs, revision, projectedRevision, projectedEntrySeq } = row
    const { goodwillKobo, debtKobo, debtSourceUuid, frozenAtMs, erasedAtMs } = row
    const { streamedSinceMs } = row
    const standing = { goodwillKobo, debtKobo, debtSourceUuid, frozenAtMs, erasedAtMs }
    const head = { seq: row.entrySeq, hash: row.entryHash, balanceKobo: row.postedKobo }
    const openCalls = this.#calls.open()
    return {
      state: { uuid, createdAtMs, head, lastCallSeq: row.callSeq, openCalls, ...standing },
      clockMs,
      revision,
      projectedRevision,
      projectedEntrySeq,
      streamedSinceMs,
    }
  }

  /** Creating the wallet is its first revision, so that it is projected before it has any money. */
  #create(uuid: string, nowMs: number): WalletRow {
    const head = emptyLedger(uuid)
    const numbers = { revision: 1, projectedRevision: 0, projectedEntrySeq: 0 }
    const marks = { frozenAtMs: null, erasedAtMs: null }
    const standing = { goodwillKobo: ZERO, debtKobo: ZERO, debtSourceUuid: null, ...marks }
    this.#wallet.insert({
      ...numbers,
      id: 1,
      createdAtMs: nowMs,
      clockMs: nowMs,
      postedKobo: ZERO,
      entrySeq: head.seq,
      entryHash: head.hash,
      callSeq: 0,
      blankedCallSeq: 0,
      streamedSinceMs: null,
      ...standing,
    })
    const state = { uuid, createdAtMs: nowMs, head, lastCallSeq: 0, openCalls: [], ...standing }
    return { ...numbers, state, clockMs: nowMs, streamedSinceMs: null }
  }

  /** Writes a change's rows under the next revision. */
  save(saved: WalletRow, changed: Change, nowMs: number): WalletRow {
    const { state, calls, entries, transfers, reversals, collections } = changed
    const { head, lastCallSeq, goodwillKobo, debtKobo, debtSourceUuid } = state
    const { frozenAtMs, erasedAtMs } = state
    const revision = saved.revision + 1
    this.#saveWallet({
      clockMs: nowMs,
      postedKobo: head.balanceKobo,
      entrySeq: head.seq,
      entryHash: head.hash,
      callSeq: lastCallSeq,
      goodwillKobo,
      debtKobo,
      debtSourceUuid,
      frozenAtMs,
      erasedAtMs,
      revision,
    })
    for (const call of calls) this.#calls.save(call, call.seq > saved.state.lastCallSeq, revision)
    for (const entry of entries) this.#entries.append(entry, revision)
    for (const transfer of transfers) this.#transfers.insert(transfer, revision)
    for (const reversal of reversals) this.#reversals.insert(reversal)
    for (const collection of collections) this.#collections.insert(collection)
    if (debtKobo === 0 && saved.state.debtKobo > 0) this.#collections.closeAll()
    return (this.#row = { ...saved, state, clockMs: nowMs, revision })
  }

  markStreamed(streamedSinceMs: number): void {
    this.#saveStreamed({ streamedSinceMs })
    this.#row &&= { ...this.#row, streamedSinceMs }
  }

  call(uuid: string): Call | undefined {
    return this.#calls.byUuid(uuid)
  }

  /** Start times of the calls within a quota's window, oldest first. */
  callStarts(quota: Quota, nowMs: number): number[] {
    return this.#calls.starts(quota, nowMs)
  }

  /** UUIDs of the open calls that have a room. */
  openRooms(): string[] {
    return this.#calls.open().flatMap(({ uuid, roomSinceMs }) => (roomSinceMs === null ? [] : uuid))
  }

  /** Ends of the accepted calls within a quota's window that were lost or not connected, oldest first. */
  lostCalls(quota: Quota, nowMs: number): number[] {
    return this.#calls.lost(quota, nowMs)
  }

  calls(page: CallPage): Call[] {
    return this.#calls.page(page)
  }

  /** End of the oldest call whose recipient is not blanked; `undefined` if there is none, or it is open. */
  oldestRecipientMs(): number | undefined {
    const [oldest] = this.#calls.after(this.#blankedCallSeq(), 1)
    return oldest?.endedAtMs ?? undefined
  }

  /** The next calls whose recipients are to be blanked, oldest first. They ended by `untilMs`. */
  callsToBlank(untilMs: number): EndedCall[] {
    const calls = this.#calls.after(this.#blankedCallSeq(), BLANKED_AT_ONCE)
    const kept = calls.findIndex(({ endedAtMs }) => endedAtMs === null || endedAtMs > untilMs)
    return kept === -1 ? calls : calls.slice(0, kept)
  }

  /** Blanks the recipients of all calls up to a position. */
  blankRecipients(blankedCallSeq: number): void {
    this.#calls.blank(this.#blankedCallSeq(), blankedCallSeq)
    this.#saveBlanked({ blankedCallSeq })
  }

  blankFromStart(): void {
    this.#saveBlanked({ blankedCallSeq: 0 })
  }

  #blankedCallSeq(): number {
    return this.#wallet.first('WHERE id = 1')?.blankedCallSeq ?? 0
  }

  entry(reference: string): Entry | undefined {
    return this.#entries.byReference(reference)
  }

  entries(page: EntryPage): EntryView[] {
    return this.#entries.page(page)
  }

  /** Entries whose reference begins with `prefix`, oldest first. */
  entriesUnder(prefix: string): Entry[] {
    return this.#entries.under(prefix)
  }

  /** Entries of the references that exist. */
  entriesOf(references: readonly string[]): Entry[] {
    return references.flatMap((reference) => this.#entries.byReference(reference) ?? [])
  }

  paymentTotals(name: PaymentAttempt): PaymentTotals {
    const { paymentUuid } = name
    return {
      referenceCreditedKobo: this.#entries.creditedKobo(attemptEntryPrefix(name)),
      paymentCreditedKobo: this.#entries.creditedKobo(paymentEntryPrefix(paymentUuid)),
      reversals: this.#reversals.ofPayment(paymentUuid),
      returns: [reversalPrefix(paymentUuid), refundPrefix(paymentUuid)].flatMap((prefix) =>
        this.#entries.matching(prefix),
      ),
    }
  }

  transfer(uuid: string): Transfer | undefined {
    return this.#transfers.byUuid(uuid)
  }

  transfers(): Transfer[] {
    return this.#transfers.all()
  }

  transfersInTransit(): Transfer[] {
    return this.#transfers.inTransit()
  }

  openCollections(): Collection[] {
    return this.#collections.open()
  }

  markAnswered(collectionUuid: string): void {
    this.#collections.markAnswered(collectionUuid)
  }

  markDelivered(transferUuid: string): void {
    this.#transfers.markDelivered(transferUuid)
  }

  /** Rows that changed after the watermark, up to a revision. Reads at most one row more. */
  changedRows(
    { projectedRevision, projectedEntrySeq }: Watermark,
    toRevision: number,
  ): ChangedRows {
    const calls = this.#calls.changed(projectedRevision, toRevision)
    return { calls, entries: this.#entries.posted(projectedEntrySeq, toRevision) }
  }

  /** Number of resets, by which a running projection notices a new one. */
  get projectionsBegun(): number {
    return this.#projectionsBegun
  }

  resetProjection(): void {
    this.#projectionsBegun += 1
    this.moveWatermark({ projectedRevision: 0, projectedEntrySeq: 0 })
  }

  moveWatermark({ projectedRevision, projectedEntrySeq }: Watermark): void {
    this.#saveWatermark({ projectedRevision, projectedEntrySeq })
    this.#row &&= { ...this.#row, projectedRevision, projectedEntrySeq }
  }
}
