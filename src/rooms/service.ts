/** Sockets of a call: who may open one, and at which room. */
import { type Caller, TICKET_LIFETIME_MS, type Tokens } from '../common/tokens/access-token'
import { ok, refuse, type Result } from '../common/result'
import type { WalletClient, WalletStub } from '../wallets/object/client'
import type { ConnectToRoom } from './object/client'

export interface RoomDeps {
  readonly wallets: WalletClient
  readonly connectToRoom: ConnectToRoom
  readonly tokens: Tokens
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
 * @param urlOf makes the signaling URL that events contain
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
  const used = { id: ticketId, expiresAtMs: deps.now() + TICKET_LIFETIME_MS }
  const opened = await sendCommand(deps, caller.userUuid, (wallet) =>
    wallet.redeemTicket(caller, callUuid, used),
  )
  if (!opened.ok) return opened
  const { value: call, revision = 0 } = opened
  const claims = { callUuid, seat: 'caller', caller } as const
  const signalingUrl = urlOf(await deps.tokens.signSignaling(claims, call.createdAtMs))
  return deps.connectToRoom({ subscription: { caller, signalingUrl }, call, revision })
}
