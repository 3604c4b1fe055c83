/** The service with streams in memory, whose faults a test sets. Events leave D1 only when the test says so. */
import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import type { Deps } from '../../src/deps'
import { deliverDueEvents, deliverEventsOf } from '../../src/outbox/deliver'
import type { NewEvent } from '../../src/outbox/event'
import { createEventOutbox, type EventSink } from '../../src/outbox/store'
import { createPaymentStore } from '../../src/payments/store'
import { createRefundStore } from '../../src/refunds/store'
import { newUser, type TestUser } from './client'
import { worldWith, type World } from './gateway'

/** Keeps events like a stream object: each ID once. */
export class MemoryStreams {
  readonly appends: { readonly owner: string; readonly ids: readonly string[] }[] = []
  readonly #events = new Map<string, Map<string, NewEvent>>()
  /** Owners whose streams fail, and how often. */
  readonly failing = new Map<string, number>()
  /** The append happens, and its response is lost. */
  isResponseLost = false
  /** Called before an append. */
  before: () => Promise<unknown> = () => Promise.resolve()

  readonly of = (owner: string) => ({
    append: async (events: readonly NewEvent[]): Promise<void> => {
      await this.before()
      const left = this.failing.get(owner) ?? 0
      this.appends.push({ owner, ids: events.map(({ id }) => id) })
      if (left > 0) this.failing.set(owner, left - 1)
      if (left > 0) throw new Error('the stream does not respond')
      const stream = this.#events.get(owner) ?? new Map<string, NewEvent>()
      this.#events.set(owner, stream)
      for (const event of events) if (!stream.has(event.id)) stream.set(event.id, event)
      if (this.isResponseLost) throw new Error('the response was lost')
    },
  })

  events(owner: string): NewEvent[] {
    return [...(this.#events.get(owner)?.values() ?? [])]
  }

  types(owner: string): string[] {
    return this.events(owner).map(({ type }) => type)
  }
}

export interface EventWorld extends World {
  readonly streams: MemoryStreams
  /** Users whose events were stored, once for each batch. */
  readonly stored: string[]
  /** As the cron job does. */
  readonly deliver: () => Promise<void>
  /** As a request does. */
  readonly deliverOf: (owner: string) => Promise<void>
}

const outbox = createEventOutbox(drizzle(env.DB))

export function eventWorld(
  { hasDeploymentEvents = false }: Partial<EventSink> = {},
  replaced: Partial<Deps> = {},
): EventWorld {
  const streams = new MemoryStreams()
  const stored: string[] = []
  const sink = { hasDeploymentEvents, onStored: (userUuid: string) => stored.push(userUuid) }
  const db = drizzle(env.DB)
  const world = worldWith({
    paymentStore: createPaymentStore(db, sink),
    refundStore: createRefundStore(db, sink),
    ...replaced,
  })
  const delivery = { eventOutbox: outbox, streamOf: streams.of, now: () => world.deps.now() }
  return {
    ...world,
    streams,
    stored,
    deliver: () => deliverDueEvents(delivery),
    deliverOf: (owner) => deliverEventsOf(delivery, owner),
  }
}

/** A user who has a stream. */
export async function streamingUser(world: World): Promise<TestUser> {
  const user = await newUser(world.send)
  await outbox.openStream(user.uuid, Date.now())
  return user
}

export const storedEvents = async (owner: string) => {
  const rows = await env.DB.prepare('SELECT * FROM event_outbox WHERE owner = ? ORDER BY seq')
    .bind(owner)
    .all<{ seq: number; id: string; type: string; failures: number; next_attempt_at_ms: number }>()
  return rows.results
}
