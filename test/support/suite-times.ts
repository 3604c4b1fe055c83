/** Prints the time per project and of the slowest files after a run, and the CPU time. */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const SLOWEST = 15
/** Unit of Linux's process times. */
const TICKS_PER_SECOND = 100

/** Duration from loading to the last hook. */
function msOf(module: TestModule): number {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } =
    module.diagnostic()
  return environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration
}

const line = (ms: number, text: string) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${text}`

/** @returns CPU seconds of ended children, or `undefined` without /proc */
function childSeconds(): number | undefined {
  try {
    const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ')
    const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number)
    return (user + system) / TICKS_PER_SECOND
  } catch {
    return undefined
  }
}

function cpuLine(): string {
  const { user, system } = process.cpuUsage()
  const own = `CPU: ${((user + system) / 1e6).toFixed(0)} s in this process`
  const children = childSeconds()
  return children === undefined ? own : `${own}, ${children.toFixed(0)} s in ended children`
}

export class SuiteTimes implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const timed = modules.map((module) => ({
      project: module.project.name,
      file: relative(module.project.config.root, module.moduleId),
      ms: msOf(module),
    }))
    console.log('\nTime per project')
    for (const [project, own] of Map.groupBy(timed, (one) => one.project)) {
      const ms = own.reduce((sum, one) => sum + one.ms, 0)
      console.log(line(ms, `${project} (${own.length} files)`))
    }
    console.log('\nSlowest files')
    for (const { ms, project, file } of timed.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST))
      console.log(line(ms, `${project} ${file}`))
    console.log(`\n${cpuLine()}`)
  }
}
