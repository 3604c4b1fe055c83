import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { type Message, Outbox, OUTBOX_RETRIES, type OutboxOptions } from '../../src/outbox/outbox'

interface Tried {
  readonly outbox: Outbox
  readonly clock: { nowMs: number }
  /** Deliveries as `destination revision`, in order. */
  readonly sent: string[]
  /** Destinations that fail. */
  readonly failing: Set<string>
  /** Destinations that never respond. */
  readonly hanging: Set<string>
  /** A new object on the same storage. */
  readonly restart: (options?: Partial<OutboxOptions>) => Outbox
  readonly left: () => number
  /** Runs a transaction that fails at its end. */
  readonly rollBack: (run: () => void) => void
}

const message = (destination: string, revision: number): Message => ({
  destination,
  revision,
  body: '{}',
})

/** Runs a test with an outbox in a new object. */
const withOutbox = (test: (tried: Tried) => Promise<void>): Promise<void> =>
  runInDurableObject(env.WALLET.getByName(`${crypto.randomUUID()}/primary`), async (_, ctx) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { sql } = ctx.storage
    const clock = { nowMs: 1_000_000 }
    const sent: string[] = []
    const failing = new Set<string>()
    const hanging = new Set<string>()
    const restart = (options: Partial<OutboxOptions> = {}) => {
      const send = async ({ destination, revision }: Message) => {
        await Promise.resolve()
        sent.push(`${destination} ${revision}`)
        if (failing.has(destination)) throw new Error('unreachable')
        if (hanging.has(destination)) await new Promise<never>(() => {})
      }
      const outbox = new Outbox({ sql, send, now: () => clock.nowMs, ...options })
      outbox.load()
      return outbox
    }
    const left = () => Number(sql.exec('SELECT COUNT(*) AS n FROM outbox').one()['n'])
    const rollBack = (run: () => void) => {
      const fails = () =>
        ctx.storage.transactionSync(() => {
          run()
          throw new Error('rolled back')
        })
      expect(fails).toThrow('rolled back')
    }
    const doubles = { clock, sent, failing, hanging, restart, left, rollBack }
    await test({ outbox: restart(), ...doubles })
  })

describe('an outbox', () => {
  it('delivers in order for each destination, and is then empty', () =>
    withOutbox(async ({ outbox, sent, left }) => {
      for (const [to, revision] of [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ] as const)
        outbox.add(message(to, revision))
      await outbox.deliver()
      expect(sent).toEqual(['a 1', 'b 2', 'a 3'])
      expect(left()).toBe(0)
      expect(outbox.nextAttemptAtMs).toBeUndefined()
    }))

  it('keeps the order of a destination that fails, and delays no other', () =>
    withOutbox(async ({ outbox, clock, sent, failing }) => {
      failing.add('a')
      outbox.add(message('a', 1))
      outbox.add(message('a', 2))
      outbox.add(message('b', 3))
      await outbox.deliver()
      expect(sent).toEqual(['a 1', 'b 3'])
      expect(outbox.nextAttemptAtMs).toBe(clock.nowMs + OUTBOX_RETRIES.firstMs)
      failing.clear()
      await outbox.deliver()
      expect(sent).toHaveLength(2)
      clock.nowMs += OUTBOX_RETRIES.firstMs
      await outbox.deliver()
      expect(sent.slice(2)).toEqual(['a 1', 'a 2'])
    }))

  it('sets an alarm for a new row, in case its object stops before the delivery', () =>
    withOutbox(async ({ outbox, clock, sent, restart }) => {
      outbox.add(message('a', 1))
      expect(outbox.nextAttemptAtMs).toBe(clock.nowMs + OUTBOX_RETRIES.firstMs)
      const restarted = restart()
      expect(restarted.nextAttemptAtMs).toBe(clock.nowMs + OUTBOX_RETRIES.firstMs)
      await restarted.deliver()
      expect(sent).toEqual(['a 1'])
    }))

  it('delivers each row once if two deliveries run, also a row that is added meanwhile', () =>
    withOutbox(async ({ outbox, sent }) => {
      outbox.add(message('a', 1))
      const first = outbox.deliver()
      const second = outbox.deliver()
      outbox.add(message('b', 2))
      await Promise.all([first, second])
      expect(sent).toEqual(['a 1', 'b 2'])
    }))

  it('drops a row after its last attempt', () =>
    withOutbox(async ({ outbox, clock, sent, failing, left }) => {
      failing.add('a')
      outbox.add(message('a', 1))
      for (let attempts = 0; left() > 0; attempts++) {
        expect(attempts).toBeLessThanOrEqual(OUTBOX_RETRIES.attempts)
        await outbox.deliver()
        clock.nowMs = outbox.nextAttemptAtMs ?? clock.nowMs
      }
      expect(sent).toHaveLength(OUTBOX_RETRIES.attempts + 1)
      expect(outbox.nextAttemptAtMs).toBeUndefined()
    }))

  it('delivers to others while a destination does not respond, and sets no alarm at full speed', () =>
    withOutbox(async ({ outbox, clock, sent, hanging }) => {
      hanging.add('a')
      outbox.add(message('a', 1))
      outbox.add(message('b', 2))
      void outbox.deliver()
      await vi.waitFor(() => expect(outbox.nextAttemptAtMs).toBe(clock.nowMs + 2000))
      clock.nowMs += 2000
      outbox.add(message('b', 3))
      void outbox.deliver()
      await vi.waitFor(() => expect(sent).toEqual(['a 1', 'b 2', 'b 3']))
      await vi.waitFor(() => expect(outbox.nextAttemptAtMs).toBe(clock.nowMs + 30_000))
    }))

  it('forgets a row whose transaction was rolled back', () =>
    withOutbox(async ({ outbox, clock, sent, rollBack }) => {
      rollBack(() => outbox.add(message('a', 1)))
      await outbox.deliver()
      clock.nowMs += 2000
      await outbox.deliver()
      expect(outbox.nextAttemptAtMs).toBeUndefined()
      expect(sent).toEqual([])
    }))

  it('never drops a row of a schedule without a last attempt, and has a table of its own', () =>
    withOutbox(async ({ clock, sent, failing, restart, left }) => {
      const retries = { firstMs: 2000, longestMs: 3_600_000, attempts: Infinity }
      const events = restart({ table: 'event_outbox', retries, recoveryMs: 15_000 })
      failing.add('a')
      events.add(message('a', 1))
      expect(left()).toBe(0)
      expect(events.nextAttemptAtMs).toBe(clock.nowMs + 15_000)
      for (let attempts = 0; attempts < 100; attempts++) {
        await events.deliver()
        const waitMs = (events.nextAttemptAtMs ?? Infinity) - clock.nowMs
        expect(waitMs).toBeLessThanOrEqual(3_600_000)
        clock.nowMs += waitMs
      }
      failing.clear()
      await events.deliver()
      expect(sent).toHaveLength(101)
      expect(events.nextAttemptAtMs).toBeUndefined()
    }))
})
