/** Plays one world of calls with a room, and judges it at rest. */
import { createHash } from 'node:crypto'
import { hold } from '../auditor/violation'
import { Lost, NO_FAULTS } from '../faults'
import { createRandom, seedFrom } from '../../support/random'
import type { Platform } from '../platform'
import { CallWorld } from './call-world'
import { playOne } from './operations'
import { installSockets } from './sockets'
import { Time } from './time'

const START_MS = Date.UTC(2126, 0, 1)
/** Longer than every call and every retry. */
const REST_MS = 5 * 3_600_000

export interface PlayedCalls {
  readonly hash: string
  readonly counts: Map<string, number>
  readonly judged: CallWorld['judge']['counted']
  readonly record: readonly string[]
  readonly error?: Error
}

export async function playCalls(
  platform: Platform,
  seed: number,
  length: number,
): Promise<PlayedCalls> {
  platform.nowMs = START_MS
  platform.random = createRandom(seedFrom(seed, 13))
  const random = createRandom(seedFrom(seed, 23))
  const calls = new CallWorld(seed, platform, random)
  const restore = installSockets(
    (error) => error instanceof Lost,
    (error) => calls.report(error),
  )
  const time = new Time(calls, random)
  const record: string[] = []
  const result = () => ({
    hash: hashOf(calls),
    counts: calls.counts,
    judged: calls.judge.counted,
    record,
  })
  try {
    for (let index = 0; index < length; index++) {
      const what = await playOne({ calls, time, random })
      record.push(what)
      calls.count(what)
    }
    await rest(calls, time)
    return result()
  } catch (error) {
    return { ...result(), error: error as Error }
  } finally {
    restore()
    calls.close()
  }
}

async function rest(calls: CallWorld, time: Time): Promise<void> {
  const { world, network, relay, hosts, judge } = calls
  world.faults.begin(NO_FAULTS)
  network.isFaulty = false
  network.release()
  relay.fault = undefined
  time.hasFaults = false
  for (const client of calls.clients()) client.isPinging = false
  for (const { host } of hosts.rooms.values()) host.alarmAtMs ??= Date.now()
  await time.pass(0)
  for (const { host } of world.objects.residents.values()) host.abort()
  for (const name of world.objects.residents.keys()) await world.objects.command(name, 'open', [])
  await time.pass(REST_MS)
  world.auditor.checkAll(world.objects.all())
  for (const { name, rows } of world.objects.all()) {
    const [row] = rows('SELECT COUNT(*) AS rows FROM outbox')
    hold(row?.['rows'] === 0, () => `${name}: news are never delivered`)
  }
  for (const [callUuid, { host }] of hosts.rooms) {
    const [row] = host.rows('SELECT call, state FROM room') as {
      call: string
      state: string | null
    }[]
    if (!row) continue
    const state = JSON.parse(row.state ?? 'null') as RestingState | null
    const record = JSON.parse(row.call) as object
    judge.checkRoom(
      {
        callUuid,
        record,
        phase: state?.phase ?? 'ended',
        credentials: state?.credentials.length ?? 0,
        tries: Object.keys(state?.tries ?? {}).length,
      },
      Date.now(),
    )
  }
}

interface RestingState {
  readonly phase: string
  readonly credentials: readonly unknown[]
  readonly tries: object
}

function hashOf({ world, hosts, relay }: CallWorld): string {
  const hash = createHash('sha256')
  for (const { name, rows } of world.objects.all())
    for (const table of ['wallet', 'entries', 'calls'])
      hash.update(name + JSON.stringify(rows(`SELECT * FROM ${table}`)))
  for (const [callUuid, { host }] of hosts.rooms)
    hash.update(callUuid + JSON.stringify(host.rows('SELECT * FROM sqlite_master')))
  hash.update(JSON.stringify([...relay.rows.values()]))
  return hash.digest('hex')
}
