/**
 * Counts one subject's uses under one policy. Decides and counts without an `await`, so that a thousand
 * requests at once are equal to a thousand in a row. Failures need no report. A success clears the uses;
 * if that call is lost, they stay counted.
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

  forgive(): void {
    this.ctx.storage.kv.delete(KEPT)
  }

  /** Deletes the object's storage, unless a use just before the alarm has extended the window. */
  override async alarm(): Promise<void> {
    const kept = this.ctx.storage.kv.get<Kept>(KEPT)
    if (kept && kept.forgetAtMs > Date.now()) await this.ctx.storage.setAlarm(kept.forgetAtMs)
    else await this.ctx.storage.deleteAll()
  }
}
