/**
 * A wallet in memory, run by the object's command runner. After each step it is checked against the invariants of
 * every wallet, with independent arithmetic.
 */
import { kobo } from '../../src/common/money'
import type { Refusal } from '../../src/common/result'
import { type Change, type Decided, decided, noChange } from '../../src/wallets/core/change'
import { CommandRunner } from '../../src/wallets/object/command-runner'
import {
  answerCall,
  type CallLimits,
  endCall,
  initiateCall,
  isOpen,
} from '../../src/wallets/core/call-commands'
import { creditPayment } from '../../src/wallets/core/payment-commands'
import { acceptTransfer, sendTransfer } from '../../src/wallets/core/transfer-commands'
import type { Entry } from '../../src/wallets/core/ledger'
import type { EndingReason, Rate } from '../../src/wallets/core/metering'
import type { Call, WalletState } from '../../src/wallets/core/wallet'
import type { IdempotencyStore } from '../../src/wallets/object/idempotency-store'
import type { WalletRow, WalletStorage } from '../../src/wallets/object/storage'
import type { Command } from './histories'
import { emptyWallet, NO_RECEIPTS, newCall, WALLET_UUID } from './wallets'

/** Reports a violated invariant. */
function fail(what: string, ...facts: unknown[]): never {
  throw new Error(`${what}: ${JSON.stringify(facts)}`)
}

/** Price of `seconds` in kobo, as the contract defines it. */
function priceKobo(rate: Rate, seconds: number): number {
  const { incrementSeconds, minimumSeconds, koboPerMinute, unitKobo, setupKobo, steps } = rate
  const stepsUp = (from: number) => Math.ceil(from / incrementSeconds) * incrementSeconds
  const billed =
    steps === 'after_minimum'
      ? minimumSeconds + (seconds <= minimumSeconds ? 0 : stepsUp(seconds - minimumSeconds))
      : Math.max(minimumSeconds, stepsUp(seconds))
  return Math.ceil((billed * koboPerMinute) / (60 * unitKobo)) * unitKobo + setupKobo
}

const isRinging = ({ startedAtMs }: Call): boolean => startedAtMs === null

const secondsOf = (fromMs: number, toMs: number): number => Math.floor((toMs - fromMs) / 1000)

const spentKobo = ({ rate, startedAtMs }: Call, atMs: number): number =>
  startedAtMs === null ? 0 : priceKobo(rate, secondsOf(startedAtMs, atMs))

