/** Limits: a try is taken from its subject's limiter before what it may do is done. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { LimitState } from '../common/rate-limit'
import { logError, logEvent } from '../common/log'
import { refuse, type Result } from '../common/result'
import type { Policies } from './catalogue'
import { type Decision, type Policy, unusedLimit } from './policy'

/** Reaches a subject's counts. What throws has let nothing through. */
export interface LimiterClient {
  consume(policy: Policy, subjectHash: string): Promise<Decision>
  forgive(policy: Policy, subjectHash: string): Promise<void>
}

export interface LimitDeps {
  readonly limiter: LimiterClient
  readonly policies: Policies
}

/** An object for each policy and subject. Its name tells nothing of an e-mail address. */
export const createLimiterClient = (namespace: Env['LIMITER']): LimiterClient => {
  const stub = (policy: Policy, subjectHash: string) =>
    namespace.getByName(`${policy.name}/${subjectHash}`)
  return {
    consume: async (policy, subjectHash) => stub(policy, subjectHash).consume(policy),
    forgive: async (policy, subjectHash) => stub(policy, subjectHash).forgive(),
  }
}

const hashOf = (subject: string): string => bytesToHex(sha256(utf8ToBytes(subject)))

/** Enough of a hash to find a subject's lines together. */
const logged = (subjectHash: string): string => subjectHash.slice(0, 16)

/** Takes one try, and logs if there is none left. */
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
 * Lets `attempt` check an account's password, unless too many were wrong: then it is not called, and
 * `rate_limited` is refused. The guess counts as wrong from before it is checked until it has
 * succeeded, which forgives those before. Logs `<action>_succeeded` or `<action>_refused`.
 * @param account the e-mail's key, of an account or of none
 * @param attempt refuses a wrong password, and nothing that somebody with the right one could meet
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
