import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { nextAlarmMs } from '../../../src/wallets/core/alarm'
import { initiateCall } from '../../../src/wallets/core/call-commands'
import { emptyWallet, LIMITS, newCall } from '../../support/wallets'

const idle = { ...emptyWallet, head: { ...emptyWallet.head, balanceKobo: kobo(5000) } }
const initiated = initiateCall(idle, newCall('call-1'), LIMITS, [], 0)
const ringing = initiated.ok ? initiated.value.change.state : idle
const notDue = () => undefined
const nothing = { deliveryDueMs: undefined, retryAtMs: undefined, retentionDueMs: notDue }
const clean = { revision: 1, projectedRevision: 1, ...nothing }
const dirty = { ...clean, revision: 2 }
const failed = { ...clean, retryAtMs: 40_000 }
const kept = { ...clean, retentionDueMs: () => 90_000 }
const delivery = { ...clean, deliveryDueMs: 20_000 }

describe("a wallet's alarm", () => {
  it.each([
    ['nothing is due and D1 is complete', { state: idle, ...clean }, null, undefined],
    ['D1 lacks rows', { state: idle, ...dirty }, null, 11_000],
    ['a call rings', { state: ringing, ...clean }, null, 60_000],
    ['a call rings and D1 lacks rows', { state: ringing, ...dirty }, null, 11_000],
    ['a row of the outbox is due first', { state: ringing, ...delivery }, null, 20_000],
    ['an earlier one is set', { state: ringing, ...dirty }, 10_500, undefined],
    ['the same one is set', { state: ringing, ...clean }, 60_000, undefined],
    ['a later one is set', { state: ringing, ...clean }, 60_001, 60_000],
    ['one is a little late', { state: ringing, ...dirty }, -50_000, undefined],
    ['one was lost', { state: ringing, ...dirty }, -50_001, 11_000],
    ['the last one failed, a call is due', { state: ringing, ...failed }, null, 40_000],
    ['the last one failed, nothing is due', { state: idle, ...failed }, null, 40_000],
    ['the last one failed, an earlier one is set', { state: ringing, ...failed }, 20_000, 40_000],
    ['the last one failed, its retry is set', { state: ringing, ...failed }, 40_000, undefined],
    ['the retry is overdue', { state: idle, ...failed, retryAtMs: 9000 }, null, 10_000],
    ['only retention is due', { state: idle, ...kept }, null, 90_000],
    ['retention is due after a call', { state: ringing, ...kept }, null, 60_000],
    ['retention is due, any is set', { state: idle, ...kept }, 99_000, undefined],
    ['one was lost, and retention is due', { state: idle, ...kept }, -50_001, 90_000],
    ['one was lost, and nothing needs it', { state: idle, ...clean }, -50_001, undefined],
  ] as const)('is set as expected when %s', (_, facts, alarmAtMs, expected) => {
    expect(nextAlarmMs(facts, alarmAtMs, 10_000, 1000)).toBe(expected)
  })
})
