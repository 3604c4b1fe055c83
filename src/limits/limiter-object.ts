/**
 * Counts one subject's tries under one policy. It counts a try when it allows it, synchronously, so
 * concurrent tries cannot exceed the limit. A try counts as failed unless a success is reported.
 */
import { DurableObject } from 'cloudflare:workers'
import { type Decision, type Policy, consume, type Tries } from './policy'

interface Kept {
  readonly tries: Tries
  readonly forgetAtMs: number
}

const KEPT = 'kept'

export class Limiter extends DurableObject<Env> {
  consume(policy: Policy): Decision {
    const { kv } = this.ctx.storage
    const nowMs = Date.now()
    const { tries, ...decision } = consume(policy, kv.get<Kept>(KEPT)?.tries ?? [], nowMs)
    if (decision.allowed) {
      const forgetAtMs = nowMs + policy.windowMs
      kv.put<Kept>(KEPT, { tries, forgetAtMs })
      void this.ctx.storage.setAlarm(forgetAtMs)
    }
    return decision
  }

  /** Throws if the storage cannot be read. */
  ping(): void {
    this.ctx.storage.kv.get(KEPT)
  }

  /** Clears the tries, after a success. */
  forgive(): void {
    this.ctx.storage.kv.delete(KEPT)
  }

  /** Deletes all storage, unless a recent try must still count. */
  override async alarm(): Promise<void> {
    const kept = this.ctx.storage.kv.get<Kept>(KEPT)
    if (kept && kept.forgetAtMs > Date.now()) await this.ctx.storage.setAlarm(kept.forgetAtMs)
    else await this.ctx.storage.deleteAll()
  }
}
