/** Operators' routes of tariff versions: upload, comparison, dry run, approval and costs. */
import { createRoute } from '@hono/zod-openapi'
import { jsonBody } from '../../http/declarations'
import { createProblem, problemResponse } from '../../http/problems'
import type { LimitDeps } from '../../limits/service'
import { type AppContext, createRouter } from '../../http/router'
import { readCostsCsv, readTariffCsv } from '../../tariffs/core/csv'
import { lagosYesterday } from '../../common/text/lagos'
import type { TariffVersion } from '../../tariffs/core/version'
import { PUBLISHED } from '../../tariffs/tariff'
import type { ReadTariffAt } from '../../tariffs/copy'
import { limitByOperator, operatorOf } from '../access/guard'
import { operatorRoute } from '../access/operator-route'
import { type Names, namesOf } from '../access/names'
import { perform } from '../log/record'
import {
  approvalBody,
  costsBody,
  draftBody,
  dryRunBody,
  operatorsOf,
  pageFrom,
  presentBelowCost,
  presentCosts,
  presentCounts,
  presentDifferences,
  presentDryRun,
  presentRow,
  presentVersion,
  rowsQuery,
  versionParam,
  versionsQuery,
  withdrawalBody,
} from './schemas'
import {
  approveVersion,
  compareVersion,
  dryRun,
  proposeVersion,
  readVersion,
  type TariffAdminDeps,
  withdrawVersion,
} from './service'
import type {
  DifferencesBody,
  DraftBody,
  DryRunBody,
  VersionBody,
  VersionRowsBody,
  VersionsBody,
} from './types'

export interface TariffRouteDeps extends TariffAdminDeps, LimitDeps {
  readonly tariff: ReadTariffAt
}

const params = versionParam
const ONE = '/operator/tariffs/{version}'

const list = createRoute({
  ...operatorRoute('get', '/operator/tariffs', 'tariffs.read', 'Page of versions.'),
  request: { query: versionsQuery },
})
const one = createRoute({
  ...operatorRoute('get', ONE, 'tariffs.read', 'Version with a page of its rows.'),
  request: { params, query: rowsQuery },
})
const differences = createRoute({
  ...operatorRoute('get', `${ONE}/differences`, 'tariffs.read', 'Page of the differences.'),
  request: { params, query: rowsQuery },
})
const draft = createRoute({
  ...operatorRoute('post', '/operator/tariffs', 'tariffs.propose', 'Draft.'),
  request: { body: jsonBody(draftBody) },
})
const costs = createRoute({
  ...operatorRoute('post', '/operator/tariffs/costs', 'tariffs.propose', 'Costs.'),
  request: { body: jsonBody(costsBody) },
})
const trial = createRoute({
  ...operatorRoute('post', `${ONE}/dry-run`, 'tariffs.read', 'Result of the dry run.'),
  request: { params, body: jsonBody(dryRunBody) },
})
const approval = createRoute({
  ...operatorRoute('post', `${ONE}/approve`, 'tariffs.approve', 'Approved version.'),
  request: { params, body: jsonBody(approvalBody) },
})
const withdrawal = createRoute({
  ...operatorRoute('post', `${ONE}/withdraw`, 'tariffs.propose', 'Withdrawn version.'),
  request: { params, body: jsonBody(withdrawalBody) },
})

/** Each problem of the CSV names its line and its column. */
function invalidCsv(c: AppContext, problems: readonly string[]) {
  const errors = problems.map((message) => ({ pointer: '/csv', message: message.slice(0, 1000) }))
  const detail = `The CSV is invalid: ${problems.join('; ')}`.slice(0, 1000)
  return createProblem(c, 'validation_failed', detail, { members: { errors } }) as never
}

