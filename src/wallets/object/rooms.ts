/** Interface of a room, to which a wallet's outbox delivers. `index.ts` binds it to the class. */
import type { TokenRevocation } from '../../common/tokens/access-token'
import type { CallView } from '../core/wallet'

/** Change of a call, or revocation of tokens that can open its room. */
export type RoomNews =
  | { readonly kind: 'call'; readonly call: CallView }
  | { readonly kind: 'tokens_revoked'; readonly revocation: TokenRevocation }

export interface Room {
  /** @param revision revision of the wallet; the room ignores a call of an earlier one */
  walletChanged(news: RoomNews, revision: number): Promise<void>
}

export type RoomOf = (callUuid: string) => Room

const PREFIX = 'room/'

/** Destination in the outbox. */
export const roomDestination = (callUuid: string): string => `${PREFIX}${callUuid}`

export const callUuidOf = (destination: string): string => destination.slice(PREFIX.length)
