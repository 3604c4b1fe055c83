/** Every screen of the page, with the state that leads to it, its heading and its buttons. */
import type { RoomView } from '../../../client/room'
import type { SessionState } from '../../../web/call/session/session'
import { answered, liveView, stateOf, unanswered, viewOf } from './states'

export interface Case {
  readonly name: string
  readonly state: SessionState
  readonly heading: string
  readonly actions: readonly string[]
  /** Words that the page contains. */
  readonly shows?: RegExp
}

const line = { isWeak: false, kilobytesPerMinute: 412.4, rttMs: 187.2, lossFraction: 0.012 }
const inputs = [
  { id: 'default', label: 'Built-in microphone' },
  { id: 'headset', label: 'Headset' },
]
const outputs = [
  { id: 'default', label: 'Loudspeaker' },
  { id: 'headset', label: '' },
]
const devices = { inputs, outputs, inputId: 'default', outputId: 'default' }
const CALLING = ['Turn on microphone', 'Cancel call']
const TALKING = ['Mute', 'Hang up']

const rejections: readonly (readonly [NonNullable<SessionState['rejection']>, string, string?])[] =
  [
    ['invalid_link', 'This link does not work'],
    ['call_ended', 'This call has ended'],
    ['without_media', 'This call has no audio here'],
    ['replaced', 'Continued in another tab', 'Take the call back'],
    ['signed_out', 'You are signed out', 'Return to the call'],
    ['rejected_message', 'The connection was closed', 'Return to the call'],
    ['unavailable', 'Calls are not available'],
  ]

const callerEnds: readonly (readonly [string | null, string])[] = [
  ['hangup', 'Call ended'],
  ['lost', 'Connection lost'],
  ['credit_exhausted', 'Credit used up'],
  ['max_duration', 'Longest duration reached'],
  ['wallet_frozen', 'Call stopped'],
  [null, 'Call ended'],
]
const unansweredEnds: readonly (readonly [string, string, string])[] = [
  ['hangup', 'Call cancelled', 'Missed call'],
  ['declined', 'Call declined', 'Call declined'],
  ['busy', 'Line busy', 'Call ended'],
  ['no_answer', 'No answer', 'Missed call'],
]
const calleeEnds: readonly (readonly [string, string])[] = [
  ['hangup', 'Call ended'],
  ['failed', 'Call not connected'],
  ['lost', 'Connection lost'],
  ['credit_exhausted', 'Call ended'],
  ['max_duration', 'Longest duration reached'],
  ['wallet_frozen', 'Call stopped'],
]

const endedView = (changes: Partial<RoomView>, nowMs: number) =>
  liveView({ phase: 'ended', mustEndByMs: null, mustEndReason: null, ...changes }, nowMs)

