/** Confirmation of a user's identity, which refunds, deletions of accounts and changes of passkeys require. */
import { ok, refuse, type Result } from '../../common/result'
import type { Caller } from '../../common/tokens/access-token'
import {
  CONFIRMATION_LIFETIME_MS,
  type ConfirmationTokens,
} from '../../common/tokens/confirmation-token'

export interface ConfirmationDeps {
  readonly confirmationTokens: ConfirmationTokens
  readonly now: () => number
}

export interface Confirmation {
  readonly token: string
  readonly expiresAtMs: number
}

/** Issues the token that proves a confirmation in the caller's session. */
export async function issueConfirmation(
  { confirmationTokens, now }: ConfirmationDeps,
  caller: Caller,
): Promise<Confirmation> {
  /** A token contains whole seconds. */
  const nowMs = Math.floor(now() / 1000) * 1000
  return {
    token: await confirmationTokens.sign(caller, nowMs),
    expiresAtMs: nowMs + CONFIRMATION_LIFETIME_MS,
  }
}

/**
 * Refuses `confirmation_required` unless the token proves that the caller has confirmed their identity in this session.
 * A later token version revokes the token.
 * @param token value of the header `Confirmation`
 */
export async function requireConfirmation(
  { confirmationTokens, now }: ConfirmationDeps,
  caller: Caller,
  token: string | undefined,
): Promise<Result<null>> {
  const confirmed = token === undefined ? undefined : await confirmationTokens.verify(token, now())
  const isCallers =
    confirmed?.userUuid === caller.userUuid &&
    confirmed.sessionUuid === caller.sessionUuid &&
    confirmed.tokenVersion === caller.tokenVersion
  return isCallers ? ok(null) : refuse({ code: 'confirmation_required' })
}
