/** A stream with endpoints in Node: receivers, the owner's mailbox and time are scripted. */
import { base64url } from 'jose'
import { vi } from 'vitest'
import type { Seal } from '../../src/common/tokens/seal'
import type { StreamPorts } from '../../src/events/object/ports'
import type { StreamObject } from '../../src/events/object/stream-object'
import type { Endpoint, EndpointNotice, NewEndpoint } from '../../src/events/core/stream'
import { hostStream, type StreamHost } from './streams'

export interface Sent {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly redirect: string
  readonly atMs: number
}

type Receiver = (sent: Sent) => Response | Promise<Response>

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Turns of the event loop in which everything that waits for no timer and no receiver happens. */
const TURNS = 40

export const neverResponds = (): Promise<Response> => new Promise(() => {})

/** The sealed text shows by which key it was sealed, and for which owner. */
const sealOf = (world: EndpointWorld): Seal => ({
  seal: async (secret, owner) => `${world.key}.${owner}.${base64url.encode(secret)}`,
  open: async (sealed, owner) => {
    const [key, sealedFor, secret = ''] = sealed.split('.')
    if (sealedFor !== owner || world.isSealLost) return undefined
    return { secret: Uint8Array.from(base64url.decode(secret)), isOld: key !== world.key }
  },
})

export class EndpointWorld {
  readonly sent: Sent[] = []
  readonly notices: EndpointNotice[] = []
  readonly receivers = new Map<string, Receiver>()
  readonly timers = new Map<() => void, number>()
  readonly stream: StreamHost
  readonly ports: { -readonly [Port in keyof StreamPorts]: StreamPorts[Port] }
  key = 'first'
  isSealLost = false

  constructor() {
    vi.spyOn(console, 'log').mockReturnValue(undefined)
    vi.spyOn(console, 'error').mockReturnValue(undefined)
    this.ports = {
      fetch: (request) => this.#receive(request),
      seal: sealOf(this),
      allowsLoopback: false,
      recipientOf: async () => '+2348012345678',
      informOwner: async (notice) => void this.notices.push(notice),
      startTimer: (ms, run) => {
        this.timers.set(run, ms)
        return () => void this.timers.delete(run)
      },
    }
    this.stream = hostStream(undefined, () => this.ports)
  }

  async #receive(request: Request): Promise<Response> {
    const { url, redirect, headers } = request
    const body = await request.text()
    const sent = { url, headers: Object.fromEntries(headers), body, redirect, atMs: Date.now() }
    this.sent.push(sent)
    return (this.receivers.get(url) ?? (() => new Response(null, { status: 204 })))(sent)
  }

  object(): Promise<StreamObject> {
    return this.stream.wake()
  }

  /** @returns the UUID and the secret */
  async create(
    url = 'https://hooks.example.com/a',
    values: Partial<NewEndpoint> = {},
  ): Promise<{ uuid: string; secret: string }> {
    const uuid = crypto.randomUUID()
    const created = await (
      await this.object()
    ).createEndpoint({
      uuid,
      keyUuid: null,
      url,
      description: null,
      types: null,
      includePhone: false,
      after: null,
      ...values,
    })
    if (!created.ok) throw new Error(created.refusal.code)
    await this.flush()
    return { uuid, secret: created.value.secret }
  }

  async find(uuid: string): Promise<Endpoint> {
    const found = (await this.object()).findEndpoint(uuid)
    if (!found.ok) throw new Error(found.refusal.code)
    return found.value
  }

  async attempts(uuid: string, limit = 100) {
    const found = (await this.object()).attempts(uuid, limit)
    if (!found.ok) throw new Error(found.refusal.code)
    return found.value
  }

  /** Lets everything happen that waits for no time and no receiver. */
  async flush(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Ends the time limits that are running. */
  async expire(): Promise<void> {
    for (const run of this.timers.keys()) run()
    await this.flush()
  }

  /** Moves the clock to the alarm and rings it. @returns whether an alarm was set */
  async ring(): Promise<boolean> {
    const { host } = this.stream
    if (host.alarmAtMs === null) return false
    vi.setSystemTime(Math.max(Date.now(), host.alarmAtMs))
    host.alarmAtMs = null
    await (await this.object()).alarm()
    await this.flush()
    return true
  }

  /** Rings every alarm of a period. @returns how many */
  async pass(ms: number): Promise<number> {
    const endMs = Date.now() + ms
    let rung = 0
    for (; (this.stream.host.alarmAtMs ?? Infinity) <= endMs; rung++) await this.ring()
    vi.setSystemTime(endMs)
    return rung
  }

  /** Loses the instance of the object. Its requests have no effect any more. */
  abort(): void {
    this.stream.host.abort()
  }

  /** Everything that the object has stored, as text. */
  dump(): string {
    const { host } = this.stream
    const tables = host.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return JSON.stringify(tables.map(({ name }) => host.rows(`SELECT * FROM "${String(name)}"`)))
  }

  /** Numbers of the events that a receiver got, in order. */
  sequencesAt(url: string): number[] {
    return this.sent
      .filter((sent) => sent.url === url)
      .map(({ body }) => (JSON.parse(body) as { sequence: number }).sequence)
  }
}
