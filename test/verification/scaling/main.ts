/**
 * Simulates the projection at half of a load, at the load, and at twice the load, with and without a delay, and
 * after an outage. D1's time for a batch and for a row is an assumption.
 */
import { simulateProjection } from './projection'
import { outageOf, type ScalingOptions, settingsOf } from './flags'
import { fullAt, recoveryLine, tableHead, tableRow } from './report'

const SHARES = [0.5, 1, 2]

export async function main(flags: ScalingOptions): Promise<number> {
  const full: string[] = []
  for (const line of tableHead()) console.log(line)
  for (const delaySeconds of new Set([0, flags.delaySeconds])) {
    for (const share of SHARES) {
      const callsPerSecond = flags.callsPerSecond * share
      const settings = {
        ...settingsOf({ ...flags, delaySeconds }),
        callsPerSecond,
      }
      const report = simulateProjection(settings)
      console.log(tableRow(settings, report))
      if (share === SHARES[0])
        full.push(
          `D1 is full at ${fullAt(report).toFixed(0)} calls/s if a change waits ${delaySeconds} s.`,
        )
    }
  }
  for (const line of full) console.log(line)
  const settings = outageOf(flags)
  console.log(recoveryLine(settings, simulateProjection(settings)))
  return 0
}
