/**
 * Loads the production bundle and a minimal Worker by turns. It fails if a response or the books are wrong, never
 * because of slowness.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTimedLog } from '../support/progress'
import { measureFirstPackets } from './first-packet'
import { type BenchOptions, type Plan, planOf } from './flags'
import { hotVerdicts, runHot } from './hot-run'
import { operationsOf } from './operations'
import { plotOf } from './plot'
import { tableOf, type Verdict, verdictLine, verdictsOf } from './report'
import { type Setting, setUp } from './setting'
import { runSoak, soakVerdicts } from './soak-run'
import { CONNECTIONS, measure, sweep } from './table-run'
import { checkBooks, endOpenCalls } from './world'

const OUT = join(import.meta.dirname, '../../../dist/bench')
const HOT_USERS = 64
const SOAK_USERS = 128
/** The default, or the number that sixteen connections on one wallet need. */
const MAX_OPEN_CALLS = { table: 64, hot: 5, soak: 5, calls: 5 } as const

const say = createTimedLog()

function keep(name: string, content: string): void {
  mkdirSync(OUT, { recursive: true })
  writeFileSync(join(OUT, name), content)
  console.log(`written: ${join('dist/bench', name)}`)
}

const keepJson = (plan: Plan, name: string, results: object) =>
  keep(`${name}.json`, `${JSON.stringify({ plan, ...results }, null, 2)}\n`)

async function runTable(setting: Setting, plan: Plan): Promise<Verdict[]> {
  const operations = operationsOf(setting)
  const rows = await measure(setting, operations, plan, say)
  const series = await sweep(setting, operations, plan.requests, say)
  console.log(`\n${tableOf(rows)}\n`)
  const title = `Throughput over connections, ${plan.requests} wallets`
  keep('throughput.svg', plotOf(title, 'connections', 'per second', series))
  keepJson(plan, 'table', { connections: CONNECTIONS, rows, series })
  return verdictsOf(rows)
}

async function run(setting: Setting, plan: Plan): Promise<Verdict[]> {
  if (plan.mode === 'table') return runTable(setting, plan)
  if (plan.mode === 'soak') {
    const minutes = await runSoak(setting, plan.minutes, say)
    keepJson(plan, 'soak', { minutes })
    return soakVerdicts(minutes)
  }
  const report = await runHot(setting, plan, say)
  const refused = Object.fromEntries(report.refused)
  console.log(`the hot wallet's calls: ${report.hotCalls}, refused:`, refused)
  keepJson(plan, 'hot', { ...report, refused })
  return hotVerdicts(report)
}

const usersOf = ({ mode, requests }: Plan): number =>
  mode === 'table' ? requests : mode === 'hot' ? HOT_USERS : SOAK_USERS

async function runCalls(plan: Plan): Promise<void> {
  const measured = await measureFirstPackets(say)
  if (!measured) {
    console.log('no Chromium or no coturn: calls with audio are left out')
    return
  }
  keepJson(plan, 'calls', measured)
  const { p50Ms, p95Ms, delaysMs } = measured
  console.log(`accept to first packet, ${delaysMs.length} calls: p50 ${p50Ms} ms, p95 ${p95Ms} ms`)
}

export async function main(options: BenchOptions): Promise<number> {
  const plan = planOf(options)
  if (plan.mode === 'calls' || (plan.mode === 'table' && !plan.isShort)) await runCalls(plan)
  if (plan.mode === 'calls') return 0
  say(`building the bundle, starting it and the floor, paying in for ${usersOf(plan)} users`)
  const maxOpenCalls = MAX_OPEN_CALLS[plan.mode]
  const setting = await setUp({ users: usersOf(plan), maxOpenCalls, isInMemory: plan.isInMemory })
  try {
    const verdicts = await run(setting, plan)
    for (const verdict of verdicts) console.log(verdictLine(verdict))
    await endOpenCalls(setting.world)
    const findings = await checkBooks(setting.world)
    for (const finding of findings.slice(0, 20)) console.log(`- ${finding}`)
    const calls = setting.world.users.reduce((sum, { chargedKobo }) => sum + chargedKobo / 100, 0)
    if (findings.length > 0) return 1
    console.log(`Every answer was as expected; the books of ${calls} charged calls are right.`)
    return 0
  } finally {
    await setting.hosts.stop()
  }
}
