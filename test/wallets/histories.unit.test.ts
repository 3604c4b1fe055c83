/** Random histories of commands on one wallet, with the clock and its alarms at their worst. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import {
  availableKobo,
  type Change,
  type Decided,
  decided,
  noChange,
} from '../../src/wallets/change'
import { answerCall, endCall, initiateCall, settleDue } from '../../src/wallets/decide-call'
import { receive } from '../../src/wallets/decide-receipt'
import { acceptTransfer, sendTransfer } from '../../src/wallets/decide-transfer'
import { findBrokenEntry } from '../../src/wallets/ledger'
import { costAtKobo, type Rate } from '../../src/wallets/meter'
import type { WalletState } from '../../src/wallets/wallet'
import {
  emptyWallet,
  LIMITS,
  NO_RECEIPTS,
  newCall,
  rates,
  Rows,
  WALLET_UUID,
} from '../support/wallets'

type Command =
  | { kind: 'top_up'; amount: number }
  | { kind: 'initiate'; rate: Rate }
  | { kind: 'answer' | 'end'; call: number }
  | { kind: 'send' | 'accept'; amount: number }
  | { kind: 'alarm' }

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('top_up' as const), amount: fc.integer({ min: 1, max: 20_000 }) }),
  fc.record({ kind: fc.constant('initiate' as const), rate: rates }),
  fc.record({ kind: fc.constantFrom('answer' as const, 'end' as const), call: fc.nat(20) }),
  fc.record({
    kind: fc.constantFrom('send' as const, 'accept' as const),
    amount: fc.integer({ min: 1, max: 9000 }),
  }),
  fc.record({ kind: fc.constant('alarm' as const) }),
)

/** Steps of the clock: forward by little or much, backward, or not at all. */
const clockStep = fc.oneof(
  fc.integer({ min: 0, max: 5000 }),
  fc.integer({ min: 0, max: 120_000 }),
  fc.constantFrom(0, 1, 59_999, 60_000, 60_999, 61_000, 3_600_000, 14_400_000, -1, -86_400_000),
)

const histories = fc.array(fc.tuple(clockStep, command), { maxLength: 40 })

/** A wallet as the object runs it: one clock that never goes back, due calls settled first. */
class TestWallet {
  state: WalletState = emptyWallet
  readonly rows = new Rows()
  #clockMs = 0
  #serial = 0

  run(wallClockMs: number, command: Command): void {
    this.#clockMs = Math.max(this.#clockMs, wallClockMs)
    this.#apply(settleDue(this.state, this.#clockMs))
    const before = this.state
    const decision = this.#decide(command)
    if (decision.ok) this.#apply(decision.value.change)
    else expect(this.state).toBe(before)
    this.#check()
  }

  #apply(change: Change): void {
    this.state = change.state
    this.rows.add(change)
  }

  #decide(command: Command): Decided<unknown> {
    const { state } = this
    const nowMs = this.#clockMs
    if (command.kind !== 'alarm') this.#serial += 1
    const serial = String(this.#serial)
    const callOf = (index: number) => [...this.rows.calls.values()][index]
    switch (command.kind) {
      case 'top_up': {
        const amountKobo = kobo(command.amount)
        const receipt = {
          reference: serial,
          paymentUuid: serial,
          expectedKobo: amountKobo,
          receivedKobo: amountKobo,
        }
        return receive(state, receipt, NO_RECEIPTS, nowMs)
      }
      case 'initiate':
        return initiateCall(state, newCall(`call-${serial}`, command.rate), LIMITS, nowMs)
      case 'answer':
        return answerCall(state, callOf(command.call), LIMITS, nowMs)
      case 'end':
        return endCall(state, callOf(command.call), 'hangup', nowMs)
      case 'send':
        return sendTransfer(
          state,
          { uuid: serial, to: 'primary', amountKobo: kobo(command.amount) },
          undefined,
          nowMs,
        )
      case 'accept':
        return acceptTransfer(
          state,
          { uuid: serial, amountKobo: kobo(command.amount) },
          undefined,
          nowMs,
        )
      case 'alarm':
        return decided(noChange(state), null)
    }
  }

  #check(): void {
    const { state, rows } = this
    expect(availableKobo(state, this.#clockMs)).toBeGreaterThanOrEqual(0)
    expect(state.openCalls).toEqual(
      [...rows.calls.values()].filter(({ chargeKobo }) => chargeKobo === null),
    )
    expect(settleDue(state, this.#clockMs).calls).toEqual([])
    for (const call of rows.calls.values()) {
      if (call.chargeKobo === null || call.endedAtMs === null) continue
      expect(call.chargeKobo).toBe(costAtKobo(call, call.endedAtMs))
      const charges = rows.entries.filter(({ reference }) => reference === `call/${call.uuid}`)
      expect(charges.map(({ amountKobo }) => amountKobo)).toEqual(
        call.chargeKobo === 0 ? [] : [call.chargeKobo],
      )
    }
  }
}

function play(
  history: readonly [number, Command][],
  keep: (command: Command) => boolean,
): TestWallet {
  const wallet = new TestWallet()
  let wallClockMs = 0
  for (const [step, next] of history) {
    wallClockMs += step
    if (keep(next)) wallet.run(wallClockMs, next)
  }
  wallet.run(wallClockMs + 100 * 86_400_000, { kind: 'alarm' })
  return wallet
}

describe('any history of a wallet', () => {
  it('never overdraws, charges each call once and by its rate, and leaves no call alive', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { state, rows } = play(history, () => true)
        expect(state.openCalls).toEqual([])
        expect(availableKobo(state, 0)).toBe(state.head.balanceKobo)
        expect(findBrokenEntry(WALLET_UUID, rows.entries)).toBeUndefined()
        expect(new Set(rows.entries.map(({ reference }) => reference)).size).toBe(
          rows.entries.length,
        )
      }),
      { numRuns: 1500 },
    )
  })

  it('ends alike whether its alarms came, came late or never', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const forward = history.map(([step, next]): [number, Command] => [Math.abs(step), next])
        const ends = [() => true, (next: Command) => next.kind !== 'alarm'].map((keep) =>
          play(forward, keep),
        )
        const [withAlarms, without] = ends.map(({ rows }) => [...rows.calls.values()])
        expect(without).toEqual(withAlarms)
        expect(ends[1]?.rows.entries).toEqual(ends[0]?.rows.entries)
      }),
      { numRuns: 500 },
    )
  })
})
