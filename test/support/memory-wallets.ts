/**
 * A user's two wallets in memory: the object's command runner and the pure core, with rows in lists. Transfers and
 * collections between them are delivered at once.
 */
import { addKobo, type Kobo, kobo } from '../../src/common/money'
import { ok, type Result } from '../../src/common/result'
import { accountSums, type AccountSums, addSums, type Entry } from '../../src/wallets/core/ledger'
import {
  answerCall,
  endCall,
  freezeWallet,
  initiateCall,
  unfreezeWallet,
} from '../../src/wallets/core/call-commands'
import { closeWallet, type Closing } from '../../src/wallets/core/close-wallet'
import { availableKobo, type Change, type Decided } from '../../src/wallets/core/change'
import {
  type Correction,
  correctionReference,
  correctWallet,
} from '../../src/wallets/core/correction'
import { type Adjustment, giveGoodwill, waiveDebt } from '../../src/wallets/core/debt-commands'
import {
  attemptEntryPrefix,
  type ConfirmedPayment,
  creditPayment,
  paymentEntryPrefix,
  type PaymentTotals,
  type ReversedPayment,
  reversePayment,
} from '../../src/wallets/core/payment-commands'
import {
  holdRefund,
  type NewRefund,
  type RefundOutcome,
  settleRefund,
} from '../../src/wallets/core/refund-commands'
import type { RefundName } from '../../src/wallets/core/returned-money'
import {
  acceptTransfer,
  collectDebt,
  creditReferences,
  debitReferences,
  type KnownMoves,
  type NewTransfer,
  sendForRefund,
  sendTransfer,
} from '../../src/wallets/core/transfer-commands'
import {
  type Collection,
  type PaymentAttempt,
  type Reversal,
  type Transfer,
  type WalletState,
  type WalletType,
} from '../../src/wallets/core/wallet'
import type { WalletClient } from '../../src/wallets/object/client'
import { CommandRunner } from '../../src/wallets/object/command-runner'
import type { IdempotencyStore } from '../../src/wallets/object/idempotency-store'
import type { WalletRow, WalletStorage } from '../../src/wallets/object/storage'
import { emptyWallet, LIMITS, newCall } from './wallets'

type Decide = (state: WalletState, known: KnownMoves, nowMs: number) => Decided<null>

