/** Access to a call's room: event tickets, the callee's invitation, and the admission to a seat. */
import {
  type Caller,
  type SignalingClaims,
  TICKET_LIFETIME_MS,
  type Tokens,
} from '../common/tokens/access-token'
import { mapRevised, ok, refuse, type Result, type Revised } from '../common/result'
import type { RoomLimits } from '../wallets/core/room-commands'
import type { CallView } from '../wallets/core/wallet'
import type { WalletClient, WalletStub } from '../wallets/object/client'
import type { RelayMode } from './core/room'
import type { ConnectToRoom, Connection } from './object/client'

export interface RoomDeps {
  readonly wallets: WalletClient
  readonly connectToRoom: ConnectToRoom
  readonly tokens: Tokens
  readonly roomLimits: RoomLimits
  /** `undefined` if the configuration allows no rooms. */
  readonly relayMode: RelayMode | undefined
  readonly firstNameOf: (userUuid: string) => Promise<string | null>
  readonly now: () => number
}

const sendCommand = <T>(
  deps: RoomDeps,
  userUuid: string,
  command: (wallet: WalletStub) => Promise<T>,
): Promise<T> => deps.wallets.send({ userUuid, type: 'call_credits' }, command)

/** Issues a single-use event ticket, valid for `TICKET_LIFETIME_MS`. Refuses `not_found` and `wallet_frozen`. */
export async function issueTicket(
  deps: RoomDeps,
  caller: Caller,
  callUuid: string,
): Promise<Result<{ ticket: string; expiresAtMs: number }>> {
  const admitted = await sendCommand(deps, caller.userUuid, (wallet) =>
    wallet.admitSubscriber(caller, callUuid),
  )
  if (!admitted.ok) return admitted
  const nowMs = deps.now()
  const ticket = await deps.tokens.signTicket(caller, callUuid, nowMs)
  return ok({ ticket, expiresAtMs: nowMs + TICKET_LIFETIME_MS })
}

/**
 * Redeems an event ticket and opens the WebSocket. Refuses `invalid_ticket`, `too_many_watchers`, and
 * `unauthenticated` after the ticket's session has ended.
 * @param urlOf returns the signaling URL of a token; events contain it
 */
export async function subscribeToCall(
  deps: RoomDeps,
  ticket: string,
  callUuid: string,
  urlOf: (token: string) => string,
): Promise<Result<WebSocket>> {
  const verified = await deps.tokens.verifyTicket(ticket, deps.now())
  if (!verified.ok) return verified
  const { caller, ticketId, ...admits } = verified.value
  if (admits.callUuid !== callUuid) return refuse({ code: 'invalid_ticket' })
  const { userUuid } = caller
  const used = { id: ticketId, expiresAtMs: deps.now() + TICKET_LIFETIME_MS }
  const opened = await sendCommand(deps, userUuid, (wallet) =>
    wallet.redeemTicket(caller, callUuid, used),
  )
  if (!opened.ok) return opened
  const { value: call, revision = 0 } = opened
  const claims = { callUuid, seat: 'caller', caller } as const
  const signalingUrl = urlOf(await deps.tokens.signSignaling(claims, call.createdAtMs))
  const joins = { subscription: { caller, signalingUrl } }
  return deps.connectToRoom({ joins, userUuid, call, revision })
}

export interface Invitation {
  /** Signaling token of the callee. */
  readonly token: string
  /** Latest time at which the callee can enter. */
  readonly expiresAtMs: number
}

/**
 * Invites the callee to the call's room. A repeat returns the same token. Refuses `not_found`,
 * `wallet_frozen`, `call_state_conflict` and `relay_not_configured`.
 */
export async function inviteToCall(
  deps: RoomDeps,
  caller: Caller,
  callUuid: string,
): Promise<Revised<Invitation>> {
  if (deps.relayMode === undefined) return refuse({ code: 'relay_not_configured' })
  const { userUuid } = caller
  const invited = await sendCommand(deps, userUuid, (wallet) =>
    wallet.inviteToCall(caller, callUuid, deps.roomLimits),
  )
  if (!invited.ok) return invited
  const { createdAtMs, deadlineAtMs: expiresAtMs } = invited.value
  const callerName = await deps.firstNameOf(userUuid)
  const claims = { callUuid, seat: 'callee', userUuid, callerName } as const
  const token = await deps.tokens.signSignaling(claims, createdAtMs)
  return mapRevised(invited, () => ({ token, expiresAtMs }))
}

/** The callee may enter only while the call can still have media. */
const refusalFor = ({ seat }: SignalingClaims, call: CallView) => {
  if (call.endedAtMs !== null) return 'call_ended'
  const isAnsweredByClient = call.startedAtMs !== null && call.acceptanceUuid === null
  return seat === 'callee' && isAnsweredByClient ? 'call_without_media' : undefined
}

/**
 * Admits the holder of a signaling token to its seat. Refuses `invalid_ticket`, `unauthenticated` after the
 * caller's session has ended, `wallet_frozen`, `call_ended`, `call_without_media` and `relay_not_configured`.
 */
export async function admitToSeat(
  deps: RoomDeps,
  token: string,
  callUuid: string,
): Promise<Result<Connection>> {
  const verified = await deps.tokens.verifySignaling(token, deps.now())
  if (!verified.ok) return verified
  const claims = verified.value
  if (claims.callUuid !== callUuid) return refuse({ code: 'invalid_ticket' })
  if (deps.relayMode === undefined) return refuse({ code: 'relay_not_configured' })
  const isCaller = claims.seat === 'caller'
  const userUuid = isCaller ? claims.caller.userUuid : claims.userUuid
  const opened = await sendCommand(deps, userUuid, (wallet) =>
    isCaller ? wallet.openRoom(claims.caller, callUuid) : wallet.callInRoom(callUuid),
  )
  if (!opened.ok) return opened
  const { value: call, revision = 0 } = opened
  const code = refusalFor(claims, call)
  if (code) return refuse({ code })
  const occupant = isCaller
    ? { seat: claims.seat, peerName: call.recipientName, caller: claims.caller }
    : { seat: claims.seat, peerName: claims.callerName }
  return ok({ joins: { occupant }, userUuid, call, revision })
}
