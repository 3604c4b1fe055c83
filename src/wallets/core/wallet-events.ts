/** Events of a committed change, for streams. The order and the IDs depend on the change only. Pure. */
import { type Kobo, toNairaNumber } from '../../common/money'
import { toTimeOrNull } from '../../common/text/time'
import { eventId, type Fact, type NewEvent } from '../../outbox/event'
import { isOpen, viewCall } from './call-commands'
import type { Change } from './change'
import { lowCreditEntry } from './low-credit'
import { durationSeconds } from './metering'
import type { Call, WalletName, WalletState } from './wallet'

export const WALLET_EVENT_TYPES = [
  'call.initiated',
  'call.ringing',
  'call.answered',
  'call.ended',
  'credit.low',
  'credit.exhausted',
  'wallet.frozen',
  'wallet.unfrozen',
] as const
export type WalletEventType = (typeof WALLET_EVENT_TYPES)[number]

const VERSION = 1

export interface Commit {
  readonly name: WalletName
  readonly before: WalletState
  readonly change: Change
  readonly revision: number
  /** Instant of the command. A call may have ended earlier. */
  readonly nowMs: number
}

interface Occurrence {
  readonly type: WalletEventType
  readonly atMs: number
  readonly facts: Readonly<Record<string, Fact>>
}

/**
 * Returns a freeze before the calls that it ended, and the end of a call before the state of the credit that it left.
 */
export function walletEvents(commit: Commit): NewEvent[] {
  const { name, change, revision } = commit
  const { uuid } = change.state
  const common = { user_uuid: name.userUuid, wallet_uuid: uuid, wallet: name.type, revision }
  const occurrences = [...freezing(commit), ...change.calls.flatMap((call) => ofCall(commit, call))]
  return occurrences.map(({ type, atMs, facts }, index) => ({
    id: eventId(`wallet/${uuid}/${revision}/${index}`),
    type,
    version: VERSION,
    atMs,
    data: { ...common, ...facts },
  }))
}

function freezing({ before, change, nowMs }: Commit): Occurrence[] {
  const { frozenAtMs } = change.state
  if (frozenAtMs === before.frozenAtMs) return []
  return frozenAtMs === null
    ? [{ type: 'wallet.unfrozen', atMs: nowMs, facts: {} }]
    : [{ type: 'wallet.frozen', atMs: frozenAtMs, facts: {} }]
}

function ofCall(commit: Commit, call: Call): Occurrence[] {
  const facts = callFacts(commit, call)
  const earlier = commit.before.openCalls.find(({ uuid }) => uuid === call.uuid)
  if (!isOpen(call))
    return [{ type: 'call.ended', atMs: endOf(commit, call), facts }, ...ofCredit(commit, call)]
  if (!earlier) return [{ type: 'call.initiated', atMs: call.createdAtMs, facts }]
  if (earlier.status === call.status) return []
  if (call.status === 'ringing') return [{ type: 'call.ringing', atMs: commit.nowMs, facts }]
  if (call.status !== 'answered') return []
  return [{ type: 'call.answered', atMs: call.startedAtMs ?? commit.nowMs, facts }]
}

const endOf = ({ nowMs }: Commit, { endedAtMs }: Call): number => endedAtMs ?? nowMs

/** Credit after the end of a call. */
function ofCredit(commit: Commit, call: Call): Occurrence[] {
  const { name, change } = commit
  const charge = change.entries.find(
    ({ kind, sourceUuid }) => kind === 'call_charge' && sourceUuid === call.uuid,
  )
  const credit = (type: WalletEventType, balanceKobo: Kobo, atMs: number): Occurrence => ({
    type,
    atMs,
    facts: { balance: toNairaNumber(balanceKobo), call_uuid: call.uuid },
  })
  const balanceKobo = charge?.balanceKobo ?? change.state.head.balanceKobo
  const isLow = charge !== undefined && lowCreditEntry(name.type, [charge]) !== undefined
  return [
    ...(isLow ? [credit('credit.low', balanceKobo, charge.postedAtMs)] : []),
    ...(call.endReason === 'credit_exhausted'
      ? [credit('credit.exhausted', balanceKobo, endOf(commit, call))]
      : []),
  ]
}

function callFacts({ change, nowMs }: Commit, call: Call): Record<string, Fact> {
  const { uuid, type, status, startedAtMs, endedAtMs, endReason } = call
  return {
    call_uuid: uuid,
    type,
    status,
    cost: toNairaNumber(viewCall(change.state, call, nowMs).costKobo),
    started_at: toTimeOrNull(startedAtMs),
    ended_at: toTimeOrNull(endedAtMs),
    duration_seconds: durationSeconds(call),
    end_reason: endReason,
  }
}
