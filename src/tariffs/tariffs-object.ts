/**
 * Durable Object with all tariff versions and the costs. One instance exists. The rules are in `core/version.ts`; the
 * schema enforces the most important ones again.
 */
import { DurableObject } from 'cloudflare:workers'
import { ok, refuse, type Result } from '../common/result'
import { firstValue, Table } from '../common/sql/rows'
import { applySchemaSteps } from '../common/sql/schema-steps'
import { decodeRows, hashOf, piecesOf, proposalHash } from './core/content'
import { type BelowCost, destinationsBelowCost } from './core/costs'
import type { CostRow } from './core/csv'
import { MAX_ROWS } from './core/row'
import {
  decideApproval,
  decideProposal,
  decideWithdrawal,
  type TariffVersion,
} from './core/version'
import { COSTS, type CostsRow, PIECE, type PieceRow, TARIFF_STEPS, VERSION } from './schema'

/** Name of the one instance. */
export const TARIFFS_NAME = 'tariffs'

/** Withdrawn drafts are removed this long after their withdrawal. */
export const DRAFTS_KEPT_MS = 90 * 86_400_000

/** Longest stored text of a version's rows. */
const MAX_CONTENT_LENGTH = 5_000_000

/**
 * A copy also has the versions whose validity ended within this time, for calls that an isolate with a slower clock, or a
 * slow read, prices as of an earlier instant.
 */
const LOOK_BACK_MS = 10 * 60_000

/** Versions on a page. */
const MAX_PAGE = 100
/** Withdrawn drafts that one command removes. */
const REMOVED_AT_ONCE = 20
/** Key of the costs among the pieces. Versions begin at 1. */
const COSTS_KEY = 0

const IN_FORCE = `WHERE state = 'approved' AND effective_at_ms >= COALESCE((SELECT MAX(effective_at_ms) FROM versions
  WHERE state = 'approved' AND effective_at_ms <= ?), 0) ORDER BY effective_at_ms`
const WAITING = "SELECT COUNT(*) FROM versions WHERE state = 'approved' AND effective_at_ms > ?"
const DRAFTS = "SELECT COUNT(*) FROM versions WHERE state = 'draft'"
const TAKEN = "SELECT 1 FROM versions WHERE state = 'approved' AND effective_at_ms = ?"
const BEFORE =
  "WHERE state = 'approved' AND effective_at_ms < ? ORDER BY effective_at_ms DESC LIMIT 1"
const NEXT = 'UPDATE last_version SET version = version + 1 RETURNING version'
const OLD = `WHERE state = 'withdrawn' AND withdrawn_at_ms < ? AND approved_at_ms IS NULL LIMIT ${REMOVED_AT_ONCE}`

export interface ProposedRows {
  readonly author: string
  readonly note: string
  readonly effectiveAtMs: number
  /** Rows in their stored form, from `encodeRows`. */
  readonly content: string
  readonly rows: number
}

export interface Content {
  readonly version: TariffVersion
  readonly content: string
}

/** Approved version, as an isolate copies it. `content` is null if the isolate has it already. */
export interface CopiedVersion {
  readonly version: number
  readonly effectiveAtMs: number
  readonly hash: string
  readonly content: string | null
}

export type StoredCosts = Omit<CostsRow, 'id'>

