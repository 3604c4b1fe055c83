/** Replaces `cloudflare:workers` outside the Workers runtime. */
export class DurableObject<Env = unknown> {
  protected readonly ctx: DurableObjectState
  protected readonly env: Env

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx
    this.env = env
  }
}

/** Outside the Workers runtime, background work outlives its request anyway. */
export const waitUntil = (_work: Promise<unknown>): void => {}
