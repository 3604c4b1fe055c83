import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { eventId } from '../../../src/outbox/event'
import {
  answerCall,
  endCall,
  freezeWallet,
  initiateCall,
  settleDue,
  unfreezeWallet,
} from '../../../src/wallets/core/call-commands'
import { type Change, type Decided, noChange } from '../../../src/wallets/core/change'
import { closeWallet } from '../../../src/wallets/core/close-wallet'
import { creditPayment } from '../../../src/wallets/core/payment-commands'
import {
  acceptCall,
  endInRoom,
  inviteToCall,
  openRoom,
  ringCall,
} from '../../../src/wallets/core/room-commands'
import { walletEvents } from '../../../src/wallets/core/wallet-events'
import type { Call, WalletState, WalletType } from '../../../src/wallets/core/wallet'
import { valueOf } from '../../support/result'
import { emptyWallet, LIMITS, newCall, NO_RECEIPTS, WALLET_UUID } from '../../support/wallets'

const USER = '0b6f6a0e-6a0f-4f0c-8f6d-3d6c3c1c8a11'
const NAME = { userUuid: USER, type: 'call_credits' } as const
const ROOM_LIMITS = {
  ...LIMITS,
  invitationMs: 600_000,
  lostCalls: { kind: 'quota', name: 'lost-calls', quota: 3, windowMs: 3_600_000 },
} as const

type Step = (state: WalletState) => Decided<unknown> | Change

const callIn = ({ openCalls }: WalletState, uuid: string): Call | undefined =>
  openCalls.find((call) => call.uuid === uuid)

const changeOf = (state: WalletState, step: Step): Change => {
  const done = step(state)
  return 'ok' in done ? valueOf(done).change : done
}

/** The state after some steps, and the change of the last one. */
function play(steps: readonly Step[], type: WalletType = NAME.type) {
  let before = emptyWallet
  let change = noChange(before)
  for (const step of steps) {
    before = change.state
    change = changeOf(before, step)
  }
  const commit = { name: { ...NAME, type }, before, change, revision: 7, nowMs: 90_000 }
  return walletEvents(commit)
}

const credit =
  (amount: number): Step =>
  (state) => {
    const amounts = { expectedKobo: kobo(amount), receivedKobo: kobo(amount) }
    return creditPayment(
      state,
      { paymentUuid: 'p', reference: `r${amount}`, ...amounts },
      NO_RECEIPTS,
      0,
    )
  }
const initiate =
  (uuid: string): Step =>
  (state) =>
    initiateCall(state, newCall(uuid), LIMITS, [], 1000)
const answer =
  (uuid: string): Step =>
  (state) =>
    answerCall(state, callIn(state, uuid), LIMITS, 2000)
const end =
  (uuid: string, atMs: number, reason: 'hangup' | 'declined' = 'hangup'): Step =>
  (state) =>
    endCall(state, callIn(state, uuid), reason, atMs)
const invite: Step = (state) => inviteToCall(state, callIn(state, 'c1'), ROOM_LIMITS, 1500)
const ring: Step = (state) => ringCall(state, callIn(state, 'c1'), ROOM_LIMITS, 1600)
const accept: Step = (state) =>
  acceptCall(state, callIn(state, 'c1'), 'acceptance', ROOM_LIMITS, [], 1700)
const fail: Step = (state) =>
  endInRoom(state, callIn(state, 'c1'), { reason: 'failed', atMs: 5000 }, 90_000)
const settle =
  (atMs: number): Step =>
  (state) =>
    settleDue(state, atMs)
const freeze: Step = (state) => freezeWallet(state, 62_000)
const unfreeze: Step = (state) => unfreezeWallet(state)
const close: Step = (state) =>
  closeWallet(state, { erasureUuid: 'erasure', isWaived: true }, 62_000)

const talking = [credit(20_000), initiate('c1'), answer('c1')]
const twoTalk = [credit(6000), initiate('c1'), answer('c1'), initiate('c2'), answer('c2')]

