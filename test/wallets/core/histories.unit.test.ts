/** Random histories of a wallet, with lost and repeated alarms and a clock that goes back. */
import fc from 'fast-check'
import { describe, inject, it } from 'vitest'
import { nextDueMs } from '../../../src/wallets/core/call-commands'
import { findBrokenEntry } from '../../../src/wallets/core/ledger'
import { BEGINNINGS, decodeHistory, type History, STEPS } from '../../support/histories'
import { PlayedWallet } from '../../support/played-wallet'
import { WALLET_UUID } from '../../support/wallets'

const HISTORIES = inject('histories')
const LONG_AFTER_MS = 100 * 86_400_000

/** The chain of hashes is checked for one history in this many. */
const DEEP = 32

const isAlarm = (kind: string) => kind.startsWith('alarm')

/** Plays a history to its end. @returns the wallet, and the wall clock at each step */
function play({ limits, steps }: History, clock: 'forward' | 'raw') {
  const wallet = new PlayedWallet(limits)
  const instants: number[] = []
  let wallClockMs = 0
  for (const [serial, { command, when }] of steps.entries()) {
    const dueMs = 'fromDueMs' in when ? nextDueMs(wallet.state) : undefined
    const nextMs =
      'fromDueMs' in when ? (dueMs ?? wallClockMs) + when.fromDueMs : wallClockMs + when.afterMs
    wallClockMs = clock === 'forward' ? Math.max(wallClockMs, nextMs) : Math.max(0, nextMs)
    instants.push(wallClockMs)
    wallet.run(command, serial, wallClockMs)
    if (command.kind === 'alarm_twice') wallet.run(command, serial, wallClockMs)
  }
  wallet.run({ kind: 'alarm' }, steps.length, wallClockMs + LONG_AFTER_MS)
  return { wallet, instants, lastMs: wallClockMs + LONG_AFTER_MS }
}

/** The same commands at the same instants, but every alarm is lost. */
function playWithoutAlarms({ limits, steps }: History, instants: number[], lastMs: number) {
  const wallet = new PlayedWallet(limits)
  for (const [serial, { command }] of steps.entries())
    if (!isAlarm(command.kind)) wallet.run(command, serial, instants[serial] ?? NaN)
  wallet.run({ kind: 'alarm' }, steps.length, lastMs)
  return wallet
}

function holdToTheEnd(wallet: PlayedWallet, isDeep: boolean): void {
  if (wallet.state.openCalls.length > 0) throw new Error('a call never ended')
  if (isDeep && findBrokenEntry(WALLET_UUID, wallet.entries)) throw new Error('the chain is broken')
}

const record = ({ state, entries, calls }: PlayedWallet) =>
  JSON.stringify([state, entries, [...calls.values()]])

const goesBack = ({ steps }: History) =>
  steps.some(({ when }) => ('afterMs' in when ? when.afterMs : when.fromDueMs) < 0)

describe('any history of a wallet', () => {
  it('never overdraws, charges each call once, and has the same result with and without alarms', () => {
    fc.assert(
      fc.property(
        fc.nat(BEGINNINGS - 1),
        fc.array(fc.nat(STEPS - 1), { maxLength: 24, size: 'max' }),
        (code, steps) => {
          const history = decodeHistory(code, steps)
          const isDeep = steps.reduce((sum, step) => sum + step, 0) % DEEP === 0
          const { wallet, instants, lastMs } = play(history, 'forward')
          holdToTheEnd(wallet, isDeep)
          const without = playWithoutAlarms(history, instants, lastMs)
          if (record(without) !== record(wallet)) throw new Error('an alarm made a difference')
          if (goesBack(history)) holdToTheEnd(play(history, 'raw').wallet, isDeep)
        },
      ),
      { numRuns: HISTORIES },
    )
  }, 600_000)
})
