/**
 * What may be done how often: a policy, the instants of the tries that it counts, and now. Pure.
 *
 * A quota lets at most so many tries through in any window of its length. The window slides, so
 * there is no boundary around which twice as many pass. Guesses at a secret are free at first, then
 * each doubles the wait for the next, up to a longest one. A refused try is not counted, so it
 * lengthens nothing.
 */
import type { LimitState } from '../common/rate-limit'

interface Window {
  readonly name: string
  /** Tries in the window: all that are let through, or all that need not wait. */
  readonly quota: number
  readonly windowMs: number
}

export interface Quota extends Window {
  readonly kind: 'quota'
}

/** Its window is how long after the last try they are all forgotten. */
export interface Guesses extends Window {
  readonly kind: 'guesses'
  readonly firstDelayMs: number
  readonly maxDelayMs: number
}

export type Policy = Quota | Guesses

/** The instants of the tries that were let through, oldest first. */
export type Tries = readonly number[]

export interface Decision {
  readonly allowed: boolean
  readonly limitState: LimitState
}

/** Beyond so many doublings every delay is the longest; older guesses need not be kept. */
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

/** When a quota has a try more, or guesses are forgotten. */
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

/** Where somebody stands who has tried nothing, or whose tries were forgiven. */
export const unusedLimit = (policy: Policy): LimitState => limitStateOf(policy, [], 0)

/** Where somebody stands who tries nothing now. */
export const limitState = (policy: Policy, tries: Tries, nowMs: number): LimitState =>
  limitStateOf(policy, counted(policy, tries, nowMs), nowMs)

/** Decides about a try, and counts it if it is let through. */
export function consume(policy: Policy, tries: Tries, nowMs: number): Decision & { tries: Tries } {
  const before = counted(policy, tries, nowMs)
  const allowed = nowMs >= nextTryAtMs(policy, before)
  const after = allowed ? counted(policy, [...before, nowMs], nowMs) : before
  return { allowed, limitState: limitStateOf(policy, after, nowMs), tries: after }
}
