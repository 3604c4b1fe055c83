/**
 * Aborts each wallet command instead of each of its storage calls, and once after its commit, then repeats it.
 * At every point, the result must equal that of an undisturbed run.
 */
import { converge, type Outcome } from './converge'
import { type FaultPlan, NO_FAULTS } from './faults'
import type { Platform } from './platform'
import { createRandom } from '../support/random'
import { type Ask, type Scene, START_MS } from './abort-scenes'
import { World } from './world'

const TRIES = 5

/** Without `markStreamed`, no events leave. */
const STREAM_OWNERS = { users: true, deployment: false }

const TABLES = [
  'wallet',
  'entries',
  'calls',
  'transfers',
  'reversals',
  'collections',
  'idempotency_keys',
  'token_version',
  'ended_sessions',
  'event_outbox',
]

function stateOf({ objects, d1, streams }: World): string {
  const objectRows = [...objects.all()].map(({ name, rows, alarmAtMs }) => [
    name,
    alarmAtMs,
    ...TABLES.map((table) => rows(`SELECT * FROM ${table}`)),
  ])
  const copies = ['wallets', 'transactions', 'call_sessions'].map((table) =>
    d1.rows(`SELECT * FROM ${table}`),
  )
  const received = [...streams.received].map(([stream, events]) => [stream, ...events.values()])
  return JSON.stringify([objectRows, copies, received])
}

async function playScene(
  platform: Platform,
  { before, ask }: Scene,
  point: FaultPlan,
): Promise<Outcome> {
  platform.nowMs = START_MS
  platform.random = createRandom(1)
  const world = new World(1, platform, { isGrounded: false, streamOwners: STREAM_OWNERS })
  const command = ([name, method, ...args]: Ask) => world.objects.command(name, method, args)
  try {
    for (const step of before)
      if ('passMs' in step) world.pass(step.passMs)
      else await command(step)
    for (const { host } of world.objects.residents.values()) host.abort()
    world.faults.begin(point)
    await insist(() => command(ask))
    const { storageCalls } = world.faults
    world.faults.begin(NO_FAULTS)
    await settleAll(world)
    await world.streams.rest()
    world.eventJudge.checkComplete()
    if (world.violation) throw world.violation
    return { storageCalls, state: stateOf(world) }
  } finally {
    world.close()
  }
}

/** Repeats until there is a response. */
async function insist(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return void (await ask())
    } catch (error) {
      if (attempt === TRIES) throw error
    }
}

/** Lets alarms be set and ring, as they would in time. */
async function settleAll({ objects }: World): Promise<void> {
  for (const name of objects.residents.keys()) await objects.command(name, 'open', [])
  for (let round = 0; round < 3; round++)
    for (const { host } of objects.residents.values())
      if (host.alarmAtMs !== null) await objects.ring(host.name)
}

export async function abortEverywhere(platform: Platform, scene: Scene) {
  const converged = await converge((point) => playScene(platform, scene, point))
  return { title: scene.title, ...converged }
}
