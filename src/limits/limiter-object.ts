/**
 * Counts one subject's tries under one policy. A try is counted as it is let through, in one
 * synchronous stretch, so of a thousand at once no more pass than of a thousand in a row. Nobody has
 * to report a failure; a success is forgiven, and one whose report is lost stays counted.
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

  /** Answers if objects can be reached and read their storage. */
  ping(): void {
    this.ctx.storage.kv.get(KEPT)
  }

  /** Forgets the tries so far. */
  forgive(): void {
    this.ctx.storage.kv.delete(KEPT)
  }

  /** Leaves nothing behind; a try that came just before the alarm keeps its count. */
  override async alarm(): Promise<void> {
    const kept = this.ctx.storage.kv.get<Kept>(KEPT)
    if (kept && kept.forgetAtMs > Date.now()) await this.ctx.storage.setAlarm(kept.forgetAtMs)
    else await this.ctx.storage.deleteAll()
  }
}
