/** The wallet's side of a room's call, as far as the random histories of rooms need it. */
import { kobo } from '../../src/common/money'
import type { KnownCall } from '../../src/rooms/core/room'
import type { RoomEndReason } from '../../src/wallets/core/room-commands'
import type { Work } from '../../src/rooms/core/work'
import type { EndReason } from '../../src/wallets/core/wallet'
import { answeredCall, INITIATED, type Occurrence } from './rooms'

const RING_MS = 60_000

export class RoomWallet {
  call: KnownCall = INITIATED
  /** The room's attempt that answered the call; null if a client did. */
  answeredBy: string | null = null
  readonly attempts = new Set<string>()
  readonly ends: { reason: RoomEndReason; atMs: number }[] = []
  /** Committed views that the outbox has not delivered. */
  readonly outbox: KnownCall[] = []

  #commit(changes: Partial<KnownCall>): void {
    this.call = { ...this.call, ...changes, revision: this.call.revision + 1 }
    this.outbox.push(this.call)
  }

  #close(endReason: EndReason | RoomEndReason, endedAtMs: number): void {
    const { startedAtMs } = this.call
    const status = startedAtMs === null ? 'cancelled' : 'completed'
    const isFree = startedAtMs === null || endReason === 'failed'
    const costKobo = kobo(isFree ? 0 : 100)
    const closed = { mustEndByMs: null, mustEndReason: null }
    this.#commit({ ...closed, status, endReason, endedAtMs, costKobo })
  }

  /** Ends the call if its time is over. @returns whether it is open */
  isOpen(nowMs: number): boolean {
    const { endedAtMs, startedAtMs, deadlineAtMs, mustEndByMs } = this.call
    if (endedAtMs !== null) return false
    const lastMs = startedAtMs === null ? deadlineAtMs - 1 : (mustEndByMs ?? deadlineAtMs)
    if (nowMs <= lastMs) return true
    if (startedAtMs === null) this.#close('no_answer', deadlineAtMs)
    else this.#close('credit_exhausted', lastMs)
    return false
  }

  moveHorizon(byMs: number, nowMs: number): void {
    const { startedAtMs, mustEndByMs } = this.call
    if (this.isOpen(nowMs) && startedAtMs !== null && mustEndByMs !== null)
      this.#commit({ mustEndByMs: Math.max(nowMs, mustEndByMs + byMs) })
  }

  answerByClient(nowMs: number): void {
    if (this.isOpen(nowMs) && this.call.startedAtMs === null)
      this.#commit(answeredCall(this.call.revision, nowMs))
  }

  endByClient(nowMs: number): void {
    if (this.isOpen(nowMs)) this.#close('hangup', nowMs)
  }

  #answer(attempt: string, nowMs: number): Occurrence {
    this.attempts.add(attempt)
    const isOpen = this.isOpen(nowMs)
    if (isOpen && this.call.startedAtMs === null) {
      this.answeredBy = attempt
      this.#commit(answeredCall(this.call.revision, nowMs))
      const mustEndByMs = nowMs + 200_000
      this.#commit({ mustEndByMs })
    }
    if (isOpen && this.answeredBy === attempt) return { type: 'answered', attempt, call: this.call }
    const { status } = this.call
    return { type: 'answer_refused', attempt, code: 'call_state_conflict', status, retryAtMs: null }
  }

  #end(reason: RoomEndReason, atMs: number, nowMs: number): void {
    this.ends.push({ reason, atMs })
    if (!this.isOpen(nowMs)) return
    const lastMs = Math.min(atMs, nowMs, this.call.mustEndByMs ?? nowMs)
    this.#close(reason, Math.max(lastMs, this.call.startedAtMs ?? 0))
  }

  /** Performs work of the room. @returns its response */
  perform(work: Work, nowMs: number): Occurrence {
    if (work.kind === 'answer') return this.#answer(work.attempt, nowMs)
    if (work.kind === 'end') this.#end(work.reason, work.atMs, nowMs)
    if (work.kind === 'ring' && this.isOpen(nowMs) && this.call.status === 'initiated')
      this.#commit({ status: 'ringing', deadlineAtMs: nowMs + RING_MS })
    this.isOpen(nowMs)
    return { type: 'call_viewed', call: this.call }
  }
}
