/** Operations of a world of streams. Each has its own seed, so that a list can be shortened. */
import { type FaultPlan, NO_FAULTS } from '../simulation/faults'
import { createRandom, type Random, seedFrom } from '../support/random'
import { MODES } from './receivers'
import { TYPES } from './sources'
import { STREAMS, type StreamWorld } from './world'

type Run = (world: StreamWorld) => unknown

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const PAUSES_MS = [100, 1000, 1000, 5000, 20_000, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS]
const LONG_PAUSES_MS = [5 * HOUR_MS, DAY_MS, 3 * DAY_MS, 6 * DAY_MS, 16 * DAY_MS, 31 * DAY_MS]
const MOST_ROWS = 30

function commit({ random, sources }: StreamWorld): void {
  const rows = random.between(1, MOST_ROWS)
  for (let row = 0; row < rows; row++)
    random.pick(sources).commit(random.pick([1, 1, 1, 1, 2, 2, 3, 12]))
}

function read(world: StreamWorld): void {
  const { random, readers } = world
  const types = random.chance(0.3) ? [random.pick(TYPES), random.pick(TYPES)] : undefined
  world.read(random.pick(readers), {
    limit: random.pick([1, 10, 100, 500]),
    waitMs: random.pick([0, 0, 5000, 25_000]),
    ...(types && { types }),
  })
}

function changeReceiver({ random, endpoints, receivers }: StreamWorld): void {
  const endpoint = random.pickOrNone(endpoints)
  if (endpoint) receivers.modes.set(endpoint.number, random.chance(0.5) ? 'up' : random.pick(MODES))
}

function evict({ random, hosts }: StreamWorld): void {
  hosts.resident(random.pick(STREAMS)).host.abort()
}

const ofEndpoint =
  (
    name:
      | 'pause'
      | 'enable'
      | 'moveCursor'
      | 'changeTypes'
      | 'changeAddress'
      | 'rotate'
      | 'replay'
      | 'remove'
      | 'test'
      | 'revokeKey',
  ): Run =>
  ({ owner }) => {
    const endpoint = owner.any()
    return endpoint && owner[name](endpoint)
  }

const OPERATIONS = {
  commit,
  pass: ({ clock, random }) => clock.pass(random.pick(PAUSES_MS)),
  'pass long': ({ clock, random }) => clock.pass(random.pick(LONG_PAUSES_MS)),
  read,
  'change receiver': changeReceiver,
  evict,
  'repeat a row': ({ random, sources }) => random.pick(sources).repeat(),
  'create endpoint': ({ owner, random }) => owner.create(random.pick(STREAMS)),
  pause: ofEndpoint('pause'),
  enable: ofEndpoint('enable'),
  'move cursor': ofEndpoint('moveCursor'),
  'change types': ofEndpoint('changeTypes'),
  'change address': ofEndpoint('changeAddress'),
  rotate: ofEndpoint('rotate'),
  replay: ofEndpoint('replay'),
  remove: ofEndpoint('remove'),
  test: ofEndpoint('test'),
  'revoke key': ofEndpoint('revokeKey'),
} satisfies Record<string, Run>

export type Kind = keyof typeof OPERATIONS

const WEIGHTS: Readonly<Record<Kind, number>> = {
  commit: 40,
  pass: 30,
  'pass long': 2,
  read: 12,
  'change receiver': 10,
  evict: 3,
  'repeat a row': 4,
  'create endpoint': 5,
  pause: 2,
  enable: 5,
  'move cursor': 2,
  'change types': 1,
  'change address': 1,
  rotate: 2,
  replay: 3,
  remove: 1,
  test: 2,
  'revoke key': 1,
}
const CHOICES = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as Kind),
)

export interface Operation {
  readonly kind: Kind
  readonly seed: number
  readonly faults: FaultPlan
}

const MOST_STORAGE_CALLS = 60

function faultsOf(kind: Kind, random: Random): FaultPlan {
  if (!random.chance(0.3)) return NO_FAULTS
  const canFill = kind === 'commit' || kind === 'pass'
  if (canFill && random.chance(0.1)) return { fullStorageOf: random.pick(STREAMS) }
  const retryable = random.chance(0.5)
  return random.chance(0.7)
    ? { abortAtStorageCall: random.between(1, MOST_STORAGE_CALLS), retryable }
    : { loseReplyOfCommand: random.between(1, 3), evictWithReply: random.chance(0.5), retryable }
}

export function operationsOf(seed: number, length: number): Operation[] {
  const random = createRandom(seedFrom(seed, 5))
  return Array.from({ length }, (_, index) => {
    const kind = random.pick(CHOICES)
    return { kind, seed: seedFrom(seed, index, 7), faults: faultsOf(kind, random) }
  })
}

export async function playOne(
  world: StreamWorld,
  { kind, seed, faults }: Operation,
): Promise<void> {
  world.random = createRandom(seed)
  world.faults.begin(faults)
  await OPERATIONS[kind](world)
  await world.clock.pass(world.random.pick([0, 50, 500]))
}