export class PlayedWallet {
  readonly entries: Entry[] = []
  readonly calls = new Map<string, Call>()
  readonly #limits: CallLimits
  readonly #runner: CommandRunner
  readonly #charged = new Set<string>()
  #row: WalletRow = {
    state: emptyWallet,
    clockMs: 0,
    revision: 0,
    projectedRevision: 0,
    projectedEntrySeq: 0,
    streamedSinceMs: null,
  }
  #wallClockMs = 0
  /** Time of the last command, up to which calls are settled. */
  #commandAtMs = 0

  constructor(limits: CallLimits) {
    this.#limits = limits
    const storage: Pick<WalletStorage, 'load' | 'save'> = {
      load: () => this.#row,
      save: (saved, change, nowMs) => this.#save(saved, change, nowMs),
    }
    this.#runner = new CommandRunner({
      walletUuid: WALLET_UUID,
      storage: storage as WalletStorage,
      idempotencyStore: {} as IdempotencyStore,
      transactionSync: (run) => run(),
      now: () => this.#wallClockMs,
      notifyRooms: () => {},
      addEvents: () => {},
    })
  }

  get state(): WalletState {
    return this.#row.state
  }

  /** @param serial identifies what the command creates */
  run(command: Command, serial: number, wallClockMs: number): void {
    this.#wallClockMs = wallClockMs
    const seen: { state?: WalletState } = {}
    const { result, nowMs } = this.#runner.run((state, nowMs) => {
      seen.state = state
      this.#commandAtMs = nowMs
      return this.#decide(command, `id-${serial}`, state, nowMs)
    })
    if (!result.ok && seen.state !== this.state)
      fail('a refused command changed the wallet', command)
    if (!result.ok) this.#checkRefusal(result.refusal, command)
    this.#check(nowMs)
  }

  #decide(command: Command, id: string, state: WalletState, nowMs: number): Decided<unknown> {
    switch (command.kind) {
      case 'top_up': {
        const amountKobo = kobo(command.amountKobo)
        const amounts = { expectedKobo: amountKobo, receivedKobo: amountKobo }
        return creditPayment(
          state,
          { reference: id, paymentUuid: id, ...amounts },
          NO_RECEIPTS,
          nowMs,
        )
      }
      case 'initiate':
        return initiateCall(state, newCall(id, command.rate), this.#limits, [], nowMs)
      case 'answer':
        return answerCall(state, this.#callAt(command.call, isRinging), this.#limits, nowMs)
      case 'end':
        return endCall(state, this.#callAt(command.call, isOpen), 'hangup', nowMs)
      case 'send': {
        const transfer = { uuid: id, amountKobo: kobo(command.amountKobo) }
        return sendTransfer(state, { ...transfer, to: 'primary' }, [], nowMs)
      }
      case 'accept': {
        const transfer = { uuid: id, amountKobo: kobo(command.amountKobo) }
        return acceptTransfer(state, transfer, [], nowMs)
      }
      default:
        return decided(noChange(state), null)
    }
  }

  /** Picks mostly a call to which the command applies, otherwise any call. */
  #callAt(index: number, isMeant: (call: Call) => boolean): Call | undefined {
    const meant = this.state.openCalls.filter(isMeant)
    if (index < 9 && meant.length > 0) return meant[index % meant.length]
    return [...this.calls.values()].at(-1 - (index % 9))
  }

  #checkRefusal(refusal: Refusal, command: Command): void {
    const { openCalls } = this.state
    const isRight =
      refusal.code === 'insufficient_funds'
        ? refusal.requiredKobo > refusal.availableKobo
        : refusal.code === 'too_many_calls'
          ? openCalls.length === this.#limits.maxOpenCalls
          : command.kind === 'answer' || command.kind === 'end'
    if (!isRight) fail('a command was refused without a reason', command, refusal)
  }

  #save(saved: WalletRow, change: Change, nowMs: number): WalletRow {
    for (const entry of change.entries) this.#post(entry)
    for (const call of change.calls) {
      if (call.chargeKobo !== null) this.#close(call, change.entries, saved.state, nowMs)
      const startedAtMs = this.calls.get(call.uuid)?.startedAtMs ?? null
      if (startedAtMs !== null && startedAtMs !== call.startedAtMs)
        fail('a call was answered twice', call)
      this.calls.set(call.uuid, call)
    }
    this.#row = { ...saved, state: change.state, clockMs: nowMs }
    return this.#row
  }

  #post(entry: Entry): void {
    const last = this.entries.at(-1) ?? { seq: 0, hash: emptyWallet.head.hash, balanceKobo: 0 }
    const { balanceKobo: lastKobo } = last
    const afterKobo =
      entry.to === 'wallet' ? lastKobo + entry.amountKobo : lastKobo - entry.amountKobo
    if (entry.amountKobo <= 0 || entry.balanceKobo !== afterKobo)
      fail('an entry changed the balance by another amount', entry)
    if (entry.balanceKobo < 0) fail('an entry overdrew the wallet', entry)
    if (entry.seq !== last.seq + 1 || entry.previousHash !== last.hash)
      fail('an entry does not follow the previous one', entry)
    this.entries.push(entry)
  }

  /** Checks that an ended call is charged once for its seconds, and ended in time. */
  #close(call: Call, entries: readonly Entry[], before: WalletState, nowMs: number): void {
    const { uuid, chargeKobo, createdAtMs, startedAtMs, deadlineAtMs, endedAtMs, endReason } = call
    if (endedAtMs === null || endedAtMs < (startedAtMs ?? createdAtMs) || endedAtMs > nowMs)
      return fail('a call ended before it began or in the future', call, nowMs)
    const costKobo = spentKobo(call, endedAtMs)
    const charges = entries.filter(({ sourceUuid }) => sourceUuid === uuid)
    const paidKobo = charges.reduce((sum, { amountKobo }) => sum + amountKobo, 0)
    if (chargeKobo !== costKobo || paidKobo !== costKobo || charges.length > 1)
      fail('a call was not charged once for its seconds', call, charges)
    if (this.#charged.has(uuid)) fail('a call ended twice', call)
    this.#charged.add(uuid)

    const sinceMs = startedAtMs ?? NaN
    const byClockMs: Record<EndingReason, number> = {
      no_answer: createdAtMs + this.#limits.ringTimeoutMs,
      max_duration: sinceMs + this.#limits.maxDurationMs,
      credit_exhausted: sinceMs + secondsOf(sinceMs, endedAtMs) * 1000 + 999,
    }
    const endsAtMs = byClockMs[endReason as EndingReason] ?? this.#commandAtMs
    if (endedAtMs !== endsAtMs || endedAtMs > deadlineAtMs)
      fail('a call ended at the wrong instant', call, nowMs)
    /** With several calls, the others may have been charged first. */
    const leftKobo = before.openCalls.length === 1 ? before.head.balanceKobo : costKobo
    if (endReason === 'credit_exhausted' && spentKobo(call, endedAtMs + 1) <= leftKobo)
      fail('a call ended although its next second could be paid', call, before)
  }

  #check(nowMs: number): void {
    const { head, openCalls } = this.state
    if (head.balanceKobo !== (this.entries.at(-1)?.balanceKobo ?? 0))
      fail('the balance differs from the ledger', head)
    const claims = openCalls.map((call) => Math.max(call.holdKobo, spentKobo(call, nowMs)))
    if (head.balanceKobo < claims.reduce((sum, claim) => sum + claim, 0))
      fail('the wallet is overdrawn', this.state, nowMs)
    for (const call of openCalls) {
      if (call.deadlineAtMs <= nowMs) fail('a call is open after its deadline', call, nowMs)
      if (this.#charged.has(call.uuid)) fail('an ended call is open', call)
    }
    if (openCalls.length > this.#limits.maxOpenCalls) fail('too many calls are open', openCalls)
    if (openCalls.length !== this.calls.size - this.#charged.size)
      fail('a call was lost', openCalls, nowMs)
  }
}
