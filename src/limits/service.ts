import type { LimitState } from '../common/rate-limit'
import { logError, logEvent } from '../common/log'
import { refuse, type Result } from '../common/result'
import type { Policies } from './catalogue'
import { type Decision, type Policy, unusedLimit } from './policy'
import { sha256Hex } from '../common/sha256'

/** Calls the limiter object of a policy and subject. An error means that nothing is allowed. */
export interface LimiterClient {
  consume(policy: Policy, subjectHash: string): Promise<Decision>
  forgive(policy: Policy, subjectHash: string): Promise<void>
}

export interface LimitDeps {
  readonly limiter: LimiterClient
  readonly policies: Policies
}

/** The object's name contains a hash of the subject, so that it does not reveal an e-mail address. */
export const createLimiterClient = (namespace: Env['LIMITER']): LimiterClient => {
  const stub = (policy: Policy, subjectHash: string) =>
    namespace.getByName(`${policy.name}/${subjectHash}`)
  return {
    consume: async (policy, subjectHash) => stub(policy, subjectHash).consume(policy),
    forgive: async (policy, subjectHash) => stub(policy, subjectHash).forgive(),
  }
}

const logged = (subjectHash: string): string => subjectHash.slice(0, 16)

/** Consumes a use, and logs a rejection. Throws if the limiter cannot be reached. */
export async function consumeOne(
  deps: LimitDeps,
  policy: Policy,
  subject: string,
): Promise<Decision> {
  const subjectHash = sha256Hex(subject)
  const decision = await deps.limiter.consume(policy, subjectHash)
  if (!decision.allowed)
    logEvent('limit_reached', { policy: policy.name, subject: logged(subjectHash) })
  return decision
}

/**
 * Calls `attempt` to check an account's password. Refuses `rate_limited`, without calling it, after too
 * many wrong passwords. A guess counts as wrong before it is checked; a success forgives all guesses.
 * Logs `<action>_succeeded` or `<action>_refused`.
 * @param account key of the e-mail address for a log-in, even without an account; otherwise a user's UUID
 * @param attempt each of its refusals counts as a wrong guess
 */
export async function guessPassword<T>(
  deps: LimitDeps,
  action: string,
  account: string,
  attempt: () => Promise<Result<T>>,
  policy: Policy = deps.policies.loginAccount,
): Promise<{ result: Result<T>; limitState: LimitState }> {
  const { allowed, limitState } = await consumeOne(deps, policy, account)
  const result = allowed ? await attempt() : refuse({ code: 'rate_limited', limitState })
  const subjectHash = sha256Hex(account)
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
