/** Operators' commands on tariff versions. Amounts are whole kobo. */
import { ok, refuse, type Result } from '../../common/result'
import type { TariffsClient } from '../../tariffs/client'
import { decodeRows, encodeRows } from '../../tariffs/core/content'
import type { BelowCost } from '../../tariffs/core/costs'
import { type Differences, differencesOf } from '../../tariffs/core/differences'
import {
  addCalls,
  dayOf,
  type DryRun,
  EMPTY_RUN,
  lagosDayStartMs,
} from '../../tariffs/core/dry-run'
import type { Row } from '../../tariffs/core/row'
import type { TariffVersion } from '../../tariffs/core/version'
import { PUBLISHED, type Tariff, tariffOf } from '../../tariffs/tariff'
import type { NamesDeps } from '../access/names'
import type { Actor } from '../access/operator'
import { permissionsOf } from '../access/permissions'
import { type LogDeps, perform } from '../log/record'
import type { ReadCalls } from './store'

export interface TariffAdminDeps extends LogDeps, NamesDeps {
  readonly tariffs: TariffsClient
  /** Tariff before the first version takes effect. */
  readonly configuredTariff: Tariff
  readonly dryRunCalls: ReadCalls
}

/** Rows of the projection that one dry run reads, those of a page, and the calls that it prices. */
const MAX_SCANNED = 500_000
const PAGE_ROWS = 20_000
const MAX_CALLS = 50_000

const subjectOf = (version: number): string => `tariff/${version}`

const factsOf = ({ version, state, hash, rows, effectiveAtMs }: TariffVersion) => ({
  version,
  state,
  hash,
  rows,
  effective_at_ms: effectiveAtMs,
})

export interface VersionRows {
  readonly version: TariffVersion
  readonly rows: readonly Row[]
}

/** Refuses `not_found`. */
export async function readVersion(
  deps: TariffAdminDeps,
  version: number,
): Promise<Result<VersionRows>> {
  const found = await deps.tariffs.read(version)
  return found.ok
    ? ok({ version: found.value.version, rows: decodeRows(found.value.content) })
    : found
}

export interface Compared extends VersionRows {
  /** Version with which it is compared; null for the tariff of the setting. */
  readonly comparedWith: number | null
  readonly differences: Differences
}

async function compare(deps: TariffAdminDeps, found: VersionRows): Promise<Compared> {
  const before = await deps.tariffs.readBefore(found.version.effectiveAtMs)
  const rows = before ? decodeRows(before.content) : deps.configuredTariff.rates
  return {
    ...found,
    comparedWith: before?.version.version ?? null,
    differences: differencesOf(rows, found.rows),
  }
}

/** Compares a version with the one that it follows. Refuses `not_found`. */
export async function compareVersion(
  deps: TariffAdminDeps,
  version: number,
): Promise<Result<Compared>> {
  const found = await readVersion(deps, version)
  return found.ok ? ok(await compare(deps, found.value)) : found
}

export interface Draft extends Compared {
  readonly belowCost: readonly BelowCost[]
}

/** Stores a draft. Refuses `tariff_not_allowed`. */
export async function proposeVersion(
  deps: TariffAdminDeps,
  operator: Actor,
  {
    rows,
    note,
    effectiveAtMs,
  }: { readonly rows: readonly Row[]; readonly note: string; readonly effectiveAtMs: number },
): Promise<Result<Draft>> {
  const action = { action: 'tariff_proposed', subject: null, reason: note }
  const proposed = await perform(
    deps,
    operator,
    action,
    () =>
      deps.tariffs.propose({
        author: operator.uuid,
        note,
        effectiveAtMs,
        content: encodeRows(rows),
        rows: rows.length,
      }),
    factsOf,
  )
  if (!proposed.ok) return proposed
  const version = proposed.value
  const belowCost = await deps.tariffs.belowCost(version.version)
  return ok({ ...(await compare(deps, { version, rows })), belowCost })
}

/** Refuses `tariff_not_allowed` if the author of a version was disabled, or has a role that proposes none. */
async function checkAuthor(deps: TariffAdminDeps, version: number): Promise<Result<null>> {
  const [draft] = await deps.tariffs.list(version + 1, 1)
  const author = draft && (await deps.operatorSessions.operatorByUuid(draft.author))
  if (!author) return ok(null)
  const mayPropose = permissionsOf(author.role, 'session').includes('tariffs.propose')
  if (author.disabledAtMs === null && mayPropose) return ok(null)
  return refuse({
    code: 'tariff_not_allowed',
    reason: 'The author may not propose versions any more. Another operator must propose it.',
  })
}

/** Refuses `not_found`, `tariff_not_allowed`. @param hash of the proposal that the operator saw */
export async function approveVersion(
  deps: TariffAdminDeps,
  operator: Actor,
  version: number,
  hash: string,
): Promise<Result<TariffVersion>> {
  const action = { action: 'tariff_approved', subject: subjectOf(version), before: { hash } }
  return perform(
    deps,
    operator,
    action,
    async () => {
      const allowed = await checkAuthor(deps, version)
      return allowed.ok ? deps.tariffs.approve(version, operator.uuid, hash) : allowed
    },
    factsOf,
  )
}

/** Refuses `not_found`, `tariff_not_allowed`. */
export async function withdrawVersion(
  deps: TariffAdminDeps,
  operator: Actor,
  version: number,
  reason: string,
): Promise<Result<TariffVersion>> {
  const action = { action: 'tariff_withdrawn', subject: subjectOf(version), reason }
  return perform(
    deps,
    operator,
    action,
    () => deps.tariffs.withdraw(version, operator.uuid),
    factsOf,
  )
}

export interface DayRun {
  readonly run: DryRun
  readonly isPartial: boolean
}

/** Prices the calls that ended on a day in Lagos with a version. Refuses `not_found` for a version or a day. */
export async function dryRun(
  deps: TariffAdminDeps,
  version: number,
  day: string,
): Promise<Result<DayRun>> {
  const startMs = lagosDayStartMs(day)
  const found = await readVersion(deps, version)
  if (!found.ok) return found
  if (startMs === undefined) return refuse({ code: 'not_found' })
  const tariff = tariffOf(PUBLISHED, version, found.value.rows)
  let run = EMPTY_RUN
  let after: string | undefined = ''
  let priced = 0
  for (let scanned = 0; after !== undefined; scanned += PAGE_ROWS) {
    if (scanned >= MAX_SCANNED || priced > MAX_CALLS) return ok({ run, isPartial: true })
    const page = await deps.dryRunCalls(dayOf(startMs), after, PAGE_ROWS)
    run = addCalls(run, tariff, page.calls)
    priced += page.calls.length
    after = page.next
  }
  return ok({ run, isPartial: false })
}
