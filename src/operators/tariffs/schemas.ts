/** Requests and responses of the operators' routes of tariffs. */
import { z } from '@hono/zod-openapi'
import { requiredLine, timeParameter } from '../../http/fields'
import type { BelowCost } from '../../tariffs/core/costs'
import { MAX_CSV_BYTES } from '../../tariffs/core/csv'
import type { Differences } from '../../tariffs/core/differences'
import { greatestDifferences } from '../../tariffs/core/dry-run'
import type { Row } from '../../tariffs/core/row'
import type { TariffVersion } from '../../tariffs/core/version'
import type { StoredCosts } from '../../tariffs/tariff-storage'
import { nameIn, type Names } from '../access/names'
import type { DayRun } from './service'
import type {
  BelowCostsBody,
  CostsBody,
  CountsBody,
  DifferenceBody,
  DryRunBody,
  NamedOperator,
  RowBody,
  VersionBody,
} from './types'
import { toTime, toTimeOrNull } from '../../common/text/time'

const csv = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(MAX_CSV_BYTES, `must have at most ${MAX_CSV_BYTES} characters`)

export const draftBody = z.strictObject({
  csv,
  effective_at: timeParameter,
  note: requiredLine(3, 500),
})

export const costsBody = z.strictObject({ csv })

export const approvalBody = z.strictObject({
  hash: z.string('must be a string').regex(/^[0-9a-f]{64}$/, 'must be the hash of the version'),
})

export const withdrawalBody = z.strictObject({ reason: requiredLine(3, 500) })

export const dryRunBody = z.strictObject({
  day: z
    .string('must be a day such as 2026-03-14')
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2026-03-14')
    .optional(),
})

const MAX_VERSION = 2_000_000_000

const wholeNumber = z
  .string()
  .regex(/^\d{1,10}$/, 'must be a whole number')
  .transform(Number)

export const versionParam = z.object({
  version: wholeNumber.pipe(z.number().min(1).max(MAX_VERSION)),
})

export const versionsQuery = z.object({
  before: wholeNumber.pipe(z.number().max(MAX_VERSION)).default(MAX_VERSION),
  limit: wholeNumber.pipe(z.number().min(1).max(30)).default(20),
})

export const rowsQuery = z.object({
  offset: wholeNumber.pipe(z.number().max(100_000)).default(0),
  limit: wholeNumber.pipe(z.number().min(1).max(500)).default(100),
})

type RowsQuery = z.infer<typeof rowsQuery>

/** A page of a list that was read completely. */
export function pageFrom<T>(items: readonly T[], { offset, limit }: RowsQuery) {
  const end = offset + limit
  return { items: items.slice(offset, end), next: end < items.length ? end : null }
}

const operatorIn = (names: Names, uuid: string): NamedOperator => ({
  uuid,
  name: nameIn(names, uuid),
})

export const operatorsOf = ({ author, approver, withdrawer }: TariffVersion) => [
  author,
  approver,
  withdrawer,
]

export const presentVersion = (
  version: TariffVersion,
  names: Names,
  inEffect: number | null,
): VersionBody => ({
  version: version.version,
  state: version.state,
  is_in_effect: version.version === inEffect,
  author: operatorIn(names, version.author),
  approver: version.approver === null ? null : operatorIn(names, version.approver),
  withdrawer: version.withdrawer === null ? null : operatorIn(names, version.withdrawer),
  note: version.note,
  effective_at: toTime(version.effectiveAtMs),
  proposed_at: toTime(version.proposedAtMs),
  approved_at: toTimeOrNull(version.approvedAtMs),
  withdrawn_at: toTimeOrNull(version.withdrawnAtMs),
  rows: version.rows,
  hash: version.hash,
})

export const presentCosts = (costs: StoredCosts, names: Names): CostsBody => ({
  author: operatorIn(names, costs.author),
  set_at: toTime(costs.setAtMs),
  rows: costs.rows,
  hash: costs.hash,
})

export const presentRow = (row: Row): RowBody => ({
  id: row.id,
  prefix: row.prefix,
  type: row.type ?? null,
  kobo_per_minute: row.kobo_per_minute ?? null,
  unit_kobo: row.unit_kobo,
  minimum_seconds: row.minimum_seconds,
  increment_seconds: row.increment_seconds,
  setup_kobo: row.setup_kobo,
})

const FIRST = 100

export const presentBelowCost = (below: readonly BelowCost[]): BelowCostsBody => ({
  count: below.length,
  first: below.slice(0, FIRST).map((one) => ({
    prefix: one.prefix,
    type: one.type,
    id: one.id,
    kobo_per_minute: one.koboPerMinute,
    cost_kobo_per_minute: one.costKoboPerMinute,
  })),
})

export function presentCounts({ added, removed, changed }: Differences): CountsBody {
  const rises = changed.map(
    ({ before, after }) => (after.kobo_per_minute ?? NaN) - (before.kobo_per_minute ?? NaN),
  )
  return {
    added: added.length,
    removed: removed.length,
    changed: changed.length,
    dearer: rises.filter((rise) => rise > 0).length,
    cheaper: rises.filter((rise) => rise < 0).length,
  }
}

/** Changed rows first, because they are what an approver compares. */
export const presentDifferences = ({ added, removed, changed }: Differences): DifferenceBody[] => [
  ...changed.map(({ before, after }) => ({
    kind: 'changed' as const,
    before: presentRow(before),
    after: presentRow(after),
  })),
  ...added.map((row) => ({ kind: 'added' as const, before: null, after: presentRow(row) })),
  ...removed.map((row) => ({ kind: 'removed' as const, before: presentRow(row), after: null })),
]

const GREATEST = 20

export const presentDryRun = (
  version: number,
  day: string,
  { run, isPartial }: DayRun,
): DryRunBody => ({
  version,
  day,
  calls: run.calls,
  charged_kobo: run.chargedKobo,
  would_be_kobo: run.wouldBeKobo,
  dearer: run.dearer,
  cheaper: run.cheaper,
  same: run.same,
  not_allowed: run.notAllowed,
  without_number: run.withoutNumber,
  is_partial: isPartial,
  greatest: greatestDifferences(run, GREATEST).map((total) => ({
    prefix: total.prefix,
    type: total.type,
    calls: total.calls,
    charged_kobo: total.chargedKobo,
    would_be_kobo: total.wouldBeKobo,
  })),
})
