/** Rooms, as a wallet's outbox reaches them. The Worker binds them to the class of rooms. */
import type { TokenRevocation } from '../../common/tokens/access-token'
import type { CallView } from '../core/wallet'

/** Change of a call, or of the tokens that may follow it. */
export type RoomNews =
  | { readonly kind: 'call'; readonly call: CallView }
  | { readonly kind: 'tokens_revoked'; readonly revocation: TokenRevocation }

export interface Room {
  /** @param revision of the wallet; a call's news of an earlier revision are ignored */
  walletChanged(news: RoomNews, revision: number): Promise<void>
}

export type RoomOf = (callUuid: string) => Room

const PREFIX = 'room/'

/** Destination in the outbox. */
export const roomDestination = (callUuid: string): string => `${PREFIX}${callUuid}`

export const callUuidOf = (destination: string): string => destination.slice(PREFIX.length)
