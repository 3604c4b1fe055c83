/** Operations on time, alarms and instances of objects. */
import { nextDueMs } from '../auditor/stored-wallet'
import type { Random } from '../../support/random'
import type { World } from '../world'
import { asked, UNKNOWN } from './outcome'

const HOUR_MS = 3_600_000
const JUMPS_MS = [
  60_000,
  61_000,
  5 * 60_000,
  HOUR_MS,
  24 * HOUR_MS,
  -1000,
  -7000,
  -HOUR_MS,
  -86_400_000,
]

/** Moves the clock: forward, far, back, or exactly to the end of a call. */
export async function jump(world: World, random: Random): Promise<string> {
  const wallets = [...world.auditor.wallets.values()].filter(({ open }) => open.length > 0)
  const wallet = random.pickOrNone(wallets)
  const nowMs = Date.now()
  if (wallet && random.chance(0.7)) {
    const dueMs = nextDueMs(wallet) + random.pick([-1001, -1, 0, 0, 1, 1000])
    world.pass(Math.max(dueMs, nowMs) - nowMs)
    return 'near a due time'
  }
  const ms = random.pick(JUMPS_MS)
  world.pass(ms)
  return `${ms} ms`
}

/** Rings an alarm when it is due, early or twice, or loses it. */
export async function alarm(world: World, random: Random): Promise<string> {
  const residents = [...world.objects.residents.values()]
  const set = residents.filter(({ host }) => host.alarmAtMs !== null)
  const due = set.filter(({ host }) => (host.alarmAtMs ?? 0) <= Date.now())
  const resident = random.pickOrNone(due.length > 0 && random.chance(0.8) ? due : set)
  if (!resident) return 'none'
  if (random.chance(0.06)) {
    resident.lostAlarmMs = resident.host.alarmAtMs
    resident.host.alarmAtMs = null
    return 'lost'
  }
  const times = random.chance(0.1) ? 2 : 1
  let outcome = 'rang'
  for (let time = 0; time < times; time++)
    if ((await asked(world, () => world.objects.ring(resident.host.name))) === UNKNOWN)
      outcome = UNKNOWN
  return outcome
}

/** Runs a payment's poller. */
export async function poll(world: World, random: Random): Promise<string> {
  const set = [...world.pollers.values()].filter(({ alarmAtMs }) => alarmAtMs !== null)
  const due = set.filter(({ alarmAtMs }) => (alarmAtMs ?? 0) <= Date.now())
  const host = random.pickOrNone(due.length > 0 ? due : set)
  if (!host) return 'none'
  return ringPoller(world, host.name)
}

export async function ringPoller(world: World, reference: string): Promise<string> {
  const host = world.poller(reference)
  const atMs = host.alarmAtMs
  host.alarmAtMs = null
  const rang = await asked(world, async () => (await host.wake()).alarm())
  if (rang !== UNKNOWN) return 'asked'
  host.alarmAtMs ??= atMs
  return UNKNOWN
}

/** Evicts an object, as happens after some seconds without work. */
export async function evict(world: World, random: Random): Promise<string> {
  const resident = random.pickOrNone([...world.objects.residents.values()])
  resident?.host.abort()
  return resident ? 'asleep' : 'none'
}

/** Applies a batch that D1 seemed to have lost. */
export async function lateBatch(world: World, random: Random): Promise<string> {
  const { late } = world.d1
  if (late.length === 0) return 'none'
  world.d1.arrive(random.below(late.length))
  return 'arrived'
}

/** A client retries a request that got no response, or gives up. */
export async function retry(world: World, random: Random): Promise<string> {
  if (world.unresolved.length === 0) return 'none'
  const [one] = world.unresolved.splice(random.below(world.unresolved.length), 1)
  if (!one || random.chance(0.2)) return 'given up'
  return `${one.what}: ${await one.again()}`
}
