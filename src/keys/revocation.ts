/** Ends API keys with the sessions of their user. */
import type { TokenRevocation } from '../common/tokens/access-token'
import type { StreamOf } from '../events/object/client'
import { revokeTokens, type WalletDeps } from '../wallets/service'

export interface RevocationDeps extends WalletDeps {
  readonly streamOf: StreamOf
  readonly hasStream: (userUuid: string) => Promise<boolean>
}

/**
 * Revokes tokens in both wallets, which reject keys by their token version too. If the user has a stream, the object also
 * removes such keys and disables their endpoints. May be repeated.
 */
export async function revokeTokensAndKeys(
  deps: RevocationDeps,
  userUuid: string,
  refusal: TokenRevocation,
): Promise<void> {
  await revokeTokens(deps, userUuid, refusal)
  if ('minVersion' in refusal && (await deps.hasStream(userUuid)))
    await deps.streamOf(userUuid).endKeys(refusal.minVersion)
}
