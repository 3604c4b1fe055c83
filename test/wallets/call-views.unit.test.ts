import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { nextAlarmMs } from '../../src/wallets/core/alarm'
import { inspectWallet } from '../../src/wallets/object/inspection'
import { viewCall } from '../../src/wallets/core/call-commands'
import { forecast, type Rate } from '../../src/wallets/core/metering'
import type { Call, WalletState } from '../../src/wallets/core/wallet'
import { emptyWallet, metered, newCall, STANDARD_RATE, WITHOUT_ROOM } from '../support/wallets'

const OPEN = 100

/** A wallet with a hundred open calls that counts computed prices. */
function meteredWallet() {
  let prices = 0
  const rate: Rate = Object.defineProperty({ ...STANDARD_RATE }, 'koboPerMinute', {
    enumerable: true,
    get: () => {
      prices += 1
      return STANDARD_RATE.koboPerMinute
    },
  })
  const openCalls = Array.from({ length: OPEN }, (_, index): Call => ({
    ...newCall(`call-${index}`),
    ...metered({
      uuid: `call-${index}`,
      rate,
      startedAtMs: index,
      deadlineAtMs: 3_600_000 + index,
    }),
    seq: index + 1,
    status: 'answered',
    createdAtMs: 0,
    endedAtMs: null,
    endReason: null,
    chargeKobo: null,
    ...WITHOUT_ROOM,
  }))
  const head = { ...emptyWallet.head, balanceKobo: kobo(1_000_000) }
  const state: WalletState = { ...emptyWallet, head, openCalls }
  const pricesOf = (run: () => unknown): number => {
    prices = 0
    run()
    return prices
  }
  return { state, pricesOf }
}

const viewAll = (state: WalletState) => state.openCalls.map((call) => viewCall(state, call, 5000))

describe('a hundred open calls', () => {
  it('are shown with one forecast', () => {
    const { state, pricesOf } = meteredWallet()
    const one = pricesOf(() => forecast(state.head.balanceKobo, state.openCalls))
    /** Each call also computes its current cost, and reads its rate twice. */
    expect(pricesOf(() => viewAll(state))).toBe(one + 3 * OPEN)
    expect(pricesOf(() => viewAll(state))).toBe(2 * OPEN)
  })

  it("are shown with the forecast's endings", () => {
    const { state } = meteredWallet()
    const endings = new Map(
      forecast(state.head.balanceKobo, state.openCalls).map((ending) => [ending.callUuid, ending]),
    )
    for (const { uuid, mustEndByMs, mustEndReason } of viewAll(state)) {
      const ending = endings.get(uuid)
      expect([mustEndByMs, mustEndReason]).toEqual([ending?.endedAtMs, ending?.reason])
    }
  })

  it('are forecast again after the wallet changes', () => {
    const { state } = meteredWallet()
    const poorer = { ...state, head: { ...state.head, balanceKobo: kobo(200_000) } }
    const [richCall] = viewAll(state)
    const [poorCall] = viewAll(poorer)
    expect(poorCall?.mustEndByMs).toBeLessThan(richCall?.mustEndByMs ?? 0)
  })

  it('are inspected with one forecast too', () => {
    const { state, pricesOf } = meteredWallet()
    const row = {
      state,
      clockMs: 0,
      revision: 1,
      projectedRevision: 1,
      projectedEntrySeq: 0,
      streamedSinceMs: null,
    }
    const storage = {
      entries: () => [],
      entriesUnder: () => [],
      call: () => undefined,
      calls: () => [],
    }
    const name = { userUuid: 'somebody', type: 'call_credits' } as const
    const one = pricesOf(() => forecast(state.head.balanceKobo, state.openCalls))
    const inspected = pricesOf(() => inspectWallet(storage, name, row, { under: [] }, 5000))
    expect(inspected).toBeLessThanOrEqual(one + 8 * OPEN)
    const none = {
      deliveryDueMs: undefined,
      retryAtMs: undefined,
      retentionDueMs: () => undefined,
    }
    const alarm = { ...row, ...none }
    expect(pricesOf(() => nextAlarmMs(alarm, null, 5000, 0))).toBeLessThan(one)
  })
})