export class Tariffs extends DurableObject<Env> {
  readonly #versions: Table<TariffVersion>
  readonly #pieces: Table<PieceRow>
  readonly #costs: Table<CostsRow>

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#versions = new Table(ctx.storage.sql, 'versions', VERSION)
    this.#pieces = new Table(ctx.storage.sql, 'pieces', PIECE)
    this.#costs = new Table(ctx.storage.sql, 'costs', COSTS)
    void ctx.blockConcurrencyWhile(async () => applySchemaSteps(ctx.storage, TARIFF_STEPS))
  }

  /** Stores a draft under the next version. Refuses `tariff_not_allowed`. */
  propose(proposed: ProposedRows): Result<TariffVersion> {
    const nowMs = Date.now()
    return this.#change(nowMs, () => {
      const allowed = decideProposal(proposed.effectiveAtMs, this.#count(DRAFTS), nowMs)
      if (!allowed.ok) return allowed
      const { content, rows, ...rest } = proposed
      if (content.length > MAX_CONTENT_LENGTH || rows > MAX_ROWS)
        return refuse({ code: 'tariff_not_allowed', reason: 'The tariff has too many rows.' })
      const named = { ...rest, version: this.#count(NEXT), rowsHash: hashOf(content) }
      const draft: TariffVersion = {
        ...named,
        hash: proposalHash(named),
        rows,
        state: 'draft',
        approver: null,
        withdrawer: null,
        proposedAtMs: nowMs,
        approvedAtMs: null,
        withdrawnAtMs: null,
      }
      this.#versions.insert(draft)
      this.#write(draft.version, content)
      return ok(draft)
    })
  }

  /** Refuses `not_found`, `tariff_not_allowed`. @param hash of the proposal that the approver saw */
  approve(version: number, approver: string, hash: string): Result<TariffVersion> {
    const nowMs = Date.now()
    return this.#change(nowMs, () => {
      const draft = this.#versions.first('WHERE version = ?', version)
      if (!draft) return refuse({ code: 'not_found' })
      const allowed = decideApproval(draft, {
        approver,
        hash,
        nowMs,
        belowCost: this.#belowCost(version).length,
        isTaken: this.#count(TAKEN, draft.effectiveAtMs) > 0,
        waiting: this.#count(WAITING, nowMs),
      })
      if (!allowed.ok) return allowed
      const approved = { state: 'approved', approver, approvedAtMs: nowMs } as const
      this.#versions.updater(['state', 'approver', 'approvedAtMs'], 'WHERE version = ?')(
        approved,
        version,
      )
      return ok({ ...draft, ...approved })
    })
  }

  /** Refuses `not_found`, `tariff_not_allowed`. */
  withdraw(version: number, withdrawer: string): Result<TariffVersion> {
    const nowMs = Date.now()
    return this.#change(nowMs, () => {
      const known = this.#versions.first('WHERE version = ?', version)
      if (!known) return refuse({ code: 'not_found' })
      const allowed = decideWithdrawal(known, nowMs)
      if (!allowed.ok) return allowed
      const withdrawn = { state: 'withdrawn', withdrawer, withdrawnAtMs: nowMs } as const
      this.#versions.updater(['state', 'withdrawer', 'withdrawnAtMs'], 'WHERE version = ?')(
        withdrawn,
        version,
      )
      return ok({ ...known, ...withdrawn })
    })
  }

  /** Newest first. @param before version after which the page begins */
  list(before: number, limit: number): TariffVersion[] {
    const clause = 'WHERE version < ? ORDER BY version DESC LIMIT ?'
    return this.#versions.all(clause, before, Math.min(limit, MAX_PAGE))
  }

  /** Refuses `not_found`. */
  read(version: number): Result<Content> {
    const known = this.#versions.first('WHERE version = ?', version)
    return known
      ? ok({ version: known, content: this.#read(version) })
      : refuse({ code: 'not_found' })
  }

  /** Returns the approved version that is in effect just before an instant, or `null`. */
  readBefore(atMs: number): Content | null {
    const version = this.#versions.first(BEFORE, atMs)
    return version ? { version, content: this.#read(version.version) } : null
  }

  /** Destinations of a version that are below the present costs. */
  belowCost(version: number): BelowCost[] {
    return this.#belowCost(version)
  }

  /** Replaces the costs. Versions that are approved already stay so. */
  setCosts(author: string, costs: readonly CostRow[]): Result<StoredCosts> {
    if (costs.length > MAX_ROWS)
      return refuse({ code: 'tariff_not_allowed', reason: 'There are too many costs.' })
    const content = JSON.stringify(costs)
    const row = { id: 1, author, setAtMs: Date.now(), rows: costs.length, hash: hashOf(content) }
    this.ctx.storage.transactionSync(() => {
      this.#pieces.delete('WHERE version = ?', COSTS_KEY)
      this.#write(COSTS_KEY, content)
      this.#costs.upsert(row, 'id')
    })
    return ok(row)
  }

  /** Returns facts about the present costs, or `null` if there are none. */
  costs(): StoredCosts | null {
    return this.#costs.first() ?? null
  }

  /**
   * Returns all approved versions in force now, later, or until shortly before now.
   * @param known hashes of versions that the isolate has, whose rows are not sent again
   */
  copy(known: readonly string[]): CopiedVersion[] {
    const versions = this.#versions.all(IN_FORCE, Date.now() - LOOK_BACK_MS)
    return versions.map(({ version, effectiveAtMs, hash }) => ({
      version,
      effectiveAtMs,
      hash,
      content: known.includes(hash) ? null : this.#read(version),
    }))
  }

  /** Runs a command in one transaction, after removing old drafts. */
  #change<T>(nowMs: number, command: () => Result<T>): Result<T> {
    return this.ctx.storage.transactionSync(() => {
      for (const { version } of this.#versions.all(OLD, nowMs - DRAFTS_KEPT_MS)) {
        this.#pieces.delete('WHERE version = ?', version)
        this.#versions.delete('WHERE version = ?', version)
      }
      return command()
    })
  }

  #count(query: string, ...values: number[]): number {
    return Number(firstValue(this.ctx.storage.sql, query, ...values) ?? 0)
  }

  #belowCost(version: number): BelowCost[] {
    const costs = this.#read(COSTS_KEY)
    if (costs === '') return []
    return destinationsBelowCost(
      decodeRows(this.#read(version) || '[]'),
      JSON.parse(costs) as CostRow[],
    )
  }

  #write(version: number, content: string): void {
    for (const [piece, part] of piecesOf(content).entries())
      this.#pieces.insert({ version, piece, content: part })
  }

  #read(version: number): string {
    const pieces = this.#pieces.all('WHERE version = ? ORDER BY piece', version)
    return pieces.map(({ content }) => content).join('')
  }
}
