/**
 * A `quota` allows at most `quota` uses in any period of `windowMs`. The window slides, so that no
 * boundary lets twice as many pass. Of `guesses`, the first `quota` need no wait. Each further one doubles
 * the wait for the next, up to `maxDelayMs`. A rejected use is not counted, so it extends no wait.
 */
import type { LimitState } from '../common/rate-limit'

interface Window {
  readonly name: string
  /** Uses per window: the maximum of a quota, or the guesses that need no wait. */
  readonly quota: number
  readonly windowMs: number
}

export interface Quota extends Window {
  readonly kind: 'quota'
}

/** All guesses are forgotten `windowMs` after the last one. */
export interface Guesses extends Window {
  readonly kind: 'guesses'
  readonly firstDelayMs: number
  readonly maxDelayMs: number
}

export type Policy = Quota | Guesses

/** Instants of the allowed uses in milliseconds, oldest first. */
export type Tries = readonly number[]

export interface Decision {
  readonly allowed: boolean
  readonly limitState: LimitState
}

/** After this many doublings every delay is `maxDelayMs`, so older guesses are dropped. */
const DOUBLINGS = 32

function counted(policy: Policy, tries: Tries, nowMs: number): Tries {
  const isInWindow = (atMs: number) => atMs + policy.windowMs > nowMs
  if (policy.kind === 'quota') return tries.filter(isInWindow)
  const lastMs = tries.at(-1)
  if (lastMs === undefined || !isInWindow(lastMs)) return []
  return tries.slice(-(policy.quota + DOUBLINGS))
}

function nextTryAtMs(policy: Policy, tries: Tries): number {
  const lastMs = tries.at(-1)
  const oldestMs = tries.at(-policy.quota)
  if (lastMs === undefined || oldestMs === undefined) return 0
  if (policy.kind === 'quota') return oldestMs + policy.windowMs
  const delayMs = policy.firstDelayMs * 2 ** (tries.length - policy.quota)
  return lastMs + Math.min(delayMs, policy.maxDelayMs)
}

/** When a quota allows one more use, or all guesses are forgotten. */
const moreAtMs = (policy: Policy, tries: Tries, nowMs: number): number =>
  (tries.at(policy.kind === 'quota' ? 0 : -1) ?? nowMs - policy.windowMs) + policy.windowMs

function limitStateOf(policy: Policy, tries: Tries, nowMs: number): LimitState {
  const remaining = Math.max(0, policy.quota - tries.length)
  const resetAtMs = remaining > 0 ? moreAtMs(policy, tries, nowMs) : nextTryAtMs(policy, tries)
  return {
    policy: policy.name,
    quota: policy.quota,
    windowSeconds: Math.ceil(policy.windowMs / 1000),
    remaining,
    resetSeconds: Math.max(0, Math.ceil((resetAtMs - nowMs) / 1000)),
  }
}

/** State of a subject without uses, or whose uses were forgiven. */
export const unusedLimit = (policy: Policy): LimitState => limitStateOf(policy, [], 0)

/** State of a subject at `nowMs`, without consuming a use. */
export const limitState = (policy: Policy, tries: Tries, nowMs: number): LimitState =>
  limitStateOf(policy, counted(policy, tries, nowMs), nowMs)

/** Decides about a use at `nowMs`, and counts it if it is allowed. */
export function consume(policy: Policy, tries: Tries, nowMs: number): Decision & { tries: Tries } {
  const before = counted(policy, tries, nowMs)
  const allowed = nowMs >= nextTryAtMs(policy, before)
  const after = allowed ? counted(policy, [...before, nowMs], nowMs) : before
  return { allowed, limitState: limitStateOf(policy, after, nowMs), tries: after }
}
