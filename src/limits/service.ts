/** Consumes tries from a subject's limiter, before the limited action. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { LimitState } from '../common/rate-limit'
import { logError, logEvent } from '../common/log'
import { refuse, type Result } from '../common/result'
import type { Policies } from './catalogue'
import { type Decision, type Policy, unusedLimit } from './policy'

/** Client of the limiter objects. If a method throws, the try is not allowed. */
export interface LimiterClient {
  consume(policy: Policy, subjectHash: string): Promise<Decision>
  forgive(policy: Policy, subjectHash: string): Promise<void>
}

export interface LimitDeps {
  readonly limiter: LimiterClient
  readonly policies: Policies
}

/** One object for each policy and subject. The name has a hash, so it does not reveal an e-mail address. */
export const createLimiterClient = (namespace: Env['LIMITER']): LimiterClient => {
  const stub = (policy: Policy, subjectHash: string) =>
    namespace.getByName(`${policy.name}/${subjectHash}`)
  return {
    consume: async (policy, subjectHash) => stub(policy, subjectHash).consume(policy),
    forgive: async (policy, subjectHash) => stub(policy, subjectHash).forgive(),
  }
}

const hashOf = (subject: string): string => bytesToHex(sha256(utf8ToBytes(subject)))

/** Part of a hash that is enough to group a subject's log lines. */
const logged = (subjectHash: string): string => subjectHash.slice(0, 16)

/** Consumes one try, and logs a refusal. */
export async function consumeOne(
  deps: LimitDeps,
  policy: Policy,
  subject: string,
): Promise<Decision> {
  const subjectHash = hashOf(subject)
  const decision = await deps.limiter.consume(policy, subjectHash)
  if (!decision.allowed)
    logEvent('limit_reached', { policy: policy.name, subject: logged(subjectHash) })
  return decision
}

/**
 * Calls `attempt` to check a password, unless too many were wrong; then it refuses `rate_limited`. A guess
 * counts as wrong until it succeeds, and a success clears earlier guesses. Logs `<action>_succeeded` or
 * `<action>_refused`.
 * @param account key of the e-mail address or user, whether or not an account exists
 * @param attempt must refuse only wrong passwords
 */
export async function guessPassword<T>(
  deps: LimitDeps,
  action: string,
  account: string,
  attempt: () => Promise<Result<T>>,
): Promise<{ result: Result<T>; limitState: LimitState }> {
  const policy = deps.policies.loginAccount
  const { allowed, limitState } = await consumeOne(deps, policy, account)
  const result = allowed ? await attempt() : refuse({ code: 'rate_limited', limitState })
  const subjectHash = hashOf(account)
  if (!result.ok) {
    const reason = result.refusal.code
    logEvent(`${action}_refused`, { account: logged(subjectHash), reason })
    return { result, limitState }
  }
  logEvent(`${action}_succeeded`, { account: logged(subjectHash) })
  await deps.limiter
    .forgive(policy, subjectHash)
    .catch((error: unknown) => logError('guesses_not_forgiven', error))
  return { result, limitState: unusedLimit(policy) }
}
