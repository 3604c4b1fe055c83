/** Opens sockets in a call's room. The Worker has checked the token and read the call from its wallet. */
import { currentRequestId } from '../../common/log'
import { ok, type Refusal, type Result } from '../../common/result'
import type { CallView } from '../../wallets/core/wallet'
import type { Occupant } from './seats'
import type { Subscription } from './subscribers'

export interface Connection {
  /** A subscriber, who only receives events, or the occupant of a seat. */
  readonly joins: { readonly subscription: Subscription } | { readonly occupant: Occupant }
  /** Owner of the call. */
  readonly userUuid: string
  /** The call as its wallet returned it, and the wallet's revision. */
  readonly call: CallView
  readonly revision: number
  readonly requestId?: string | undefined
}

const CONNECTION_HEADER = 'X-Connection'

export const readConnection = (request: Request): Connection =>
  JSON.parse(decodeURIComponent(request.headers.get(CONNECTION_HEADER) ?? '')) as Connection

/**
 * Opens a socket. Refuses `unauthenticated` if the session has ended since the check, `call_ended`,
 * `call_without_media` and `too_many_watchers`.
 */
export type ConnectToRoom = (connection: Connection) => Promise<Result<WebSocket>>

export const createConnectToRoom =
  (namespace: Env['ROOM']): ConnectToRoom =>
  async (connection) => {
    const stated = { ...connection, requestId: currentRequestId() } satisfies Connection
    const answer = await namespace.getByName(connection.call.uuid).fetch('https://room/', {
      headers: {
        Upgrade: 'websocket',
        [CONNECTION_HEADER]: encodeURIComponent(JSON.stringify(stated)),
      },
    })
    if (answer.webSocket) return ok(answer.webSocket)
    return { ok: false, refusal: await answer.json<Refusal>() }
  }
