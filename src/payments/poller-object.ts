/**
 * A payment's poller: one object a payment, named by its reference, whose alarm polls it until its
 * status is final or its last poll is over. The platform keeps an alarm to the second, it costs nothing in between,
 * needs nothing provisioned and survives a restart; a cron is too coarse for the first polls, and a
 * queue's message cannot wait for a day.
 */
import { DurableObject } from 'cloudflare:workers'
import { logError } from '../common/log'
import { nextAttempt, type RetrySchedule } from '../common/next-attempt'

/** Polls a payment. @returns when to poll again, or `null` */
export type Poll = (reference: string) => Promise<number | null>

const FAILURES = 'failures'
/** For polls that could not begin. After the last, the sweep finds the payment. */
const RETRIES: RetrySchedule = { firstMs: 10_000, longestMs: 6 * 3_600_000, attempts: 20 }

export const createPaymentPoller = (poll: Poll) =>
  class extends DurableObject<Env> {
    async start(atMs: number): Promise<void> {
      await this.ctx.storage.setAlarm(atMs)
    }

    /** Returns if the object can be reached and its storage be read. Leaves nothing behind. */
    async ping(): Promise<void> {
      await this.ctx.storage.getAlarm()
    }

    /** Never throws: a thrown alarm is retried six times and then lost. */
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
