/**
 * Durable Object that polls one payment and is named by its reference. The alarm polls until the
 * payment's status is final or the last poll is over. A cron job is too coarse for the first polls, and
 * a queue message cannot wait for a day.
 */
import { DurableObject } from 'cloudflare:workers'
import { logError } from '../common/log'
import { nextAttempt, type RetrySchedule } from '../common/next-attempt'

/** @returns when to poll again, or `null` after the last poll */
export type Poll = (reference: string) => Promise<number | null>

const FAILURES = 'failures'
/** For polls that could not begin. After the last attempt, only the sweep polls the payment. */
const RETRIES: RetrySchedule = { firstMs: 10_000, longestMs: 6 * 3_600_000, attempts: 20 }

export const createPaymentPoller = (poll: Poll) =>
  class extends DurableObject<Env> {
    async start(atMs: number): Promise<void> {
      await this.ctx.storage.setAlarm(atMs)
    }

    /** Throws if the storage cannot be read. Stores nothing. */
    async ping(): Promise<void> {
      await this.ctx.storage.getAlarm()
    }

    /** Must not throw: the platform drops an alarm after six retries. */
    override async alarm(): Promise<void> {
      const { storage } = this.ctx
      const nextMs = await this.#poll()
      if (nextMs === null) await storage.deleteAll()
      else await storage.setAlarm(nextMs)
    }

    async #poll(): Promise<number | null> {
      const { kv } = this.ctx.storage
      const failures = kv.get<number>(FAILURES) ?? 0
      try {
        const nextMs = await poll(this.ctx.id.name ?? '')
        if (failures > 0) kv.delete(FAILURES)
        return nextMs
      } catch (error) {
        logError('poll_not_begun', error)
        kv.put(FAILURES, failures + 1)
        return nextAttempt(failures, Date.now(), RETRIES)
      }
    }
  }
