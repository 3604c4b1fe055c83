/**
 * A payment's chase: one object a payment, named by its reference, whose alarm asks about it until
 * there is nothing more to find out. An alarm is kept by the platform to the second, costs nothing
 * in between, needs nothing provisioned and survives a restart; a cron is too coarse for the first
 * asks, and a queue's message cannot wait for a day.
 */
import { DurableObject } from 'cloudflare:workers'

/** Asks about a payment. @returns when to ask again, or `null` */
export type Ask = (reference: string) => Promise<number | null>

export const chaseObject = (ask: Ask) =>
  class extends DurableObject<Env> {
    async start(atMs: number): Promise<void> {
      await this.ctx.storage.setAlarm(atMs)
    }

    override async alarm(): Promise<void> {
      const nextMs = await ask(this.ctx.id.name ?? '')
      if (nextMs === null) await this.ctx.storage.deleteAll()
      else await this.ctx.storage.setAlarm(nextMs)
    }
  }
