/** Operations by name and weight. An operation is a name and a seed, from which all its choices follow. */
import { D1_FAULTS, type FaultPlan, GATEWAY_FAULTS, NO_FAULTS } from '../faults'
import { createRandom, type Random, seedFrom } from '../../support/random'
import type { World } from '../world'
import { answer, end, endSession, initiate, read, register } from './calls'
import { correct } from './corrections'
import { outage } from './outage'
import { topUp, transfer } from './payments'
import { bounce, dashboardRefund, operate, refund, sweepReturns } from './refunds'
import { reverse, sweep, verify, webhook } from './settling'
import { alarm, evict, jump, lateBatch, poll, retry } from './time'
import { customerActs } from './transactions'

export interface Operation {
  readonly kind: string
  readonly seed: number
}

type Play = (world: World, random: Random) => Promise<string>

const KINDS: Record<string, readonly [weight: number, play: Play]> = {
  register: [2, register],
  'top up': [8, topUp],
  'customer acts': [9, customerActs],
  reverse: [2, reverse],
  webhook: [9, webhook],
  verify: [5, verify],
  sweep: [1, sweep],
  poll: [3, poll],
  initiate: [16, initiate],
  answer: [14, answer],
  end: [8, end],
  read: [8, read],
  transfer: [4, transfer],
  jump: [7, jump],
  alarm: [9, alarm],
  evict: [2, evict],
  refund: [4, refund],
  'dashboard refund': [2, dashboardRefund],
  bounce: [1, bounce],
  'sweep returns': [2, sweepReturns],
  operate: [2, operate],
  correct: [2, correct],
  'end session': [0.3, endSession],
  'late batch': [2, lateBatch],
  retry: [5, retry],
  together: [2, together],
  outage: [0.025, (world, random) => outage(world, random, DURING_OUTAGES)],
}

const TOGETHER = [
  'top up',
  'webhook',
  'verify',
  'initiate',
  'answer',
  'end',
  'transfer',
  'alarm',
  'retry',
  'refund',
  'correct',
  'sweep returns',
]

const DURING_OUTAGES = [topUp, initiate, initiate, answer, end, transfer]

/** Creates the operations of a world. */
export function* operationsOf(world: World, seed: number, count: number): Generator<Operation> {
  const random = createRandom(seedFrom(seed, 7))
  const kinds = Object.entries(KINDS).filter(([kind]) => !world.scenery.isQuietAbout(kind))
  const total = kinds.reduce((sum, [, [weight]]) => sum + weight, 0)
  for (let index = 0; index < count; index++) {
    let left = (random.below(2 ** 30) / 2 ** 30) * total
    const kind = kinds.find(([, [weight]]) => (left -= weight) < 0)?.[0] ?? 'read'
    yield { kind: index === 0 ? 'register' : kind, seed: seedFrom(seed, index, 11) }
  }
}

/** Operations that query Monnify. */
const OF_GATEWAY = new Set([
  'top up',
  'webhook',
  'verify',
  'sweep',
  'poll',
  'retry',
  'refund',
  'dashboard refund',
  'bounce',
  'sweep returns',
])

function faultsFor(world: World, kind: string, random: Random): FaultPlan {
  if (random.below(100) >= world.scenery.faultsPercent) return NO_FAULTS
  if (OF_GATEWAY.has(kind) && random.chance(0.4)) return { gateway: random.pick(GATEWAY_FAULTS) }
  const retryable = random.chance(0.4)
  const atCall = random.between(1, 6)
  switch (random.below(4)) {
    case 0:
    case 1:
      return { abortAtStorageCall: random.between(1, random.pick([6, 14, 40])), retryable }
    case 2:
      return {
        loseReplyOfCommand: random.pick([1, 1, 1, 2, 3]),
        evictWithReply: random.chance(0.5),
        retryable,
      }
    default:
      return { d1: { fault: random.pick(D1_FAULTS), atCall: random.chance(0.5) ? 1 : atCall } }
  }
}

/** Plays one operation. @returns its outcome */
export async function play(world: World, { kind, seed }: Operation): Promise<string> {
  const random = createRandom(seed)
  world.platform.random = createRandom(seedFrom(seed, 13))
  world.pass(random.pick([0, 0, 1, 250, 999, 1000, 2500]))
  world.gateway.said.clear()
  world.faults.begin(faultsFor(world, kind, random))
  if (kind === 'outage') world.streams.end()
  else world.streams.begin(createRandom(seedFrom(seed, 19)), world.scenery.faultsPercent)
  if (world.users.length === 0 && kind !== 'register') return 'nobody is there'
  const [, run] = KINDS[kind] ?? [0, read]
  const outcome = await run(world, random)
  if (world.violation) throw world.violation
  return outcome
}

/** Plays several operations at the same time, interleaved where the platform could. */
async function together(world: World, random: Random): Promise<string> {
  const outcomes: string[] = []
  const alike = random.chance(0.4) ? random.pick(TOGETHER) : undefined
  const seed = random.below(2 ** 30)
  const errors: unknown[] = []
  const tasks = Array.from({ length: random.between(2, 4) }, (_, index) => async () => {
    const kind = alike ?? random.pick(TOGETHER)
    const choices = createRandom(random.chance(0.5) ? seed : seedFrom(seed, index))
    try {
      outcomes[index] = `${kind} ${await KINDS[kind]?.[1](world, choices)}`
    } catch (error) {
      errors.push(error)
    }
  })
  world.isShared = true
  await world.scheduler.together(tasks, random)
  world.isShared = false
  if (errors.length > 0) throw errors[0]
  return outcomes.join(' | ')
}
