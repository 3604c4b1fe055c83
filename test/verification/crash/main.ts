/**
 * Kills the service under load with SIGKILL, again and again, and checks after each restart that
 * nothing acknowledged is lost and nothing is doubled.
 */
import { rmSync } from 'node:fs'
import { type KillRow, runKills } from './run.ts'

export interface CrashOptions {
  readonly kills: number
  readonly clients: number
  readonly seed: number
}

const USERS = 8
const LOAD_MS = [1500, 3000] as const
const MAX_CALL_SECONDS = 20

const COLUMNS: readonly (keyof KillRow)[] = [
  'kill',
  'answered',
  'unknown',
  'wasDone',
  'running',
  'restartMs',
  'lost',
  'doubled',
  'findings',
]

const line = (cells: readonly (string | number)[]): string =>
  cells.map((cell) => String(cell).padStart(10)).join('')

export async function main(flags: CrashOptions): Promise<number> {
  console.log(line(COLUMNS))
  const report = await runKills(
    { ...flags, users: USERS, loadMs: LOAD_MS, maxCallSeconds: MAX_CALL_SECONDS },
    (row) => console.log(line(COLUMNS.map((column) => row[column]))),
  )
  const sum = (column: keyof KillRow) => report.rows.reduce((total, row) => total + row[column], 0)
  const totals = COLUMNS.map((column) => (column === 'kill' ? 'all' : sum(column)))
  console.log(line(totals))
  console.log(
    `${flags.kills} kills, seed ${flags.seed}: ${sum('answered')} answers, ${report.acknowledged} things made, ` +
      `${report.refunds} refunds paid, ${sum('lost')} lost, ${sum('doubled')} doubled; ${sum('running')} calls ran at a kill, ` +
      `${report.leftToClock} were left to the clock; ${report.files} databases checked; ` +
      `${report.findings.length} findings`,
  )
  for (const finding of report.findings.slice(0, 50)) console.log(`- ${finding}`)
  if (report.findings.length > 0) {
    console.log(`The storage is kept: ${report.storage}`)
    return 1
  }
  rmSync(report.storage, { recursive: true, force: true })
  return 0
}
