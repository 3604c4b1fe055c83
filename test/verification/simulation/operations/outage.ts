/** An outage of hours, during which requests continue, and calls, polls and projections fall due. */
import { LivenessJudge, mostOf, OUTAGE_LIMITS, QUIET_LIMITS } from '../auditor/liveness'
import { Violation } from '../auditor/violation'
import { elapse } from '../elapse'
import { type FaultPlan, NO_FAULTS } from '../faults'
import { createRandom, type Random } from '../../support/random'
import type { World } from '../world'

const HOUR_MS = 3_600_000
const HOURS = [1, 9, 72]

/** Bound of the run: 100 wake-ups for each payment and wallet. */
const MOST_WAKE_UPS = 20_000

type Act = (world: World, random: Random) => Promise<string>

function planOf(world: World, random: Random): { readonly what: string; readonly plan: FaultPlan } {
  const names = [...world.objects.residents.keys()]
  const busy = names.filter((name) => world.auditor.wallet(name).open.length > 0)
  const name = random.pickOrNone(busy.length > 0 ? busy : names)
  const fault = random.pick(['down', 'failing', 'garbled', 'says_pending', 'strange_word'] as const)
  const kinds = [
    { what: `gateway ${fault}`, plan: { gateway: fault } },
    { what: 'D1 down', plan: { d1: { fault: 'down', atCall: 1 } } },
    ...(name ? [{ what: `storage of ${name} full`, plan: { fullStorageOf: name } }] : []),
  ] as const
  return random.pick(kinds)
}

/** @param acts operations of users at the start of the outage */
export async function outage(world: World, random: Random, acts: readonly Act[]): Promise<string> {
  const { what, plan } = planOf(world, random)
  const hours = random.pick(HOURS)
  world.faults.begin(plan)
  const count = random.between(0, 4)
  for (let index = 0; index < count; index++)
    await random.pick(acts)(world, createRandom(random.below(2 ** 30)))
  const judge = new LivenessJudge(plan.gateway ? QUIET_LIMITS : OUTAGE_LIMITS)
  await elapse(world, judge, { forMs: hours * HOUR_MS, mostWakeUps: MOST_WAKE_UPS })
  world.faults.begin(NO_FAULTS)
  const [finding] = judge.findings
  if (finding) throw new Violation(`${what} for ${hours} h: ${finding}`)
  world.mostInOutages = mostOf(world.mostInOutages, judge.most)
  return `${what} for ${hours} h`
}
