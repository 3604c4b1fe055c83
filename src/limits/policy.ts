/**
 * Rate-limit policies, applied to the times of earlier tries. Pure.
 *
 * A quota allows a number of tries in a sliding window, so a window's boundary cannot double it. Guesses
 * at a secret have some free tries; each further one doubles the wait, up to a maximum. Refused tries do
 * not count.
 */
import type { LimitState } from '../common/rate-limit'

interface Window {
  readonly name: string
  /** Number of tries in the window that are allowed, or that need not wait. */
  readonly quota: number
  readonly windowMs: number
}

export interface Quota extends Window {
  readonly kind: 'quota'
}

/** All tries are forgotten when the window has passed since the last one. */
export interface Guesses extends Window {
  readonly kind: 'guesses'
  readonly firstDelayMs: number
  readonly maxDelayMs: number
}

export type Policy = Quota | Guesses

/** Times of the allowed tries in ms, oldest first. */
export type Tries = readonly number[]

export interface Decision {
  readonly allowed: boolean
  readonly limitState: LimitState
}

/** After this many doublings the delay is the maximum, so older guesses need not be stored. */
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

/** Time at which a quota allows another try, or all guesses are forgotten. */
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

/** State without any tries. */
export const unusedLimit = (policy: Policy): LimitState => limitStateOf(policy, [], 0)

/** Current state, without counting a try. */
export const limitState = (policy: Policy, tries: Tries, nowMs: number): LimitState =>
  limitStateOf(policy, counted(policy, tries, nowMs), nowMs)

/** Counts a try if it is allowed. */
export function consume(policy: Policy, tries: Tries, nowMs: number): Decision & { tries: Tries } {
  const before = counted(policy, tries, nowMs)
  const allowed = nowMs >= nextTryAtMs(policy, before)
  const after = allowed ? counted(policy, [...before, nowMs], nowMs) : before
  return { allowed, limitState: limitStateOf(policy, after, nowMs), tries: after }
}
