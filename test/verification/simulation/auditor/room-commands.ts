/** Predicts the commands of a call's room, on a draft of the auditor's own wallet. */
import { chargeOf, conflict, shown } from './call-commands'
import { endsPayingDebt, endsUntil } from './meter'
import {
  type Draft,
  type Expected,
  type ModelCall,
  NOT_FOUND,
  type WalletModel,
} from './wallet-model'

interface RoomLimits {
  readonly ringTimeoutMs: number
  readonly maxDurationMs: number
  readonly invitationMs: number
  readonly lostCalls: { readonly quota: number; readonly windowMs: number }
}

function put(draft: Draft, call: ModelCall): Expected {
  draft.put(call)
  return { value: shown(draft, call, true) }
}

const same = (draft: Draft, call: ModelCall): Expected => ({ value: shown(draft, call, true) })

export function open(draft: Draft, uuid: string): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null || call.roomSinceMs !== null) return same(draft, call)
  return put(draft, { ...call, roomSinceMs: draft.nowMs })
}

export function invite(draft: Draft, uuid: string, { invitationMs }: RoomLimits): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null || call.startedAtMs !== null) return conflict
  if (call.invitedAtMs !== null) return same(draft, call)
  const { nowMs } = draft
  return put(draft, {
    ...call,
    deadlineAtMs: Math.max(call.deadlineAtMs, call.createdAtMs + invitationMs),
    roomSinceMs: call.roomSinceMs ?? nowMs,
    invitedAtMs: nowMs,
  })
}

export function ring(draft: Draft, uuid: string, { ringTimeoutMs }: RoomLimits): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null || call.invitedAtMs === null) return conflict
  if (call.status === 'ringing' || call.acceptanceUuid !== null) return same(draft, call)
  if (call.startedAtMs !== null) return conflict
  return put(draft, { ...call, status: 'ringing', deadlineAtMs: draft.nowMs + ringTimeoutMs })
}

const LOST = new Set(['lost', 'failed'])

const lostSince = (draft: Draft, sinceMs: number): number =>
  draft.wallet.calls.filter((row) => {
    const { acceptanceUuid, endReason, endedAtMs } = draft.call(row.uuid) ?? row
    return acceptanceUuid !== null && LOST.has(endReason ?? '') && (endedAtMs ?? 0) > sinceMs
  }).length

export function accept(
  draft: Draft,
  uuid: string,
  acceptanceUuid: string,
  { maxDurationMs, lostCalls }: RoomLimits,
): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  const isOpen = call.chargeKobo === null
  if (isOpen && call.acceptanceUuid === acceptanceUuid) return same(draft, call)
  const isInvited = call.status === 'initiated' && call.invitedAtMs !== null
  if (!isOpen || (call.status !== 'ringing' && !isInvited)) return conflict
  const { nowMs } = draft
  if (lostSince(draft, nowMs - lostCalls.windowMs) >= lostCalls.quota)
    return { code: 'too_many_lost_calls' }
  return put(draft, {
    ...call,
    status: 'answered',
    startedAtMs: nowMs,
    deadlineAtMs: nowMs + maxDurationMs,
    acceptanceUuid,
  })
}

function appliesTo({ startedAtMs, acceptanceUuid }: ModelCall, reason: string): boolean {
  if (reason === 'lost') return acceptanceUuid !== null
  if (reason === 'declined') return startedAtMs === null
  return reason === 'hangup' || startedAtMs === null || acceptanceUuid !== null
}

export function endInRoom(
  draft: Draft,
  uuid: string,
  { reason, atMs }: { readonly reason: string; readonly atMs: number },
): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null) return same(draft, call)
  if (!appliesTo(call, reason)) return conflict
  if (reason === 'failed') draft.put({ ...call, startedAtMs: null })
  const { startedAtMs, createdAtMs } = draft.call(uuid) ?? call
  const endedAtMs = Math.max(startedAtMs ?? createdAtMs, Math.min(atMs, draft.nowMs))
  const chargeKobo = startedAtMs === null ? 0 : Math.max(0, chargeOf(call, endedAtMs))
  draft.close(uuid, reason, endedAtMs, chargeKobo, draft.nowMs)
  return same(draft, draft.call(uuid) ?? call)
}

/** The latest instant that the wallet can pay for, or null if the call has ended. */
export function horizonOf(wallet: WalletModel, uuid: string): number | null {
  const { postedKobo, debtKobo, open: calls, settledMs } = wallet
  const ends =
    debtKobo > 0
      ? endsPayingDebt(postedKobo, debtKobo, calls, settledMs, Infinity)
      : endsUntil(postedKobo, calls, settledMs, Infinity)
  return ends.find((end) => end.uuid === uuid)?.endedAtMs ?? null
}
