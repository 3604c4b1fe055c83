/** Predicts the commands of calls, on a draft of the auditor's own wallet. */
import { claimAt, endsPayingDebt, endsUntil, type Price, secondsBetween } from './meter'
import { type Draft, type Expected, holdOf, type ModelCall, NOT_FOUND } from './wallet-model'

interface Limits {
  readonly maxOpenCalls: number
  readonly starts: { readonly quota: number; readonly windowMs: number }
  readonly ringTimeoutMs: number
  readonly maxDurationMs: number
}

interface CallOrder {
  readonly uuid: string
  readonly rate: Price
}

export const conflict: Expected = { code: 'call_state_conflict' }

/** A call as returned; `horizon` also calculates when it must end. */
export function shown(draft: Draft, call: ModelCall, horizon: boolean): object {
  const { uuid, seq, status, startedAtMs, endedAtMs, endReason, chargeKobo, holdKobo } = call
  const isOpen = chargeKobo === null
  const base = { uuid, seq, status, startedAtMs, endedAtMs, endReason, chargeKobo, holdKobo }
  const costKobo = isOpen ? claimAt(call, draft.nowMs) : chargeKobo
  if (!horizon) return { ...base, costKobo }
  const end = isOpen ? endOf(draft, uuid) : undefined
  return {
    ...base,
    costKobo,
    mustEndByMs: end?.endedAtMs ?? null,
    mustEndReason: end?.reason ?? null,
  }
}

const endOf = (draft: Draft, uuid: string) =>
  draft.debtKobo > 0
    ? endsPayingDebt(draft.postedKobo, draft.debtKobo, draft.open, draft.nowMs, Infinity).find(
        (end) => end.uuid === uuid,
      )
    : endsUntil(draft.postedKobo, draft.open, draft.nowMs, Infinity, (ends) =>
        ends.some((end) => end.uuid === uuid),
      ).find((end) => end.uuid === uuid)

export function initiate(
  draft: Draft,
  {
    call: order,
    limits,
    idempotency,
  }: {
    call: CallOrder
    limits: Limits
    idempotency: { key: string; fingerprint: string } | undefined
  },
): Expected {
  const { wallet, nowMs } = draft
  const known = idempotency && wallet.keys.find(({ key }) => key === idempotency.key)
  if (known && known.fingerprint !== idempotency.fingerprint)
    return { code: 'idempotency_key_reused' }
  if (known) return { value: known.answer, replayed: true }
  const remember = (uuid: string, answer: object) => {
    if (!idempotency) return
    const { key, fingerprint } = idempotency
    const used = { key, fingerprint, usedAtMs: nowMs, callUuid: uuid, answer }
    draft.notes.push(() => (wallet.keys = [...wallet.keys, used]))
  }
  const same = draft.call(order.uuid)
  if (same) {
    const answer = shown(draft, same, false)
    remember(same.uuid, answer)
    return { value: answer, replayed: false }
  }
  const { quota, windowMs } = limits.starts
  let recent = 0
  for (let seq = wallet.calls.length; seq > 0 && recent < quota; seq--) {
    if ((wallet.calls[seq - 1]?.createdAtMs ?? 0) <= nowMs - windowMs) break
    recent += 1
  }
  if (recent >= quota) return { code: 'rate_limited' }
  if (draft.debtKobo > 0) return { code: 'debt_open' }
  const holdKobo = holdOf(order.rate)
  if (draft.availableKobo < holdKobo) return { code: 'insufficient_funds' }
  if (draft.open.length >= limits.maxOpenCalls) return { code: 'too_many_calls' }
  const call: ModelCall = {
    uuid: order.uuid,
    rate: order.rate,
    holdKobo,
    seq: wallet.calls.length + 1,
    status: 'initiated',
    createdAtMs: nowMs,
    startedAtMs: null,
    endedAtMs: null,
    endReason: null,
    chargeKobo: null,
    deadlineAtMs: nowMs + limits.ringTimeoutMs,
    roomSinceMs: null,
    invitedAtMs: null,
    acceptanceUuid: null,
  }
  draft.put(call)
  const answer = shown(draft, call, false)
  remember(call.uuid, answer)
  return { value: answer, replayed: false }
}

export function answerCall(draft: Draft, uuid: string, limits: Limits): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null || call.status === 'ringing') return conflict
  if (call.startedAtMs !== null) return { value: shown(draft, call, true) }
  const { nowMs } = draft
  const deadlineAtMs = nowMs + limits.maxDurationMs
  const answered = { ...call, status: 'answered', startedAtMs: nowMs, deadlineAtMs }
  draft.put(answered)
  return { value: shown(draft, answered, nowMs % 4 === 0) }
}

export function end(draft: Draft, uuid: string, reason: string): Expected {
  const call = draft.call(uuid)
  if (!call) return NOT_FOUND
  if (call.chargeKobo !== null) return { value: shown(draft, call, true) }
  const cannotBe = call.startedAtMs !== null && (reason === 'busy' || reason === 'declined')
  if (cannotBe) return conflict
  const chargeKobo = call.startedAtMs === null ? 0 : Math.max(0, chargeOf(call, draft.nowMs))
  draft.close(uuid, reason, draft.nowMs, chargeKobo)
  return { value: shown(draft, draft.call(uuid) ?? call, true) }
}

export const chargeOf = (call: ModelCall, atMs: number): number =>
  claimAt({ ...call, holdKobo: 0 }, atMs)

export function look(draft: Draft, uuid: string): Expected {
  const call = draft.call(uuid)
  return call ? { value: shown(draft, call, true) } : NOT_FOUND
}

interface ListArgs {
  readonly limit: number
  readonly beforeSeq?: number
}

/** Calls with the draft's changes. */
export function list(draft: Draft, { limit, beforeSeq = Infinity }: ListArgs): Expected {
  const seqs = draft.wallet.calls.map(({ seq }) => seq).filter((seq) => seq < beforeSeq)
  const newest = seqs.slice(-limit).toReversed()
  const calls = newest.flatMap((seq) => draft.call(draft.wallet.calls[seq - 1]?.uuid ?? '') ?? [])
  return { value: calls.map((call) => shown(draft, call, false)) }
}

export function quote(draft: Draft, rate: Price, limits: Limits): Expected {
  const holdKobo = holdOf(rate)
  const { availableKobo, debtKobo, nowMs } = draft
  if (debtKobo > 0 || availableKobo < holdKobo)
    return { value: { holdKobo, availableKobo, affordableSeconds: 0 } }
  const deadlineAtMs = nowMs + limits.maxDurationMs
  const imagined = { uuid: 'imagined', rate, holdKobo, startedAtMs: nowMs, deadlineAtMs }
  const ends = endsUntil(draft.postedKobo, [...draft.open, imagined], nowMs, Infinity)
  const endedAtMs = ends.find(({ uuid }) => uuid === 'imagined')?.endedAtMs ?? nowMs
  return { value: { holdKobo, availableKobo, affordableSeconds: secondsBetween(nowMs, endedAtMs) } }
}
