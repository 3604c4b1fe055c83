/** Repeats a run with an abort at each of its storage calls, and once after its commit, and compares the results. */
import { type FaultPlan, NO_FAULTS } from './faults'

export interface Outcome {
  readonly storageCalls: number
  readonly state: string
}

export interface Converged {
  readonly points: number
  /** Points with a different result. */
  readonly astray: readonly string[]
}

export async function converge(play: (point: FaultPlan) => Promise<Outcome>): Promise<Converged> {
  const undisturbed = await play(NO_FAULTS)
  const points: FaultPlan[] = [
    ...Array.from({ length: undisturbed.storageCalls }, (_, call) => ({
      abortAtStorageCall: call + 1,
    })),
    { loseReplyOfCommand: 1, evictWithReply: true },
  ]
  const astray: string[] = []
  for (const point of points) {
    const { state } = await play(point)
    if (state !== undisturbed.state)
      astray.push(`${JSON.stringify(point)}:\n${undisturbed.state}\n${state}`)
  }
  return { points: points.length, astray }
}