export function tariffRoutes(deps: TariffRouteDeps) {
  /** Number of the published version in effect now. */
  const inEffect = async (): Promise<number | null> => {
    const found = await deps.tariff(deps.now())
    return found.ok && found.value.tariff.id === PUBLISHED ? found.value.tariff.version : null
  }
  const present = async (version: TariffVersion, names?: Names): Promise<VersionBody> =>
    presentVersion(version, names ?? (await namesOf(deps, operatorsOf(version))), await inEffect())

  const router = createRouter()
  router.post(trial.getRoutingPath(), limitByOperator(deps, deps.policies.operatorDryRuns))
  return router
    .openapi(list, async (c) => {
      const { before, limit } = c.req.valid('query')
      const [versions, stored] = [
        await deps.tariffs.list(before, limit),
        await deps.tariffs.costs(),
      ]
      const authors = stored ? [stored.author] : []
      const names = await namesOf(deps, [...versions.flatMap(operatorsOf), ...authors])
      const now = await inEffect()
      const body: VersionsBody = {
        versions: versions.map((version) => presentVersion(version, names, now)),
        next: versions.length === limit ? (versions.at(-1)?.version ?? null) : null,
        in_effect: now,
        costs: stored && presentCosts(stored, names),
      }
      return c.json(body, 200)
    })
    .openapi(one, async (c) => {
      const found = await readVersion(deps, c.req.valid('param').version)
      if (!found.ok) return problemResponse(c, found.refusal)
      const { version, rows } = found.value
      const { items, next } = pageFrom(rows, c.req.valid('query'))
      const body: VersionRowsBody = {
        version: await present(version),
        rows: items.map(presentRow),
        next,
        below_cost: presentBelowCost(await deps.tariffs.belowCost(version.version)),
      }
      return c.json(body, 200)
    })
    .openapi(differences, async (c) => {
      const found = await compareVersion(deps, c.req.valid('param').version)
      if (!found.ok) return problemResponse(c, found.refusal)
      const { version, comparedWith, differences: all } = found.value
      const { items, next } = pageFrom(presentDifferences(all), c.req.valid('query'))
      const body: DifferencesBody = {
        version: await present(version),
        compared_with: comparedWith,
        counts: presentCounts(all),
        differences: items,
        next,
      }
      return c.json(body, 200)
    })
    .openapi(draft, async (c) => {
      const { csv, effective_at: effectiveAtMs, note } = c.req.valid('json')
      const read = readTariffCsv(csv)
      if (!read.ok) return invalidCsv(c, read.problems)
      const content = { rows: read.rows, note, effectiveAtMs }
      const proposed = await proposeVersion(deps, operatorOf(c), content)
      if (!proposed.ok) return problemResponse(c, proposed.refusal)
      const { version, differences: all, belowCost } = proposed.value
      const body: DraftBody = {
        version: await present(version),
        differences: presentCounts(all),
        below_cost: presentBelowCost(belowCost),
      }
      return c.json(body, 201) as never
    })
    .openapi(costs, async (c) => {
      const read = readCostsCsv(c.req.valid('json').csv)
      if (!read.ok) return invalidCsv(c, read.problems)
      const operator = operatorOf(c)
      const before = await deps.tariffs.costs()
      const action = {
        action: 'tariff_costs_set',
        subject: 'tariff/costs',
        ...(before && { before: { hash: before.hash, rows: before.rows } }),
      }
      const set = await perform(
        deps,
        operator,
        action,
        () => deps.tariffs.setCosts(operator.uuid, read.rows),
        ({ hash, rows }) => ({ hash, rows }),
      )
      if (!set.ok) return problemResponse(c, set.refusal)
      return c.json(presentCosts(set.value, await namesOf(deps, [operator.uuid])), 200)
    })
    .openapi(trial, async (c) => {
      const { version } = c.req.valid('param')
      const day = c.req.valid('json').day ?? lagosYesterday(deps.now())
      const run = await dryRun(deps, version, day)
      if (!run.ok) return problemResponse(c, run.refusal)
      const body: DryRunBody = presentDryRun(version, day, run.value)
      return c.json(body, 200)
    })
    .openapi(approval, async (c) => {
      const { version } = c.req.valid('param')
      const { hash } = c.req.valid('json')
      const approved = await approveVersion(deps, operatorOf(c), version, hash)
      return approved.ok
        ? c.json(await present(approved.value), 200)
        : problemResponse(c, approved.refusal)
    })
    .openapi(withdrawal, async (c) => {
      const { version } = c.req.valid('param')
      const { reason } = c.req.valid('json')
      const withdrawn = await withdrawVersion(deps, operatorOf(c), version, reason)
      return withdrawn.ok
        ? c.json(await present(withdrawn.value), 200)
        : problemResponse(c, withdrawn.refusal)
    })
}
