import { describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import {
  answerCall,
  endCall,
  initiateCall,
  settleDue,
} from '../../../src/wallets/core/call-commands'
import type { Decided } from '../../../src/wallets/core/change'
import {
  acceptCall,
  changedInRoom,
  endInRoom,
  inviteToCall,
  openRoom,
  ringCall,
  type RoomLimits,
} from '../../../src/wallets/core/room-commands'
import type { Call, CallView, WalletState } from '../../../src/wallets/core/wallet'
import { valueOf } from '../../support/result'
import { emptyWallet, LIMITS, newCall } from '../../support/wallets'

const MINUTE = 60_000
const ROOM_LIMITS: RoomLimits = {
  ...LIMITS,
  invitationMs: 10 * MINUTE,
  lostCalls: { kind: 'quota', name: 'lost_calls', quota: 5, windowMs: 60 * MINUTE },
}

const funded: WalletState = {
  ...emptyWallet,
  head: { ...emptyWallet.head, balanceKobo: kobo(10_000) },
}

interface Played {
  readonly state: WalletState
  readonly call: CallView
}

const COMMANDS = {
  open: (state: WalletState, call: Call, nowMs: number) => openRoom(state, call, nowMs),
  invite: (state: WalletState, call: Call, nowMs: number) =>
    inviteToCall(state, call, ROOM_LIMITS, nowMs),
  ring: (state: WalletState, call: Call, nowMs: number) =>
    ringCall(state, call, ROOM_LIMITS, nowMs),
  accept: (state: WalletState, call: Call, nowMs: number) =>
    acceptCall(state, call, 'first', ROOM_LIMITS, [], nowMs),
  acceptAgain: (state: WalletState, call: Call, nowMs: number) =>
    acceptCall(state, call, 'second', ROOM_LIMITS, [], nowMs),
  answer: (state: WalletState, call: Call, nowMs: number) => answerCall(state, call, LIMITS, nowMs),
  end: (state: WalletState, call: Call, nowMs: number) => endCall(state, call, 'hangup', nowMs),
  hangup: (state: WalletState, call: Call, nowMs: number) =>
    endInRoom(state, call, { reason: 'hangup', atMs: nowMs }, nowMs),
  decline: (state: WalletState, call: Call, nowMs: number) =>
    endInRoom(state, call, { reason: 'declined', atMs: nowMs }, nowMs),
  fail: (state: WalletState, call: Call, nowMs: number) =>
    endInRoom(state, call, { reason: 'failed', atMs: nowMs }, nowMs),
  lose: (state: WalletState, call: Call, nowMs: number) =>
    endInRoom(state, call, { reason: 'lost', atMs: nowMs }, nowMs),
} satisfies Record<string, (state: WalletState, call: Call, nowMs: number) => Decided<CallView>>

type Command = keyof typeof COMMANDS

/** Each command runs a second after the previous one. The call starts at 0. */
function play(commands: readonly Command[]): Played & { nowMs: number } {
  const initiated = valueOf(initiateCall(funded, newCall('call-1'), LIMITS, [], 0))
  let played: Played = { state: initiated.change.state, call: initiated.answer }
  let nowMs = 0
  for (const command of commands) {
    nowMs += 1000
    const { change, answer } = valueOf(COMMANDS[command](played.state, played.call, nowMs))
    played = { state: change.state, call: answer }
  }
  return { ...played, nowMs }
}

function outcomeOf(before: readonly Command[], command: Command): string {
  const { state, call, nowMs } = play(before)
  const decision = COMMANDS[command](state, call, nowMs + 1000)
  if (!decision.ok) return decision.refusal.code
  const { change, answer } = decision.value
  if (change.state === state) return '='
  return answer.endReason === null ? answer.status : `${answer.status} (${answer.endReason})`
}

const STATES: Readonly<Record<string, readonly Command[]>> = {
  initiated: [],
  invited: ['invite'],
  ringing: ['invite', 'ring'],
  accepted: ['invite', 'ring', 'accept'],
  'answered by a client': ['open', 'answer'],
  ended: ['open', 'end'],
}

const CONFLICT = 'call_state_conflict'

describe('a room command', () => {
  it.each<[Command, readonly string[]]>([
    ['open', ['initiated', '=', '=', '=', '=', '=']],
    ['invite', ['initiated', '=', '=', CONFLICT, CONFLICT, CONFLICT]],
    ['ring', [CONFLICT, 'ringing', '=', '=', CONFLICT, CONFLICT]],
    ['accept', [CONFLICT, 'answered', 'answered', '=', CONFLICT, CONFLICT]],
    ['acceptAgain', [CONFLICT, 'answered', 'answered', CONFLICT, CONFLICT, CONFLICT]],
    ['answer', ['answered', 'answered', CONFLICT, '=', '=', CONFLICT]],
    [
      'hangup',
      [
        'cancelled (hangup)',
        'cancelled (hangup)',
        'cancelled (hangup)',
        'completed (hangup)',
        'completed (hangup)',
        '=',
      ],
    ],
    [
      'decline',
      [
        'cancelled (declined)',
        'cancelled (declined)',
        'cancelled (declined)',
        CONFLICT,
        CONFLICT,
        '=',
      ],
    ],
    [
      'fail',
      ['failed (failed)', 'failed (failed)', 'failed (failed)', 'failed (failed)', CONFLICT, '='],
    ],
    ['lose', [CONFLICT, CONFLICT, CONFLICT, 'completed (lost)', CONFLICT, '=']],
  ])('%s has the expected outcome in every state', (command, expected) => {
    const outcomes = Object.values(STATES).map((before) => outcomeOf(before, command))
    expect(Object.fromEntries(Object.keys(STATES).map((state, i) => [state, outcomes[i]]))).toEqual(
      Object.fromEntries(Object.keys(STATES).map((state, i) => [state, expected[i]])),
    )
  })

  it.each(Object.keys(COMMANDS) as Command[])('%s of an unknown call is refused', (command) => {
    const decision = COMMANDS[command](funded, undefined as never, 0)
    expect(decision).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
  })
})

describe('the deadline of a call', () => {
  it('moves once, to ten minutes after its start', () => {
    expect(play(['invite', 'invite']).call.deadlineAtMs).toBe(10 * MINUTE)
  })

  it('is the ring time-out after the callee entered, and moves no more', () => {
    expect(play(['invite', 'ring', 'ring']).call.deadlineAtMs).toBe(2000 + MINUTE)
  })

  it('ends an invited call that nobody enters, which costs nothing', () => {
    const { state } = play(['invite'])
    const [ended] = settleDue(state, 10 * MINUTE).calls
    expect(ended).toMatchObject({ endReason: 'no_answer', chargeKobo: 0, endedAtMs: 10 * MINUTE })
  })
})

describe('the end of an accepted call', () => {
  const accepted = play(['invite', 'ring', 'accept'])
  const startedAtMs = 3000
  const endedAt = (reason: 'lost' | 'hangup', atMs: number, nowMs: number) =>
    valueOf(endInRoom(accepted.state, accepted.call, { reason, atMs }, nowMs))

  it.each([
    ['the last sign of life', startedAtMs + 30_000, startedAtMs + 75_000, startedAtMs + 30_000],
    ['the answer, if the sign is older', 0, startedAtMs + 45_000, startedAtMs],
    ['now, if the room is ahead', startedAtMs + 90_000, startedAtMs + 60_000, startedAtMs + 60_000],
  ])('is at %s', (_, atMs, nowMs, expected) => {
    for (const reason of ['lost', 'hangup'] as const) {
      const { change, answer } = endedAt(reason, atMs, nowMs)
      expect(answer.endedAtMs).toBe(expected)
      expect(change.entries.map(({ postedAtMs }) => postedAtMs)).toEqual([nowMs])
      expect(change.state.openCalls).toEqual([])
    }
  })

  it('charges to the last sign of life, not to now', () => {
    const { answer } = endedAt('lost', startedAtMs + 60_000, startedAtMs + 105_000)
    expect(answer).toMatchObject({ status: 'completed', endReason: 'lost', chargeKobo: 1000 })
  })

  it('removes the answer of a call that failed to connect, which costs nothing', () => {
    const { change, answer } = valueOf(
      endInRoom(accepted.state, accepted.call, { reason: 'failed', atMs: 18_000 }, 18_000),
    )
    expect(answer).toMatchObject({ status: 'failed', startedAtMs: null, chargeKobo: 0 })
    expect(change.entries).toEqual([])
  })
})

describe('an acceptance', () => {
  it('is refused after five lost calls within an hour, until the first is older', () => {
    const { state, call } = play(['invite', 'ring'])
    const lostAtMs = [0, 1, 2, 3, 4].map((minute) => minute * MINUTE)
    const at = (nowMs: number) => acceptCall(state, call, 'first', ROOM_LIMITS, lostAtMs, nowMs)
    expect(at(59 * MINUTE)).toMatchObject({
      refusal: { code: 'too_many_lost_calls', limitState: { resetSeconds: 60 } },
    })
    expect(at(60 * MINUTE).ok).toBe(true)
  })
})

describe('a room', () => {
  const { state, call } = play(['open', 'answer'])
  const none = play(['answer'])

  it('is notified of its own call, and of a horizon that another command moves', () => {
    const poorer = { ...state, head: { ...state.head, balanceKobo: kobo(2000) } }
    expect(changedInRoom(state, poorer, [], 2000).map(({ uuid }) => uuid)).toEqual([call.uuid])
    expect(changedInRoom(state, state, [call], 2000).map(({ uuid }) => uuid)).toEqual([call.uuid])
  })

  it('is not notified if neither changed, or if the call never opened it', () => {
    const richer = { ...none.state, head: { ...none.state.head, balanceKobo: kobo(2000) } }
    expect(changedInRoom(state, state, [], 2000)).toEqual([])
    expect(changedInRoom(none.state, richer, [none.call], 2000)).toEqual([])
  })
})
