/**
 * Durable Object with all tariff versions and the costs. One instance exists. The rules are in `core/version.ts`, the
 * statements in `tariff-storage.ts`; the schema enforces the most important rules again.
 */
import { DurableObject } from 'cloudflare:workers'
import { ok, refuse, type Result } from '../common/result'
import { applySchemaSteps } from '../common/sql/schema-steps'
import { decodeRows, hashOf, proposalHash } from './core/content'
import { type BelowCost, destinationsBelowCost } from './core/costs'
import type { CostRow } from './core/csv'
import { MAX_ROWS } from './core/row'
import {
  decideApproval,
  decideProposal,
  decideWithdrawal,
  type TariffVersion,
} from './core/version'
import { TARIFF_STEPS } from './schema'
import { type StoredCosts, TariffStorage } from './tariff-storage'

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

export class Tariffs extends DurableObject<Env> {
  readonly #storage: TariffStorage

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#storage = new TariffStorage(ctx.storage.sql)
    void ctx.blockConcurrencyWhile(async () => applySchemaSteps(ctx.storage, TARIFF_STEPS))
  }

  /** Stores a draft under the next version. Refuses `tariff_not_allowed`. */
  propose(proposed: ProposedRows): Result<TariffVersion> {
    const nowMs = Date.now()
    return this.#change(nowMs, () => {
      const allowed = decideProposal(proposed.effectiveAtMs, this.#storage.countDrafts(), nowMs)
      if (!allowed.ok) return allowed
      const { content, rows, ...rest } = proposed
      if (content.length > MAX_CONTENT_LENGTH || rows > MAX_ROWS)
        return refuse({ code: 'tariff_not_allowed', reason: 'The tariff has too many rows.' })
      const named = { ...rest, version: this.#storage.nextVersion(), rowsHash: hashOf(content) }
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
      this.#storage.insertDraft(draft, content)
      return ok(draft)
    })
  }

  /** Refuses `not_found`, `tariff_not_allowed`. @param hash of the proposal that the approver saw */
  approve(version: number, approver: string, hash: string): Result<TariffVersion> {
    const nowMs = Date.now()
    return this.#change(nowMs, () => {
      const draft = this.#storage.find(version)
      if (!draft) return refuse({ code: 'not_found' })
      const allowed = decideApproval(draft, {
        approver,
        hash,
        nowMs,
        belowCost: this.belowCost(version).length,
        costsAuthor: this.#storage.findCosts()?.author ?? null,
        isTaken: this.#storage.isTaken(draft.effectiveAtMs),
        waiting: this.#storage.countWaiting(nowMs),
      })
      if (!allowed.ok) return allowed
      const approved = { state: 'approved', approver, approvedAtMs: nowMs } as const
      this.#storage.approve(version, approved)
      return ok({ ...draft, ...approved })
    })
  }

  /** Refuses `not_found`, `tariff_not_allowed`. */
  withdraw(version: number, withdrawer: string): Result<TariffVersion> {
    const nowMs = Date.now()
    return this.#change(nowMs, () => {
      const known = this.#storage.find(version)
      if (!known) return refuse({ code: 'not_found' })
      const allowed = decideWithdrawal(known, nowMs)
      if (!allowed.ok) return allowed
      const withdrawn = { state: 'withdrawn', withdrawer, withdrawnAtMs: nowMs } as const
      this.#storage.withdraw(version, withdrawn)
      return ok({ ...known, ...withdrawn })
    })
  }

  /** Newest first. @param before version after which the page begins */
  list(before: number, limit: number): TariffVersion[] {
    return this.#storage.list(before, Math.min(limit, MAX_PAGE))
  }

  /** Refuses `not_found`. */
  read(version: number): Result<Content> {
    const known = this.#storage.find(version)
    return known
      ? ok({ version: known, content: this.#storage.readContent(version) })
      : refuse({ code: 'not_found' })
  }

  /** Returns the approved version that is in effect just before an instant, or `null`. */
  readBefore(atMs: number): Content | null {
    const version = this.#storage.findBefore(atMs)
    return version ? { version, content: this.#storage.readContent(version.version) } : null
  }

  /** Destinations of a version that are below the current costs. */
  belowCost(version: number): BelowCost[] {
    const costs = this.#storage.readCosts()
    if (costs === '') return []
    const rows = decodeRows(this.#storage.readContent(version) || '[]')
    return destinationsBelowCost(rows, JSON.parse(costs) as CostRow[])
  }

  /** Replaces the costs. Versions that are approved already stay so. */
  setCosts(author: string, costs: readonly CostRow[]): Result<StoredCosts> {
    if (costs.length > MAX_ROWS)
      return refuse({ code: 'tariff_not_allowed', reason: 'There are too many costs.' })
    const content = JSON.stringify(costs)
    const set = { author, setAtMs: Date.now(), rows: costs.length, hash: hashOf(content) }
    this.ctx.storage.transactionSync(() => this.#storage.replaceCosts(set, content))
    return ok(set)
  }

  /** Returns facts about the current costs, or `null` if there are none. */
  costs(): StoredCosts | null {
    return this.#storage.findCosts() ?? null
  }

  /**
   * Returns all approved versions in force now, later, or until shortly before now.
   * @param known hashes of versions that the isolate has, whose rows are not sent again
   */
  copy(known: readonly string[]): CopiedVersion[] {
    const versions = this.#storage.listInForce(Date.now() - LOOK_BACK_MS)
    return versions.map(({ version, effectiveAtMs, hash }) => ({
      version,
      effectiveAtMs,
      hash,
      content: known.includes(hash) ? null : this.#storage.readContent(version),
    }))
  }

  /** Runs a command in one transaction, after removing old drafts. */
  #change<T>(nowMs: number, command: () => Result<T>): Result<T> {
    return this.ctx.storage.transactionSync(() => {
      this.#storage.removeWithdrawn(nowMs - DRAFTS_KEPT_MS)
      return command()
    })
  }
}