/** Type, instant and call of each event. */
const CASES: [title: string, steps: Step[], events: [string, number, string?][]][] = [
  ['a payment', [credit(5000)], []],
  ['a new call', [credit(5000), initiate('c1')], [['call.initiated', 1000, 'c1']]],
  ['an answer', talking, [['call.answered', 2000, 'c1']]],
  ['a repeated answer', [...talking, answer('c1')], []],
  ['an end', [...talking, end('c1', 62_000)], [['call.ended', 62_000, 'c1']]],
  [
    'an end without an answer',
    [credit(5000), initiate('c1'), end('c1', 3000, 'declined')],
    [['call.ended', 3000, 'c1']],
  ],
  [
    'a call that nobody answers, settled late',
    [credit(5000), initiate('c1'), settle(90_000)],
    [['call.ended', 61_000, 'c1']],
  ],
  ['a new room', [...talking, (state) => openRoom(state, callIn(state, 'c1'), 3000)], []],
  ['an invitation', [credit(5000), initiate('c1'), invite], []],
  [
    'a callee who enters',
    [credit(5000), initiate('c1'), invite, ring],
    [['call.ringing', 90_000, 'c1']],
  ],
  ['a callee who enters again', [credit(5000), initiate('c1'), invite, ring, ring], []],
  [
    'a callee who accepts',
    [credit(5000), initiate('c1'), invite, ring, accept],
    [['call.answered', 1700, 'c1']],
  ],
  [
    'a call that does not connect',
    [credit(5000), initiate('c1'), invite, accept, fail],
    [['call.ended', 5000, 'c1']],
  ],
  [
    'a charge that leaves exactly 50 NGN',
    [credit(6000), initiate('c1'), answer('c1'), end('c1', 62_000)],
    [['call.ended', 62_000, 'c1']],
  ],
  [
    'a charge that leaves less than 50 NGN',
    [credit(5900), initiate('c1'), answer('c1'), end('c1', 62_000)],
    [
      ['call.ended', 62_000, 'c1'],
      ['credit.low', 62_000, 'c1'],
    ],
  ],
  [
    'a charge of a wallet that was low before',
    [credit(4900), initiate('c1'), answer('c1'), end('c1', 62_000)],
    [['call.ended', 62_000, 'c1']],
  ],
  [
    'a call that runs out of credit, settled late',
    [credit(5000), initiate('c1'), answer('c1'), settle(900_000)],
    [
      ['call.ended', 302_999, 'c1'],
      ['credit.low', 302_999, 'c1'],
      ['credit.exhausted', 302_999, 'c1'],
    ],
  ],
  [
    'two calls that run out of credit, settled together',
    [...twoTalk, settle(900_000)],
    [
      ['call.ended', 182_999, 'c1'],
      ['credit.low', 182_999, 'c1'],
      ['credit.exhausted', 182_999, 'c1'],
      ['call.ended', 182_999, 'c2'],
      ['credit.exhausted', 182_999, 'c2'],
    ],
  ],
  ['a freeze', [freeze], [['wallet.frozen', 62_000]]],
  ['a repeated freeze', [freeze, freeze], []],
  [
    'a freeze that ends calls',
    [...twoTalk, freeze],
    [
      ['wallet.frozen', 62_000],
      ['call.ended', 62_000, 'c1'],
      ['call.ended', 62_000, 'c2'],
      ['credit.low', 62_000, 'c2'],
    ],
  ],
  ['an unfreeze', [freeze, unfreeze], [['wallet.unfrozen', 90_000]]],
  ['an unfreeze of a wallet that is not frozen', [unfreeze], []],
  [
    'an erasure with an open call',
    [...talking, close],
    [
      ['wallet.frozen', 62_000],
      ['call.ended', 62_000, 'c1'],
    ],
  ],
  ['an erasure of a frozen wallet', [credit(5000), freeze, close], []],
  ['an unfreeze after an erasure', [close, unfreeze], []],
]

describe('the events of a change', () => {
  it.each(CASES)('follow from %s', (_, steps, expected) => {
    const events = play(steps).map(({ type, atMs, data }) => [
      type,
      atMs,
      ...('call_uuid' in data ? [data['call_uuid']] : []),
    ])
    expect(events).toEqual(expected)
  })

  it('have IDs that depend on the wallet, the revision and the position', () => {
    const events = play([...twoTalk, freeze])
    expect(events.map(({ id }) => id)).toEqual(
      [0, 1, 2, 3].map((index) => eventId(`wallet/${WALLET_UUID}/7/${index}`)),
    )
  })

  it('name the wallet and its revision, and have flat data without a number or a name', () => {
    for (const { version, data } of play([...twoTalk, freeze])) {
      expect(version).toBe(1)
      expect(data).toMatchObject({
        user_uuid: USER,
        wallet_uuid: WALLET_UUID,
        wallet: 'call_credits',
        revision: 7,
      })
      expect(Object.values(data).filter((value) => Object(value) === value)).toEqual([])
      expect(JSON.stringify(data)).not.toMatch(/\+234|recipient|phone/)
    }
  })

  it('show what an open call holds, and what an ended one cost', () => {
    expect(play(talking)[0]?.data).toEqual({
      user_uuid: USER,
      wallet_uuid: WALLET_UUID,
      wallet: 'call_credits',
      revision: 7,
      call_uuid: 'c1',
      type: 'audio',
      status: 'answered',
      cost: 15,
      started_at: '1970-01-01T00:00:02.000Z',
      ended_at: null,
      duration_seconds: null,
      end_reason: null,
    })
    expect(play([...talking, end('c1', 63_000)])[0]?.data).toMatchObject({
      status: 'completed',
      cost: 11,
      ended_at: '1970-01-01T00:01:03.000Z',
      duration_seconds: 61,
      end_reason: 'hangup',
    })
    expect(play([credit(5000), initiate('c1'), invite, accept, fail])[0]?.data).toMatchObject({
      status: 'failed',
      cost: 0,
      started_at: null,
      duration_seconds: 0,
    })
  })

  it('of the other wallet do not report low credit', () => {
    const steps = [credit(5900), initiate('c1'), answer('c1'), end('c1', 62_000)]
    expect(play(steps, 'primary').map(({ type }) => type)).toEqual(['call.ended'])
  })

  it('show the balance that a charge left', () => {
    const events = play([credit(5900), initiate('c1'), answer('c1'), end('c1', 62_000)])
    expect(events[1]?.data).toMatchObject({ balance: 49, call_uuid: 'c1', revision: 7 })
  })
})
