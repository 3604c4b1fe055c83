/**
 * Aborts a command, and the deliveries that follow, instead of each storage call, and once after the commit. The command
 * is repeated until it has a response; the deliveries go on by the alarm alone. At every point, the result must equal that
 * of an undisturbed run.
 */
import { hold } from '../simulation/auditor/violation'
import { type Converged, converge, type Outcome } from '../simulation/converge'
import { type FaultPlan, Lost, NO_FAULTS } from '../simulation/faults'
import type { Platform } from '../simulation/platform'
import { type Ask, ENDPOINT, EVENTS, type Scene, type Step } from './abort-scenes'
import { VirtualClock } from './clock'
import { START_MS } from './play'
import { StreamWorld, USER_STREAM } from './world'

const TRIES = 5
const HOUR_MS = 3_600_000

/** Without secrets, which are random, and times of attempts, which a repeat changes. */
const QUERIES = [
  'SELECT id, opened_at_ms, erased_at_ms, upkeep_at_ms FROM stream',
  'SELECT * FROM events',
  `SELECT uuid, url, types, include_phone, status, disabled_reason, cursor, failures > 0,
    next_attempt_at_ms > 0, previous_until_ms, notice_due_at_ms, created_at_ms FROM endpoints`,
  'SELECT * FROM replays',
  'SELECT * FROM keys',
  'SELECT DISTINCT event_id, cause FROM attempts ORDER BY event_id, cause',
]

function prepareWorld(platform: Platform, clock: VirtualClock): StreamWorld {
  const world = new StreamWorld(1, platform, clock)
  for (const event of EVENTS) world.judge.commit([USER_STREAM], event.id, event)
  const book = world.judge.addEndpoint(USER_STREAM, 1, null, true)
  const shared = { number: 1, uuid: ENDPOINT, stream: USER_STREAM, book }
  world.endpoints.push({ ...shared, keyUuid: null, addressVersion: 1 })
  return world
}

async function command(world: StreamWorld, [method, ...args]: Ask): Promise<void> {
  const { clock, hosts } = world
  const { host } = hosts.resident(USER_STREAM)
  const [last] = args.slice(-1)
  if (method === 'testEndpoint') world.endpoints[0]?.book.tests.set((last as { id: string }).id, {})
  for (let attempt = 1; ; attempt++)
    try {
      if (method === 'alarm') host.alarmAtMs = null
      const answer = (await clock.until(hosts.command(USER_STREAM, method, ...args))) as
        | { readonly ok?: boolean }
        | undefined
      const isRepeated = attempt > 1
      hold(isRepeated || answer?.ok !== false, () => `${method}: ${JSON.stringify(answer)}`)
      return
    } catch (error) {
      if (!(error instanceof Lost) || attempt === TRIES) throw error
    }
}

async function step(world: StreamWorld, one: Step): Promise<void> {
  if ('passMs' in one) await world.clock.pass(one.passMs)
  else if ('mode' in one) world.receivers.modes.set(1, one.mode)
  else await command(world, one)
}

function stateOf({ hosts, judge, notices, endpoints }: StreamWorld): string {
  const { host } = hosts.resident(USER_STREAM)
  judge.read(USER_STREAM)
  const rows = QUERIES.map((query) => host.rows(query))
  const informed = [...new Set(notices.map(({ endpoint }) => endpoint.disabledReason))]
  const received = endpoints.map(({ book }) => [...book.acknowledged])
  return JSON.stringify([rows, informed, received])
}

async function playScene(
  platform: Platform,
  { before, ask }: Scene,
  point: FaultPlan,
): Promise<Outcome> {
  platform.nowMs = START_MS
  const clock = new VirtualClock(platform)
  const restore = clock.install()
  const world = prepareWorld(platform, clock)
  try {
    for (const one of before) await step(world, one)
    world.hosts.resident(USER_STREAM).host.abort()
    world.faults.begin(point)
    await command(world, ask)
    await clock.pass(HOUR_MS)
    const { storageCalls } = world.faults
    world.faults.begin(NO_FAULTS)
    return { storageCalls, state: stateOf(world) }
  } finally {
    restore()
    world.close()
  }
}

export const abortEverywhere = (platform: Platform, scene: Scene): Promise<Converged> =>
  converge((point) => playScene(platform, scene, point))
