/** Performs the work that the room's state requires outside: at the wallet and at the relay. */
import type { Refusal, Revised } from '../../common/result'
import type { RoomLimits } from '../../wallets/core/room-commands'
import type { CallView } from '../../wallets/core/wallet'
import type { WalletClient, WalletStub } from '../../wallets/object/client'
import type { IssueWork } from '../core/epochs'
import type { AnswerRefused, Happening } from '../core/event'
import type { KnownCall, RelayMode } from '../core/room'
import type { Work } from '../core/work'
import type { Relay } from '../relay/client'

export interface RoomObjectDeps {
  readonly wallets: WalletClient
  /** `undefined` without a relay. */
  readonly relay: Relay | undefined
  /** `undefined` if the configuration allows no rooms. */
  readonly relayMode: RelayMode | undefined
  readonly roomLimits: RoomLimits
  /** A seat without a sign of life for this long is lost. */
  readonly lostAfterMs: number
}

/** The wallet's view of a call, as the room keeps it. */
export function knownCall(call: CallView, revision: number): KnownCall {
  const { type, status, rate, startedAtMs, deadlineAtMs, mustEndByMs, mustEndReason } = call
  const { endedAtMs, costKobo, endReason } = call
  const seen = { type, status, rate, startedAtMs, deadlineAtMs, mustEndByMs, mustEndReason }
  return { ...seen, endedAtMs, costKobo, endReason, revision }
}

/** Event of the wallet's response: its view, or its refusal of the command. */
const viewed = (seen: Revised<CallView>): Happening =>
  seen.ok
    ? { type: 'call_viewed', call: knownCall(seen.value, seen.revision ?? 0) }
    : { type: 'end_refused', call: null }

function answered(attempt: string, answer: Revised<CallView>, nowMs: number): Happening {
  if (answer.ok)
    return { type: 'answered', attempt, call: knownCall(answer.value, answer.revision ?? 0) }
  const { refusal } = answer
  return { type: 'answer_refused', attempt, code: refusal.code, ...factsOf(refusal, nowMs) }
}

const factsOf = (refusal: Refusal, nowMs: number): Pick<AnswerRefused, 'status' | 'retryAtMs'> => ({
  status: refusal.code === 'call_state_conflict' ? refusal.status : null,
  retryAtMs: 'limitState' in refusal ? nowMs + refusal.limitState.resetSeconds * 1000 : null,
})

async function issue(relay: Relay | undefined, work: IssueWork): Promise<Happening> {
  const issued = await relay?.issue(work)
  if (!issued?.ok) throw new Error('The relay issued no credential.')
  const { username, credential, urls, expiresAtMs } = issued.value
  const iceServers = [{ urls, username, credential }]
  return { type: 'credential_issued', work, credential: { username, iceServers, expiresAtMs } }
}

async function revoke(relay: Relay | undefined, username: string): Promise<Happening> {
  const revoked = await relay?.revoke(username)
  if (!revoked?.ok) throw new Error('The relay did not revoke the credential.')
  return { type: 'credential_revoked', username }
}

/**
 * Performs a piece of work. Throws if its destination is unreachable.
 * @param userUuid owner of the call's wallet
 */
export async function performWork(
  { wallets, relay, roomLimits }: RoomObjectDeps,
  userUuid: string,
  work: Work,
): Promise<Happening> {
  const send = <T>(command: (wallet: WalletStub) => Promise<T>) =>
    wallets.send({ userUuid, type: 'call_credits' }, command)
  switch (work.kind) {
    case 'ring': {
      const rung = await send((wallet) => wallet.ringCall(work.callUuid, roomLimits))
      return viewed(rung.ok ? rung : await send((wallet) => wallet.callInRoom(work.callUuid)))
    }
    case 'answer': {
      const { callUuid, attempt } = work
      const answer = await send((wallet) => wallet.acceptCall(callUuid, attempt, roomLimits))
      return answered(attempt, answer, Date.now())
    }
    case 'read':
      return viewed(await send((wallet) => wallet.callInRoom(work.callUuid)))
    case 'end': {
      const { callUuid, reason, atMs } = work
      const ended = await send((wallet) => wallet.endInRoom(callUuid, { reason, atMs }))
      if (ended.ok || ended.refusal.code !== 'call_state_conflict') return viewed(ended)
      const seen = await send((wallet) => wallet.callInRoom(callUuid))
      const call = seen.ok ? knownCall(seen.value, seen.revision ?? 0) : null
      return { type: 'end_refused', call }
    }
    case 'issue':
      return issue(relay, work)
    default:
      return revoke(relay, work.username)
  }
}
