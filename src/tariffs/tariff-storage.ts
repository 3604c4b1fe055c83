/** Reads and writes the rows of the `Tariffs` object: versions, their content in pieces, and the costs. Synchronous. */
import { firstValue, Table } from '../common/sql/rows'
import { piecesOf } from './core/content'
import type { TariffVersion } from './core/version'
import { COSTS, type CostsRow, PIECE, type PieceRow, VERSION } from './schema'

/** Withdrawn drafts that one command removes. */
const REMOVED_AT_ONCE = 20
/** Key of the costs among the pieces. Versions begin at 1. */
const COSTS_KEY = 0
/** Key of the one row of the costs. */
const ONE = 1

const IN_FORCE = `WHERE state = 'approved' AND effective_at_ms >= COALESCE((SELECT MAX(effective_at_ms) FROM versions
  WHERE state = 'approved' AND effective_at_ms <= ?), 0) ORDER BY effective_at_ms`
const WAITING = "SELECT COUNT(*) FROM versions WHERE state = 'approved' AND effective_at_ms > ?"
const DRAFTS = "SELECT COUNT(*) FROM versions WHERE state = 'draft'"
const TAKEN = "SELECT 1 FROM versions WHERE state = 'approved' AND effective_at_ms = ?"
const BEFORE =
  "WHERE state = 'approved' AND effective_at_ms < ? ORDER BY effective_at_ms DESC LIMIT 1"
const NEXT = 'UPDATE last_version SET version = version + 1 RETURNING version'
const OLD = `WHERE state = 'withdrawn' AND withdrawn_at_ms < ? AND approved_at_ms IS NULL LIMIT ${REMOVED_AT_ONCE}`
const IT = 'WHERE version = ?'

export type StoredCosts = Omit<CostsRow, 'id'>

export class TariffStorage {
  readonly #sql: SqlStorage
  readonly #versions: Table<TariffVersion>
  readonly #pieces: Table<PieceRow>
  readonly #costs: Table<CostsRow>

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#versions = new Table(sql, 'versions', VERSION)
    this.#pieces = new Table(sql, 'pieces', PIECE)
    this.#costs = new Table(sql, 'costs', COSTS)
  }

  find(version: number): TariffVersion | undefined {
    return this.#versions.first(IT, version)
  }

  /** Newest first. @param before version after which the page begins */
  list(before: number, limit: number): TariffVersion[] {
    return this.#versions.all('WHERE version < ? ORDER BY version DESC LIMIT ?', before, limit)
  }

  /** Approved version that is in effect just before an instant. */
  findBefore(atMs: number): TariffVersion | undefined {
    return this.#versions.first(BEFORE, atMs)
  }

  /** Approved versions in force at an instant or later. */
  listInForce(atMs: number): TariffVersion[] {
    return this.#versions.all(IN_FORCE, atMs)
  }

  countDrafts(): number {
    return this.#count(DRAFTS)
  }

  /** Approved versions whose validity begins after an instant. */
  countWaiting(atMs: number): number {
    return this.#count(WAITING, atMs)
  }

  /** Reports whether the validity of an approved version begins at an instant. */
  isTaken(atMs: number): boolean {
    return this.#count(TAKEN, atMs) > 0
  }

  /** Allocates the next version. */
  nextVersion(): number {
    return this.#count(NEXT)
  }

  insertDraft(draft: TariffVersion, content: string): void {
    this.#versions.insert(draft)
    this.#writeContent(draft.version, content)
  }

  approve(
    version: number,
    approved: Pick<TariffVersion, 'state' | 'approver' | 'approvedAtMs'>,
  ): void {
    this.#versions.updater(['state', 'approver', 'approvedAtMs'], IT)(approved, version)
  }

  withdraw(
    version: number,
    withdrawn: Pick<TariffVersion, 'state' | 'withdrawer' | 'withdrawnAtMs'>,
  ): void {
    this.#versions.updater(['state', 'withdrawer', 'withdrawnAtMs'], IT)(withdrawn, version)
  }

  /** Removes some drafts that were withdrawn before an instant. */
  removeWithdrawn(beforeMs: number): void {
    for (const { version } of this.#versions.all(OLD, beforeMs)) {
      this.#pieces.delete(IT, version)
      this.#versions.delete(IT, version)
    }
  }

  /** Rows of a version in their stored form; empty if it is unknown. */
  readContent(version: number): string {
    const pieces = this.#pieces.all('WHERE version = ? ORDER BY piece', version)
    return pieces.map(({ content }) => content).join('')
  }

  #writeContent(version: number, content: string): void {
    for (const [piece, part] of piecesOf(content).entries())
      this.#pieces.insert({ version, piece, content: part })
  }

  replaceCosts(costs: StoredCosts, content: string): void {
    this.#pieces.delete(IT, COSTS_KEY)
    this.#writeContent(COSTS_KEY, content)
    this.#costs.upsert({ ...costs, id: ONE }, 'id')
  }

  findCosts(): CostsRow | undefined {
    return this.#costs.first()
  }

  /** Costs in their stored form; empty if there are none. */
  readCosts(): string {
    return this.readContent(COSTS_KEY)
  }

  #count(query: string, ...values: number[]): number {
    return Number(firstValue(this.#sql, query, ...values) ?? 0)
  }
}
