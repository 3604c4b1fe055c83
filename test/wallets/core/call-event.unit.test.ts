import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { nextEventType, nextNoticeMs, notifiedState } from '../../../src/wallets/core/call-event'
import {
  answerCall,
  endCall,
  initiateCall,
  viewCall,
} from '../../../src/wallets/core/call-commands'
import type { Call, WalletState } from '../../../src/wallets/core/wallet'
import { valueOf } from '../../support/result'
import { emptyWallet, LIMITS, newCall } from '../../support/wallets'

const holding = (balanceKobo: number, state: WalletState = emptyWallet): WalletState => ({
  ...state,
  head: { ...state.head, balanceKobo: kobo(balanceKobo) },
})
const initiated = valueOf(initiateCall(holding(1000), newCall('a'), LIMITS, [], 0)).change
const [ringing] = initiated.calls as [Call]
const answered = valueOf(answerCall(initiated.state, ringing, LIMITS, 0)).change
const [talking] = answered.calls as [Call]
const ended = valueOf(endCall(answered.state, talking, 'hangup', 5000)).change
const [over] = ended.calls as [Call]

const known = (state: WalletState, call: Call, nowMs: number) =>
  notifiedState(viewCall(state, call, nowMs), nowMs)

describe('a subscriber to a call with a horizon at 60.999 s', () => {
  const at = (nowMs: number) => known(answered.state, talking, nowMs)

  it.each([
    [998, null],
    [999, 60],
    [30_998, 60],
    [30_999, 30],
    [50_998, 30],
    [50_999, 10],
    [60_999, 10],
  ])('at %i ms has received the notice of %s s left', (nowMs, noticeSeconds) => {
    expect(at(nowMs).noticeSeconds).toBe(noticeSeconds)
  })

  it.each([
    [0, 999],
    [999, 30_999],
    [30_999, 50_999],
    [50_999, undefined],
  ])('after %i ms receives the next notice at %s ms', (nowMs, dueMs) => {
    expect(nextNoticeMs(viewCall(answered.state, talking, nowMs), nowMs)).toBe(dueMs)
  })

  it('receives each event once, and only the most important of simultaneous ones', () => {
    const topped = (nowMs: number) => known(holding(1100, answered.state), talking, nowMs)
    const first = known(initiated.state, ringing, 0)
    expect(nextEventType(undefined, first)).toBe('state')
    expect(nextEventType(first, first)).toBeUndefined()
    expect(nextEventType(first, at(0))).toBe('answered')
    expect(nextEventType(at(0), at(998))).toBeUndefined()
    expect(nextEventType(at(0), at(999))).toBe('low_credit')
    expect(nextEventType(at(999), at(30_998))).toBeUndefined()
    expect(nextEventType(at(999), at(50_999))).toBe('low_credit')
    expect(nextEventType(at(55_000), topped(55_000))).toBe('horizon_moved')
    expect(nextEventType(topped(55_000), topped(56_999))).toBe('low_credit')
    expect(nextEventType(at(0), known(ended.state, over, 5000))).toBe('ended')
    expect(nextEventType(first, known(ended.state, over, 5000))).toBe('ended')
  })

  it('receives no low-credit notice while the call rings, or if the maximum duration ends it', () => {
    const rich = holding(1_000_000, answered.state)
    expect(known(rich, talking, 14_399_999).noticeSeconds).toBeNull()
    expect(nextNoticeMs(viewCall(rich, talking, 0), 0)).toBeUndefined()
    expect(nextNoticeMs(viewCall(initiated.state, ringing, 0), 0)).toBeUndefined()
  })
})
