/** Aborts each command of a stream instead of each of its storage calls, then repeats it as its caller would. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { StreamObject } from '../../../src/events/object/stream-object'
import { STREAM_STEPS } from '../../../src/events/object/tables'
import type { NewEvent } from '../../../src/outbox/event'
import { START, useClock } from '../../support/clock'
import { eventsOf, hostStream, type StreamHost } from '../../support/streams'
import { NO_FAULTS } from '../../verification/simulation/faults'

useClock()

const DAY_MS = 86_400_000
const TRIES = 3
const TABLES = [...STREAM_STEPS.join('\n').matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name)

type Command = (object: StreamObject) => unknown

interface Scene {
  readonly title: string
  readonly before: readonly Command[]
  readonly passMs?: number
  readonly command: Command
}

const open: Command = (object) => object.open()
const append =
  (from: number, to: number): Command =>
  (object) =>
    object.append(eventsOf(from, to).map((event): NewEvent => ({ ...event, atMs: START })))
const erase: Command = (object) => object.erase()
const alarm: Command = (object) => object.alarm()
const read: Command = (object) => object.read({ after: 0, limit: 10, waitMs: 0 })

const SCENES: readonly Scene[] = [
  { title: 'open', before: [], command: open },
  { title: 'open again', before: [open], command: open },
  { title: 'open after an event', before: [append(1, 2)], command: open },
  { title: 'the first append', before: [], command: append(1, 3) },
  { title: 'an append', before: [open, append(1, 3)], command: append(4, 5) },
  { title: 'an append of known events', before: [open, append(1, 3)], command: append(1, 3) },
  { title: 'an append of known and new events', before: [append(1, 3)], command: append(2, 6) },
  { title: 'an append after an erasure', before: [open, erase], command: append(1, 3) },
  { title: 'erase', before: [open, append(1, 3)], command: erase },
  { title: 'erase again', before: [open, append(1, 3), erase], command: erase },
  { title: 'read', before: [open, append(1, 3)], command: read },
  { title: 'a daily alarm', before: [append(1, 3)], passMs: DAY_MS, command: alarm },
  { title: 'an alarm of old events', before: [append(1, 3)], passMs: 31 * DAY_MS, command: alarm },
  { title: 'an alarm without work', before: [open], command: alarm },
  { title: 'an alarm after an erasure', before: [append(1, 3), erase], command: alarm },
]

/**
 * Repeats a command until the object survives it, as wallets, D1's outbox and the platform do.
 * @returns the log after each abort
 */
async function insist(stream: StreamHost, command: Command): Promise<string[]> {
  const { wake, host } = stream
  const seen: string[] = []
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { losses } = host
    try {
      await command(await wake())
      if (host.losses === losses) break
    } catch (error) {
      host.abort()
      if (attempt === TRIES) throw error
    }
    seen.push(logOf(stream))
  }
  return seen
}

/** Numbers of the stored events, and whether the stream is erased. */
function logOf({ host }: StreamHost): string {
  const [table] = host.rows("SELECT name FROM sqlite_master WHERE name = 'events'")
  const numbers = table ? host.rows('SELECT sequence FROM events') : []
  const erased = table ? host.rows('SELECT 1 FROM stream WHERE erased_at_ms > 0') : []
  return JSON.stringify({ numbers, isErased: erased.length > 0 })
}

/** Rings alarms until none is due within an hour, which is the longest delay after failures. */
async function ringAll(stream: StreamHost): Promise<void> {
  const { host } = stream
  for (let ring = 0; ring < 10; ring++) {
    const { alarmAtMs } = host
    if (alarmAtMs === null || alarmAtMs > Date.now() + DAY_MS / 2) return
    vi.setSystemTime(Math.max(Date.now(), alarmAtMs))
    host.alarmAtMs = null
    await (await stream.wake()).alarm()
  }
}

/** Stored rows, without the times at which a repeated upkeep moved on. */
const stateOf = ({ host }: StreamHost): string =>
  JSON.stringify(
    TABLES.map((table) =>
      host.rows(`SELECT * FROM ${table}`).map((row) => {
        if (typeof row['upkeep_at_ms'] !== 'number') return row
        return { ...row, upkeep_at_ms: 'within a day' }
      }),
    ),
  )

/** @param abortAt number of the storage call that aborts the object; 0 for none */
async function play(scene: Scene, abortAt: number) {
  vi.setSystemTime(START)
  const stream = hostStream()
  try {
    for (const command of scene.before) await command(await stream.wake())
    vi.setSystemTime(START + (scene.passMs ?? 0))
    stream.host.abort()
    stream.faults.begin(abortAt === 0 ? NO_FAULTS : { abortAtStorageCall: abortAt })
    const before = logOf(stream)
    const seen = await insist(stream, scene.command)
    const after = logOf(stream)
    expect(seen.filter((log) => log !== before && log !== after)).toEqual([])
    const { storageCalls, hasStruck } = stream.faults
    stream.faults.begin(NO_FAULTS)
    await ringAll(stream)
    return { storageCalls, hasStruck, state: stateOf(stream), alarmAtMs: stream.host.alarmAtMs }
  } finally {
    stream.host.close()
  }
}

describe('a stream that is aborted at any storage call', () => {
  beforeEach(() => {
    vi.spyOn(console, 'log').mockReturnValue(undefined)
    vi.spyOn(console, 'error').mockReturnValue(undefined)
  })

  it.each(SCENES)('has the same rows after $title', async (scene) => {
    const undisturbed = await play(scene, 0)
    expect(undisturbed.storageCalls).toBeGreaterThan(0)
    for (let call = 1; call <= undisturbed.storageCalls; call++) {
      const { hasStruck, state, alarmAtMs } = await play(scene, call)
      expect(hasStruck).toBe(true)
      expect(state, `aborted at storage call ${call}`).toBe(undisturbed.state)
      expect(alarmAtMs === null, `aborted at storage call ${call}`).toBe(
        undisturbed.alarmAtMs === null,
      )
    }
  })

  it('stores an append later if the storage is full', async () => {
    const stream = hostStream()
    await open(await stream.wake())
    stream.faults.begin({ fullStorageOf: stream.host.name })
    await expect(async () => append(1, 3)(await stream.wake())).rejects.toThrow('full')
    expect(stream.host.rows('SELECT * FROM events')).toEqual([])
    stream.faults.begin(NO_FAULTS)
    append(1, 3)(await stream.wake())
    expect(stream.host.rows('SELECT sequence FROM events')).toHaveLength(3)
  })
})