export class MemoryWallet {
  readonly entries: Entry[] = []
  readonly reversals: Reversal[] = []
  readonly #transfers: Transfer[] = []
  #collections: Collection[] = []
  readonly #runner: CommandRunner
  readonly #type: WalletType
  readonly #other: () => MemoryWallet
  #row: WalletRow = {
    state: emptyWallet,
    clockMs: 0,
    revision: 0,
    projectedRevision: 0,
    projectedEntrySeq: 0,
    streamedSinceMs: null,
  }
  nowMs = 0

  constructor(type: WalletType, other: () => MemoryWallet) {
    this.#type = type
    this.#other = other
    const storage: Pick<WalletStorage, 'load' | 'reload' | 'save'> = {
      load: () => this.#row,
      reload: () => {},
      save: (saved, change, nowMs) => this.#save(saved, change, nowMs),
    }
    this.#runner = new CommandRunner({
      walletUuid: emptyWallet.uuid,
      storage: storage as WalletStorage,
      idempotencyStore: {} as IdempotencyStore,
      transactionSync: (run) => run(),
      now: () => this.nowMs,
      notifyRooms: () => {},
      addEvents: () => {},
    })
  }

  get state(): WalletState {
    return this.#row.state
  }

  get availableKobo(): number {
    return availableKobo(this.state, this.nowMs)
  }

  sums(): AccountSums {
    return accountSums(this.entries)
  }

  #save(saved: WalletRow, change: Change, nowMs: number): WalletRow {
    const references = new Set(this.entries.map(({ reference }) => reference))
    for (const { reference } of change.entries) {
      if (references.has(reference)) throw new Error(`${reference} is posted twice`)
      references.add(reference)
    }
    this.entries.push(...change.entries)
    this.reversals.push(...change.reversals)
    this.#transfers.push(...change.transfers)
    this.#collections.push(...change.collections)
    return (this.#row = { ...saved, state: change.state, clockMs: nowMs })
  }

  #under = (prefix: string) => this.entries.filter(({ reference }) => reference.startsWith(prefix))

  #totals(name: PaymentAttempt): PaymentTotals {
    const credited = (prefix: string): Kobo =>
      addKobo(...this.#under(prefix).map(({ amountKobo }) => amountKobo))
    return {
      referenceCreditedKobo: credited(attemptEntryPrefix(name)),
      paymentCreditedKobo: credited(paymentEntryPrefix(name.paymentUuid)),
      reversals: this.reversals.filter(({ paymentUuid }) => paymentUuid === name.paymentUuid),
      returns: [`reversal/${name.paymentUuid}/`, `refund/${name.paymentUuid}/`].flatMap(
        this.#under,
      ),
    }
  }

  #run<T>(decide: (state: WalletState, nowMs: number) => Decided<T>): Result<T> {
    return this.#runner.run(decide).result
  }

  /** Delivers what is in transit, and collects debts, as the object does after the command. */
  #deliver(): void {
    for (const { uuid, amountKobo, goodwillKobo, paymentUuid } of this.#transfers.splice(0))
      this.#other().acceptTransfer({ uuid, amountKobo, goodwillKobo, paymentUuid })
    for (const { uuid, paymentUuid, amountKobo } of this.#collections.splice(0))
      this.#other().collectDebt({
        uuid,
        paymentUuid,
        amountKobo: kobo(Math.min(amountKobo, this.state.debtKobo)),
        to: this.#type,
      })
  }

  #delivering<T>(result: Result<T>): Result<T> {
    this.#deliver()
    return result
  }

  creditPayment(confirmed: ConfirmedPayment) {
    return this.#delivering(
      this.#run((state, nowMs) => creditPayment(state, confirmed, this.#totals(confirmed), nowMs)),
    )
  }

  reversePayment(reversed: ReversedPayment) {
    return this.#delivering(
      this.#run((state, nowMs) => reversePayment(state, reversed, this.#totals(reversed), nowMs)),
    )
  }

  holdRefund(refund: NewRefund) {
    return this.#run((state, nowMs) => holdRefund(state, refund, this.#totals(refund), nowMs))
  }

  settleRefund(refund: RefundName, outcome: RefundOutcome) {
    return this.#delivering(
      this.#run((state, nowMs) =>
        settleRefund(state, refund, outcome, this.#totals(refund), nowMs),
      ),
    )
  }

  #send(uuid: string, decide: Decide): Result<{ delivered: boolean }> {
    const known = this.entries.filter(({ reference }) => debitReferences(uuid).includes(reference))
    const sent = this.#run((state, nowMs) => decide(state, known, nowMs))
    this.#deliver()
    return sent.ok ? ok({ delivered: true }) : sent
  }

  sendTransfer(transfer: NewTransfer) {
    return this.#send(transfer.uuid, (state, known, nowMs) =>
      sendTransfer(state, transfer, known, nowMs),
    )
  }

  sendForRefund(transfer: NewTransfer) {
    return this.#send(transfer.uuid, (state, known, nowMs) =>
      sendForRefund(state, transfer, known, nowMs),
    )
  }

  collectDebt(transfer: NewTransfer) {
    return this.#send(transfer.uuid, (state, known, nowMs) =>
      collectDebt(state, transfer, this.#type === 'call_credits', known, nowMs),
    )
  }

  acceptTransfer(transfer: Parameters<typeof acceptTransfer>[1]) {
    const known = this.entries.filter(({ reference }) =>
      creditReferences(transfer.uuid).includes(reference),
    )
    return this.#run((state, nowMs) => acceptTransfer(state, transfer, known, nowMs))
  }

  giveGoodwill(adjustment: Adjustment) {
    return this.#run((state, nowMs) => giveGoodwill(state, adjustment, undefined, nowMs))
  }

  waiveDebt(adjustment: Adjustment) {
    return this.#run((state, nowMs) =>
      waiveDebt(state, adjustment, undefined, this.#collections.length > 0, nowMs),
    )
  }

  correct(correction: Correction) {
    const own = correctionReference(correction.uuid)
    const known = this.entries.find(({ reference }) => reference === own)
    return this.#run((state, nowMs) => correctWallet(state, correction, known, nowMs))
  }

  freeze() {
    return this.#run(freezeWallet)
  }

  unfreeze() {
    return this.#run(unfreezeWallet)
  }

  close(closing: Closing) {
    return this.#run((state, nowMs) => closeWallet(state, closing, nowMs))
  }

  debt(): Result<Kobo> {
    this.#runner.settle()
    return ok(this.state.debtKobo)
  }

  initiate(uuid: string) {
    return this.#run((state, nowMs) => initiateCall(state, newCall(uuid), LIMITS, [], nowMs))
  }

  #call = (uuid: string) => this.state.openCalls.find((call) => call.uuid === uuid)

  answer(uuid: string) {
    return this.#run((state, nowMs) => answerCall(state, this.#call(uuid), LIMITS, nowMs))
  }

  end(uuid: string) {
    return this.#run((state, nowMs) => endCall(state, this.#call(uuid), 'hangup', nowMs))
  }

  /** Settles what is due. */
  settle(nowMs: number): void {
    this.nowMs = nowMs
    this.#runner.settle()
  }
}

export class MemoryUser {
  readonly primary: MemoryWallet = new MemoryWallet('primary', () => this.call_credits)
  readonly call_credits: MemoryWallet = new MemoryWallet('call_credits', () => this.primary)

  get wallets(): MemoryWallet[] {
    return [this.primary, this.call_credits]
  }

  /** Sums of all accounts over both wallets. */
  sums(): AccountSums {
    return addSums(this.primary.sums(), this.call_credits.sums())
  }

  /** Client that calls these wallets. @param around runs each command, and may fail before or after it */
  client(around: <T>(run: () => T) => T = (run) => run()): WalletClient {
    return {
      send: async ({ type }, command) => {
        const wallet = new Proxy(this[type], {
          get: (target, name: keyof MemoryWallet) => {
            const member: unknown = target[name]
            return typeof member === 'function'
              ? async (...args: unknown[]) => around(() => member.apply(target, args) as unknown)
              : member
          },
        })
        return command(wallet as never)
      },
    }
  }
}
