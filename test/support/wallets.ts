/** Builders of wallet states, rates and calls for the pure tests. */
import fc from 'fast-check'
import { rateFor, readTariff } from '../../src/tariffs/tariff'
import { kobo, ZERO } from '../../src/common/money'
import type { Change } from '../../src/wallets/core/change'
import type { CallLimits, NewCall } from '../../src/wallets/core/call-commands'
import type { PaymentTotals } from '../../src/wallets/core/payment-commands'
import { emptyLedger } from '../../src/wallets/core/ledger'
import type { MeteredCall, Rate } from '../../src/wallets/core/metering'
import type { WalletState } from '../../src/wallets/core/wallet'
import { valueOf } from './result'

export const WALLET_UUID = '6e11f5fe-74cd-5b66-9d59-47c9abb00364'

/** 10 NGN a minute, by the second, rounded up to the whole naira, at least one unit. */
export const STANDARD_RATE: Rate = valueOf(
  rateFor(readTariff(undefined), '+2348031234567', 'audio'),
)

export const emptyWallet: WalletState = {
  uuid: WALLET_UUID,
  createdAtMs: 0,
  head: emptyLedger(WALLET_UUID),
  lastCallSeq: 0,
  openCalls: [],
  goodwillKobo: ZERO,
  debtKobo: ZERO,
  debtSourceUuid: null,
  frozenAtMs: null,
  erasedAtMs: null,
}

/** Totals of a payment that the wallet does not know. */
export const NO_RECEIPTS: PaymentTotals = {
  referenceCreditedKobo: ZERO,
  paymentCreditedKobo: ZERO,
  reversals: [],
  returns: [],
}

export const LIMITS: CallLimits = {
  maxOpenCalls: 5,
  starts: { kind: 'quota', name: 'calls', quota: 1000, windowMs: 1000 },
  ringTimeoutMs: 60_000,
  maxDurationMs: 14_400_000,
}

export const newCall = (uuid: string, rate: Rate = STANDARD_RATE): NewCall => ({
  uuid,
  rate,
  recipientPhone: '+2348031234567',
  recipientName: null,
  type: 'audio',
  ticket: 'ticket',
})

/** Fields of a call that never had a room. */
export const WITHOUT_ROOM = { roomSinceMs: null, invitedAtMs: null, acceptanceUuid: null } as const

export const metered = (call: Partial<MeteredCall> & { uuid: string }): MeteredCall => ({
  rate: STANDARD_RATE,
  holdKobo: kobo(1000),
  startedAtMs: 0,
  deadlineAtMs: 14_400_000,
  ...call,
})

/** Rate of a call from before rates had a rule for increments. */
export function withoutSteps(rate: Rate): Rate {
  const { steps: _, ...old } = rate
  return old
}

/** All kinds of rates: with and without set-up fee, minimum, increment and unit, old and new. */
export const rates: fc.Arbitrary<Rate> = fc
  .record({
    id: fc.constant('any'),
    version: fc.constant(1),
    koboPerMinute: fc.integer({ min: 1, max: 5000 }).map(kobo),
    unitKobo: fc.constantFrom(1, 50, 100, 500).map(kobo),
    minimumSeconds: fc.constantFrom(0, 1, 30, 45, 60, 90),
    incrementSeconds: fc.constantFrom(1, 6, 30, 60),
    setupKobo: fc.constantFrom(0, 0, 1, 250).map(kobo),
    steps: fc.constantFrom('from_zero', 'after_minimum'),
    isOld: fc.boolean(),
  })
  .map(({ isOld, ...rate }) => (isOld ? withoutSteps(rate) : rate))

/** Rows that a sequence of changes has written, as in the object's tables. */
export class Rows {
  entries: Change['entries'] = []
  readonly calls = new Map<string, Change['calls'][number]>()

  add(change: Change): void {
    this.entries = [...this.entries, ...change.entries]
    for (const call of change.calls) this.calls.set(call.uuid, call)
  }
}
