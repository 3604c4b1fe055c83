/**
 * Runs a command as one synchronous transaction: load, settle due calls, decide, pay the debt, save. It
 * has no `await`, so nothing can happen between the read and the write. The wallet's clock never goes back.
 */
import type { Idempotency, IdempotentResult } from '../../common/idempotency'
import { ok, refuse, type Result } from '../../common/result'
import { type Change, type Decided, decided, isEmpty, noChange, payDebt } from '../core/change'
import { settleDue } from '../core/call-commands'
import { changedInRoom } from '../core/room-commands'
import type { IdempotencyStore } from './idempotency-store'
import type { CallView, WalletState } from '../core/wallet'
import type { WalletRow, WalletStorage } from './storage'

export type Decide<T> = (state: WalletState, nowMs: number) => Decided<T>

/** Result of a command, and the wallet as saved. */
export interface Ran<T> {
  readonly result: Result<T>
  readonly row: WalletRow
  readonly nowMs: number
}

export interface RunnerOptions {
  readonly walletUuid: string
  readonly storage: WalletStorage
  readonly idempotencyStore: IdempotencyStore
  readonly transactionSync: <T>(run: () => T) => T
  readonly now: () => number
  /** Adds calls that changed to the outbox, in the transaction. */
  readonly notifyRooms: (calls: readonly CallView[], revision: number, nowMs: number) => void
  /** Adds the events of a change to the outbox of events, in the transaction. */
  readonly addEvents: (before: WalletState, change: Change, saved: WalletRow, nowMs: number) => void
}

export class CommandRunner {
  readonly #options: RunnerOptions

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  run<T>(decide: Decide<T>): Ran<T> {
    return this.#transaction(() => {
      const { saved, nowMs } = this.#load()
      const settled = this.#save(saved, settleDue(saved.state, nowMs), nowMs)
      const decision = decide(settled.state, nowMs)
      if (!decision.ok) return { result: decision, row: settled, nowMs }
      const { change, answer } = decision.value
      const row = this.#save(settled, payDebt(change, nowMs), nowMs)
      return { result: ok(answer), row, nowMs }
    })
  }

  /** Settles due calls. Without any, it needs no transaction. */
  settle(): Pick<Ran<null>, 'row' | 'nowMs'> {
    const { saved, nowMs } = this.#load()
    if (isEmpty(settleDue(saved.state, nowMs), saved.state)) return { row: saved, nowMs }
    return this.run((state) => decided(noChange(state), null))
  }

  #load(): { saved: WalletRow; nowMs: number } {
    const { walletUuid, storage, now } = this.#options
    const wallClockMs = now()
    const saved = storage.load(walletUuid, wallClockMs)
    return { saved, nowMs: Math.max(wallClockMs, saved.clockMs) }
  }

  #transaction<T>(run: () => T): T {
    try {
      return this.#options.transactionSync(run)
    } catch (error) {
      this.#options.storage.reload()
      throw error
    }
  }

  /**
   * Makes a decision idempotent. The key, the result and the effect are committed together, and a repeat
   * returns the first result. Another request with the key is refused as `idempotency_key_reused`. A
   * refusal does not use up the key.
   */
  once<T>(idempotency: Idempotency | undefined, decide: Decide<T>): Decide<IdempotentResult<T>> {
    return (state, nowMs) => {
      const known = idempotency && this.#options.idempotencyStore.find(idempotency.key)
      if (known && known.fingerprint !== idempotency.fingerprint)
        return refuse({ code: 'idempotency_key_reused' })
      if (known)
        return decided(noChange(state), { answer: JSON.parse(known.answer) as T, replayed: true })
      const decision = decide(state, nowMs)
      if (!decision.ok) return decision
      const { change, answer } = decision.value
      if (idempotency)
        this.#options.idempotencyStore.save(idempotency, JSON.stringify(answer), nowMs)
      return decided(change, { answer, replayed: false })
    }
  }

  #save(saved: WalletRow, change: Change, nowMs: number): WalletRow {
    if (isEmpty(change, saved.state)) return saved
    const row = this.#options.storage.save(saved, change, nowMs)
    const changed = changedInRoom(saved.state, row.state, change.calls, nowMs)
    this.#options.notifyRooms(changed, row.revision, nowMs)
    this.#options.addEvents(saved.state, change, row, nowMs)
    return row
  }
}
