/** Prints a run as lines of a Markdown table. Pure. */
import type { ProjectionReport, ProjectionSettings } from './projection'

const HEAD = [
  'calls/s',
  'copies wait',
  'batches/s',
  'rows/s',
  'batches a call',
  'rows a call',
  'D1 is busy',
  'lag p50',
  'lag p99',
  'longest lag',
]

export const tableHead = (): string[] => [
  `| ${HEAD.join(' | ')} |`,
  `|${HEAD.map(() => ' ---: |').join('')}`,
]

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`

/** Smallest value that `share` of the sorted values do not exceed. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN

export function tableRow(settings: ProjectionSettings, { measured }: ProjectionReport): string {
  const { calls, batches, rows, utilisation, lagsMs } = measured
  const cells = [
    String(settings.callsPerSecond),
    settings.delayMs === 0 ? 'not at all' : `${settings.delayMs / 1000} s`,
    (batches / measured.seconds).toFixed(1),
    (rows / measured.seconds).toFixed(1),
    (batches / calls).toFixed(2),
    (rows / calls).toFixed(2),
    `${(utilisation * 100).toFixed(0)} %`,
    ...[0.5, 0.99, 1].map((share) => seconds(quantile(lagsMs, share))),
  ]
  return `| ${cells.join(' | ')} |`
}

/** Load at which D1's time is used up, extrapolated from a run in which D1 kept up. */
export const fullAt = ({ measured }: ProjectionReport): number =>
  measured.calls / measured.seconds / measured.utilisation

export function recoveryLine(
  { outage }: ProjectionSettings,
  { recovery }: ProjectionReport,
): string {
  if (!outage || !recovery) return ''
  const { waitingBefore, waitingAfter, caughtUpAfterMs } = recovery
  const end =
    caughtUpAfterMs === Infinity
      ? 'not caught up when the run ended'
      : `caught up after ${seconds(caughtUpAfterMs)}`
  return (
    `D1 away for ${(outage.untilMs - outage.fromMs) / 60_000} min: changes that wait ` +
    `${waitingBefore} before, ${waitingAfter} at its end; ${end}.`
  )
}