/** @param nowMs time of the test */
export function screens(nowMs: number): Case[] {
  const view = (changes: Partial<RoomView>) => viewOf(changes, nowMs)
  const live = (changes: Partial<RoomView> = {}) => liveView(changes, nowMs)
  const talking = (changes: Partial<SessionState> = {}) =>
    stateOf({ microphone: 'on', media: 'connected', line, ...devices, view: live(), ...changes })
  const incoming = (changes: Partial<SessionState> = {}) =>
    stateOf({ view: view({ seat: 'callee', phase: 'ringing' }), ...changes })
  const callee = { seat: 'callee', rate: null, cost: null } as const
  const ask = ['Accept', 'Decline']

  return [
    {
      name: 'opening',
      state: stateOf({ link: 'opening' }),
      heading: 'Opening the call…',
      actions: [],
    },
    {
      name: 'opening-offline',
      state: stateOf({ link: 'lost' }),
      heading: 'Opening the call…',
      actions: [],
      shows: /reconnects automatically/,
    },
    {
      name: 'caller-waiting',
      state: stateOf({ view: view({}) }),
      heading: 'Waiting for Ngozi',
      actions: CALLING,
      shows: /has not opened the link yet.*encrypted end to end.*Emergency calls are not possible/s,
    },
    {
      name: 'caller-ringing',
      state: stateOf({ view: view({ phase: 'ringing' }), microphone: 'on', ...devices }),
      heading: 'Calling Ngozi…',
      actions: ['Mute', 'Cancel call'],
    },
    {
      name: 'caller-microphone-refused',
      state: stateOf({ view: view({ phase: 'ringing' }), microphone: 'refused' }),
      heading: 'Calling Ngozi…',
      actions: CALLING,
      shows: /site settings.*Until then, the call costs nothing/s,
    },
    {
      name: 'caller-connecting',
      state: stateOf({ view: view({ phase: 'connecting' }), microphone: 'on' }),
      heading: 'Connecting to Ngozi…',
      actions: TALKING,
    },
    {
      name: 'caller-answer-delayed',
      state: stateOf({
        view: view({ phase: 'answering' }),
        microphone: 'on',
        answerFailure: { code: 'wallet_unavailable', retryAtMs: null },
      }),
      heading: 'Connecting to Ngozi…',
      actions: TALKING,
      shows: /It will try again in a moment/,
    },
    {
      name: 'caller-talking',
      state: talking(),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /Cost so far₦11\.00₦10\.00 a minute.*Time left5:00/s,
    },
    {
      name: 'caller-low-credit',
      state: talking({ view: live({ mustEndByMs: nowMs + 55_000 }), isMuted: true }),
      heading: 'In a call with Ngozi',
      actions: ['Unmute', 'Hang up'],
      shows: /Your credit lasts only until/,
    },
    {
      name: 'caller-extended',
      state: talking({ notice: { kind: 'horizon_moved', atMs: nowMs } }),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /The call can now last until/,
    },
    {
      name: 'caller-without-media',
      state: stateOf({ view: live({ phase: 'no_media' }) }),
      heading: 'Answered without audio',
      actions: [],
      shows: /hang up in that app/,
    },
    {
      name: 'caller-refused-answer',
      state: stateOf({
        view: view({ phase: 'ended', mustEndByMs: null, mustEndReason: null }),
        answerFailure: { code: 'insufficient_funds', retryAtMs: null },
        ended: unanswered('failed'),
      }),
      heading: 'Call not started',
      actions: [],
      shows: /Your credit does not cover the call.*Not answered.*No charge.*Top up/s,
    },
    {
      name: 'callee-incoming',
      state: incoming(),
      heading: 'Ngozi wants to talk to you',
      actions: ask,
    },
    {
      name: 'callee-incoming-anonymous',
      state: incoming({ view: view({ seat: 'callee', phase: 'ringing', peerName: null }) }),
      heading: 'Someone wants to talk to you',
      actions: ask,
      shows: /your browser asks for the microphone.*encrypted end to end.*Emergency/s,
    },
    {
      name: 'callee-incoming-video',
      state: incoming({ view: view({ seat: 'callee', phase: 'ringing', callType: 'video' }) }),
      heading: 'Ngozi wants to talk to you',
      actions: ask,
      shows: /audio only, not video/,
    },
    {
      name: 'callee-microphone-asking',
      state: incoming({ microphone: 'asking' }),
      heading: 'Ngozi wants to talk to you',
      actions: ask,
      shows: /asks for the microphone now/,
    },
    ...(['refused', 'missing', 'failed'] as const).map((microphone) => ({
      name: `callee-microphone-${microphone}`,
      state: incoming({ microphone }),
      heading: 'Ngozi wants to talk to you',
      actions: ask,
      shows: /try again\. Until then, the call costs nothing/,
    })),
    {
      name: 'callee-connecting',
      state: stateOf({ view: view({ ...callee, phase: 'answering' }), microphone: 'on' }),
      heading: 'Connecting to Ngozi…',
      actions: TALKING,
    },
    {
      name: 'callee-talking-weak',
      state: talking({ view: live(callee), line: { ...line, isWeak: true } }),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /Weak connection/,
    },
    {
      name: 'callee-talking-interrupted',
      state: talking({ view: live(callee), media: 'interrupted' }),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /The audio is interrupted/,
    },
    {
      name: 'callee-talking-peer-away',
      state: talking({ view: live({ ...callee, isPeerPresent: false }) }),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /offline for a moment/,
    },
    {
      name: 'callee-talking-offline',
      state: talking({ view: live(callee), link: 'lost' }),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /You can go on talking/,
    },
    {
      name: 'callee-low-credit',
      state: talking({ view: live({ ...callee, mustEndByMs: nowMs + 20_000 }) }),
      heading: 'In a call with Ngozi',
      actions: TALKING,
      shows: /unless the caller tops up/,
    },
    {
      name: 'caller-ending',
      state: talking({ view: live({ phase: 'ending', end: { reason: 'hangup', atMs: nowMs } }) }),
      heading: 'Call ended',
      actions: [],
    },
    ...callerEnds.map(([reason, heading]) => ({
      name: `caller-ended-${reason ?? 'unknown'}`,
      state: stateOf({
        link: 'closed',
        view: endedView({}, nowMs),
        ended: answered(reason, reason === null ? null : 11),
      }),
      heading,
      actions: [],
      shows:
        reason === null ? /1 minute 5 seconds.*Not known yet/s : /1 minute 5 seconds.*₦11\.00/s,
    })),
    ...calleeEnds.map(([reason, heading]) => ({
      name: `callee-ended-${reason}`,
      state: stateOf({
        link: 'closed',
        view: endedView(callee, nowMs),
        ended: answered(reason, null),
      }),
      heading,
      actions: [],
      shows: /1 minute 5 seconds/,
    })),
    ...unansweredEnds.flatMap(([reason, caller, called]) =>
      (['caller', 'callee'] as const).map((seat) => ({
        name: `${seat}-unanswered-${reason}`,
        state: stateOf({
          link: 'closed',
          view: view({ seat, phase: 'ended', mustEndByMs: null, mustEndReason: null }),
          ended: unanswered(reason, seat === 'caller' ? 0 : null),
        }),
        heading: seat === 'caller' ? caller : called,
        actions: [],
        shows: seat === 'caller' ? /Not answered.*No charge/s : /Not answered/,
      })),
    ),
    ...rejections.map(([rejection, heading, action]) => ({
      name: `rejected-${rejection}`,
      state: stateOf({ link: 'closed', rejection }),
      heading,
      actions: action === undefined ? [] : [action],
    })),
  ]
}
